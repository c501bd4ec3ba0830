/** What a market lets happen in each of its modes. How it moves between them: `recovery.ts`. */
import { refuse, type Refusal } from './refusal.ts';
import type { Market } from './state.ts';

/**
 * - `open`: everything.
 * - `reduce-only`: no account may add risk.
 * - `liquidation-only`: only the engine closes; orders may be cancelled.
 * - `halted`: nothing but cancelling, and nobody is liquidated.
 * - `confirming`: as halted, while new marks are compared with one another.
 * - `recovering`: reducing, and still nobody is liquidated.
 * - `delisted`: closed for good at a final price.
 */
export type MarketMode =
  'open' | 'reduce-only' | 'liquidation-only' | 'halted' | 'confirming' | 'recovering' | 'delisted';

/** What the operator has asked of a recovery, and how far it has come. */
export interface Recovery {
  /** Marks in a row, each within the tolerance of the one before, that confirm the price. */
  readonly confirmations: number;
  readonly toleranceE9: number;
  /** How long accounts may reduce before anybody is liquidated. */
  readonly reduceOnlyMs: number;
  /** How long reducing and liquidating go on before the market opens. */
  readonly liquidationsMs: number;
  confirmed: number;
  lastTicks: number;
  /** When the phase in force ends; 0 while prices are confirmed. */
  untilMs: number;
}

interface Permissions {
  readonly trades: 'all' | 'reducing' | 'none';
  readonly liquidations: boolean;
}

const PERMISSIONS: Readonly<Record<MarketMode, Permissions>> = {
  open: { trades: 'all', liquidations: true },
  'reduce-only': { trades: 'reducing', liquidations: true },
  'liquidation-only': { trades: 'none', liquidations: true },
  halted: { trades: 'none', liquidations: false },
  confirming: { trades: 'none', liquidations: false },
  recovering: { trades: 'reducing', liquidations: false },
  delisted: { trades: 'none', liquidations: false },
};

/** Whether nobody may be liquidated in the market now. */
export function isPaused(market: Market): boolean {
  return !PERMISSIONS[market.mode].liquidations;
}

/** The mode does not let it happen; `remedy` says what would. */
export function refuseMode(market: Market, remedy: string): Refusal {
  return refuse('market-mode', `"${market.id}" is ${market.mode}: ${remedy}`, {
    market: market.id,
    mode: market.mode,
  });
}

/** Orders and trades of accounts. */
export function refuseTrading(market: Market, addsRisk: boolean): Refusal | null {
  const { trades } = PERMISSIONS[market.mode];
  if (trades === 'all' || (trades === 'reducing' && !addsRisk)) return null;
  return refuseMode(market, trades === 'none' ? 'wait until it reopens' : 'only reduce');
}

/** Whatever relies on the market's mark: fills of the engine's orders, funding, money taken out. */
export function refusePaused(market: Market): Refusal | null {
  return isPaused(market) ? refuseMode(market, 'wait until it has resumed') : null;
}

/** What can no longer be done to a market that is closed for good. */
export function refuseDelisted(market: Market): Refusal | null {
  return market.mode === 'delisted' ? refuseMode(market, 'it does not come back') : null;
}
