/** What Bybit's linear and inverse rulebooks share: the change of 2025-09-02, fees, clauses. */
import type { Clause, DatedMarket, WrittenMarket, WrittenTerms } from '../margin/index.ts';
import { LIMITS_2024_12_25, LIMITS_2025_12_29 } from './bybit-limits.ts';
import { mapped, tabled } from './tables.ts';

export const CHANGE = '2025-09-02';
export const CHANGE_PAGE =
  'Bybit help: The New Margin Calculation: Adjustments and Implications, 2025-09-18';
export const PARAMETERS = 'Bybit help: margin parameters';
export const ORDER_COST = 'Bybit help: Order Cost (USDT Contract)';

const TAKER = '0.00055';
export const FEE =
  'the closing fee is the base taker rate 0.00055: give your own as closingFeeRate';
const SAVED_2024 = 'risk limits of the venue as saved on 2024-12-25';
const SAVED_2025 = 'risk limits of the venue as saved on 2025-12-29';

/** The closing fee is reckoned where the leverage's margin is gone, before and after the change. */
export function termsOf(contract: 'linear' | 'inverse', basis: 'entry' | 'mark'): WrittenTerms {
  return {
    contract,
    trigger: 'at-or-below',
    maintenance: { basis, closingFeeRate: TAKER, closingFeeAt: 'leverage' },
    takerFee: TAKER,
  };
}

function linearMarket(table: string, basis: 'entry' | 'mark'): WrittenMarket {
  const terms = termsOf('linear', basis);
  const { maintenance, initial } = tabled(table, { kind: 'brackets' });
  return {
    ...terms,
    maintenance: { ...terms.maintenance, ...maintenance },
    ...(initial === undefined ? {} : { initial }),
  };
}

/**
 * Linear markets, entry-based before the change; `doubt` is about what follows it, `own` what the
 * account's kind adds.
 */
export function linearMarkets(
  doubt: string,
  own: Pick<WrittenMarket, 'orders'> = {},
): Readonly<Record<string, readonly DatedMarket[]>> {
  const marketOf = (table: string, basis: 'entry' | 'mark'): WrittenMarket => ({
    ...linearMarket(table, basis),
    ...own,
  });
  const before = mapped(LIMITS_2024_12_25, (table): readonly DatedMarket[] => [
    {
      from: '2024-12-25',
      market: marketOf(table, 'entry'),
      source: SAVED_2024,
      confidence: 'code',
      doubt: FEE,
    },
    {
      from: CHANGE,
      market: marketOf(table, 'mark'),
      source: `${SAVED_2024}; ${CHANGE_PAGE}`,
      confidence: 'mirror',
      doubt,
    },
  ]);
  const after = mapped(LIMITS_2025_12_29, (table, symbol): readonly DatedMarket[] => [
    ...(before[symbol] ?? []),
    {
      from: '2025-12-29',
      market: marketOf(table, 'mark'),
      source: `${SAVED_2025}; ${CHANGE_PAGE}`,
      confidence: 'mirror',
      doubt,
    },
  ]);
  return { ...before, ...after };
}

export const BYBIT_CLAUSES: readonly Clause[] = [
  {
    about: 'basis',
    says: 'Until 2025-09-02 maintenance looked at the value at entry; since then at the value at the mark. The tier follows the mark value of positions and orders.',
    source: CHANGE_PAGE,
    confidence: 'mirror',
  },
  {
    about: 'maintenance',
    says: 'Value times rate less a deduction: each slice of the value pays its own rate, plus the fee to close.',
    source: PARAMETERS,
    confidence: 'documented',
  },
  {
    about: 'closing fee',
    says: 'The fee to close is the value at entry times 1 - 1/leverage (long) or 1 + 1/leverage (short) times the taker rate, also since the change; the margin of an isolated position holds it too.',
    source: ORDER_COST,
    confidence: 'documented',
  },
  {
    about: 'added margin',
    says: 'Margin added to an isolated position moves its bankruptcy price and with it the fee to close: a part in a few thousand of what is added, left out here.',
    source: 'worked out from the inverse formula of 2026-05-27',
    confidence: 'inferred',
  },
];
