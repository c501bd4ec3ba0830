/** Hyperliquid: marginal tiers of half the initial rate at the market's own highest leverage. */
import type { DatedMarket, Rulebook, WrittenTerms } from '../margin/index.ts';
import { mapped, tabled } from './tables.ts';

const TIERS = 'hyperliquid.gitbook.io/hyperliquid-docs/trading/margin-tiers';
const MARGINING = 'hyperliquid.gitbook.io/hyperliquid-docs/trading/margining';
const LIQUIDATIONS = 'hyperliquid.gitbook.io/hyperliquid-docs/trading/liquidations';
const TERMS: WrittenTerms = { contract: 'linear', trigger: 'below' };

const BIG = `DOGE kPEPE SUI WLD TRUMP LTC ENA POPCAT WIF AAVE kBONK LINK CRV AVAX ADA UNI NEAR TIA
  APT BCH HYPE FARTCOIN`.split(/\s+/);
const SMALL = 'OP ARB LDO TON MKR ONDO JUP INJ kSHIB SEI TRX BNB DOT'.split(' ');

/** Maintenance and initial rate, both as the leverage that they allow. */
const TABLES: Readonly<Record<string, string>> = {
  BTC: '0 x80 x40, 150000000 x40 x20',
  ETH: '0 x50 x25, 100000000 x30 x15',
  SOL: '0 x40 x20, 70000000 x20 x10',
  XRP: '0 x40 x20, 40000000 x20 x10',
  ...Object.fromEntries(BIG.map((coin) => [coin, '0 x20 x10, 20000000 x10 x5'])),
  ...Object.fromEntries(SMALL.map((coin) => [coin, '0 x20 x10, 3000000 x10 x5'])),
};

const ON_EDGE =
  'a value exactly on an edge is of the upper tier there, which only initial margin feels';
const UNDATED = 'the page as read in 2025; the day that its tiers began is not known';

function datedOf(table: string, coin: string): readonly DatedMarket[] {
  const isSeen = coin === 'BTC' || coin === 'ETH';
  return [
    {
      from: '2025-01-01',
      market: { ...TERMS, ...tabled(table, { kind: 'brackets' }) },
      source: isSeen ? `${TIERS}; a reply of the venue of 2026-09-27 agrees` : TIERS,
      confidence: 'documented',
      doubt: `${UNDATED}; ${ON_EDGE}`,
    },
  ];
}

/** Hyperliquid perpetuals, margined in USDC. */
export const hyperliquid: Rulebook = {
  id: 'hyperliquid',
  title: 'Hyperliquid',
  clauses: [
    {
      about: 'maintenance',
      says: 'Value at the mark times half the initial rate at the highest leverage of the tier, less a deduction that keeps it continuous. The leverage that the user chose plays no part.',
      source: TIERS,
      confidence: 'documented',
    },
    {
      about: 'trigger',
      says: 'Liquidated when equity, of the account or of the isolated position, is below maintenance at the mark price.',
      source: LIQUIDATIONS,
      confidence: 'documented',
    },
    {
      about: 'initial',
      says: 'Value over the leverage chosen. A withdrawal must leave the larger of that and a tenth of the value, which these figures do not show.',
      source: MARGINING,
      confidence: 'documented',
    },
    {
      about: 'closing fee',
      says: 'No fee is in the requirement; a liquidation on the book has no clearance fee.',
      source: LIQUIDATIONS,
      confidence: 'documented',
    },
    {
      about: 'liquidation',
      says: 'Above 100,000 USDC a fifth goes first; below two thirds of maintenance the backstop takes the rest.',
      source: LIQUIDATIONS,
      confidence: 'documented',
    },
    {
      about: 'other markets',
      says: 'A market whose margin table has an id below 50 has one tier, of that highest leverage.',
      source: TIERS,
      confidence: 'documented',
    },
  ],
  markets: mapped(TABLES, datedOf),
  others: [{ from: '2025-01-01', market: TERMS, source: TIERS, confidence: 'documented' }],
};
