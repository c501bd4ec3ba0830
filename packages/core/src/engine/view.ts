/**
 * What may be asked of the engine as a whole: markets, totals, orders in force; computed when
 * asked.
 */
import type { Side } from './command.ts';
import type { EngineConfig, MarketRules } from './config.ts';
import { accountRows, type AccountRow, type StandingName } from './account-view.ts';
import { closingSide } from './liquidation.ts';
import { sourceStates, type SourceState } from './price-feed.ts';
import { hearingOf } from './prices.ts';
import type { MarketMode } from './mode.ts';
import {
  at,
  DUST,
  FEES,
  findPosition,
  FUND,
  marketAt,
  NONE,
  rulesAt,
  type Counters,
  type Engine,
  type Liquidation,
  type Market,
} from './state.ts';
import { poolRows, standingOf, type Unit } from './unit.ts';
import { poolStanding } from './valuation.ts';
import { valueOf } from './value.ts';
import { validityAt, validityOf, type Validity } from './validity.ts';

/** What changes with every command, at the cost of a glance. */
export interface StatusView {
  readonly sequence: number;
  readonly timeMs: number;
  readonly epoch: number;
  readonly fundBalanceAtoms: number;
  readonly fundEquityAtoms: number;
  readonly counters: Readonly<Counters>;
}

export function statusView(engine: Engine): StatusView {
  const { sequence, timeMs, epoch } = engine;
  const fundBalanceAtoms = at(engine.accounts.balance, FUND);
  const fundEquityAtoms = poolStanding(engine, FUND).equity;
  const counters = { ...engine.counters };
  return { sequence, timeMs, epoch, fundBalanceAtoms, fundEquityAtoms, counters };
}

/** A source that a market's rules list. */
export interface SourceView {
  readonly source: string;
  readonly state: SourceState;
  /** Null before the first price. */
  readonly priceTicks: number | null;
  readonly timeMs: number | null;
  readonly ageMs: number | null;
}

export interface MarketView {
  readonly market: string;
  readonly rules: MarketRules;
  readonly mode: MarketMode;
  /** 0 before the first mark. */
  readonly markTicks: number;
  readonly markMs: number;
  readonly validity: Validity;
  /** How each source stands, where several make the mark. */
  readonly sources: readonly SourceView[];
  /** Value of one lot at the mark; 0 before the first mark. */
  readonly lotValueAtoms: number;
  readonly fundingRateE9: number;
  readonly fundedUntilMs: number;
}

export function marketView(engine: Engine, id: string): MarketView | null {
  const row = engine.marketRows.get(id);
  if (row === undefined) return null;
  const market = marketAt(engine, row);
  const { mode, markTicks, markMs, fundingRateE9, fundedUntilMs } = market;
  const lotValueAtoms = markTicks === 0 ? 0 : valueOf(market, 1, markTicks);
  const rules = rulesAt(engine, market.rules).source;
  const trust = { validity: validityOf(engine, market), sources: sourceViews(engine, market) };
  const funding = { fundingRateE9, fundedUntilMs };
  return { market: id, rules, mode, markTicks, markMs, ...trust, lotValueAtoms, ...funding };
}

function sourceViews(engine: Engine, market: Market): SourceView[] {
  const { prices } = rulesAt(engine, market.rules);
  if (prices === null) return [];
  const states = sourceStates(market.feed, hearingOf(engine, market, prices));
  return states.map(({ source, quote, state }) => ({
    source,
    state,
    priceTicks: quote?.ticks ?? null,
    timeMs: quote?.timeMs ?? null,
    ageMs: quote === null ? null : engine.timeMs - quote.timeMs,
  }));
}

/** Whether at `timeMs` some mark's validity differs from what was last told: a clock tells it. */
export function isValidityDue(engine: Engine, timeMs: number): boolean {
  return engine.markets.some((market) => market.validity !== validityAt(engine, market, timeMs));
}

/** Market ids in the order in which they were opened. */
export function marketIds(engine: Engine): string[] {
  return engine.markets.map((market) => market.id);
}

/** Ids of ordinary accounts in the order in which they were opened. */
export function accountIds(engine: Engine): string[] {
  return engine.accounts.ids.slice(DUST + 1);
}

export function configView(engine: Engine): EngineConfig | null {
  return engine.config;
}

export interface TotalsView {
  readonly sequence: number;
  readonly timeMs: number;
  readonly epoch: number;
  readonly accounts: number;
  readonly withPositions: number;
  readonly healthy: number;
  readonly called: number;
  readonly liquidating: number;
  readonly equityAtoms: bigint;
  readonly maintenanceMarginAtoms: bigint;
  readonly initialMarginAtoms: bigint;
  readonly valueAtoms: bigint;
  readonly fundBalanceAtoms: number;
  readonly fundEquityAtoms: number;
  readonly fundLowestAtoms: number;
  readonly feesAtoms: number;
  readonly dustAtoms: number;
  readonly depositedAtoms: bigint;
  readonly withdrawnAtoms: bigint;
  readonly counters: Readonly<Counters>;
}

/** Sums over all ordinary accounts; `rows` may be given by whoever has them already. */
export function totalsView(
  engine: Engine,
  rows: readonly AccountRow[] = accountRows(engine),
): TotalsView {
  const { balance } = engine.accounts;
  const fundEquityAtoms = poolStanding(engine, FUND).equity;
  const count = (state: StandingName): number => rows.filter((row) => row.state === state).length;
  return {
    sequence: engine.sequence,
    timeMs: engine.timeMs,
    epoch: engine.epoch,
    accounts: rows.length,
    withPositions: rows.filter((row) => row.valueAtoms > 0).length,
    healthy: count('healthy'),
    called: count('called'),
    liquidating: count('liquidating'),
    equityAtoms: total(rows, 'equityAtoms'),
    maintenanceMarginAtoms: total(rows, 'maintenanceMarginAtoms'),
    initialMarginAtoms: total(rows, 'initialMarginAtoms'),
    valueAtoms: total(rows, 'valueAtoms'),
    fundBalanceAtoms: at(balance, FUND),
    fundEquityAtoms,
    fundLowestAtoms: Math.min(engine.fundLowest, fundEquityAtoms),
    feesAtoms: at(balance, FEES),
    dustAtoms: at(balance, DUST),
    depositedAtoms: engine.deposited,
    withdrawnAtoms: engine.withdrawn,
    counters: { ...engine.counters },
  };
}

type Summed = 'equityAtoms' | 'maintenanceMarginAtoms' | 'initialMarginAtoms' | 'valueAtoms';

function total(rows: readonly AccountRow[], field: Summed): bigint {
  return rows.reduce((sum, row) => sum + BigInt(row[field]), 0n);
}

/** Open interest of every market: lots held long, which equal the lots held short. */
export function openInterest(engine: Engine): Map<string, number> {
  const { positions } = engine;
  const long = new Map(marketIds(engine).map((id) => [id, 0]));
  for (let row = 0; row < positions.count; row += 1) {
    const lots = at(positions.lots, row);
    if (lots <= 0) continue;
    const { id } = marketAt(engine, at(positions.market, row));
    long.set(id, (long.get(id) ?? 0) + lots);
  }
  return long;
}

/** A liquidation order in force. */
export interface LiquidationView {
  readonly liquidation: number;
  readonly account: string;
  /** null when the whole pool is being closed. */
  readonly scope: string | null;
  readonly market: string;
  readonly side: Side;
  readonly sizeLots: number;
  readonly limitTicks: number;
  readonly startedMs: number;
  readonly expiresMs: number;
  readonly equityAtoms: number;
}

/** Liquidation orders in force, oldest first. */
export function openLiquidations(engine: Engine): LiquidationView[] {
  return [...engine.liquidations.values()]
    .filter((open) => open.orderedLots > 0 && at(engine.positions.lots, open.position) !== 0)
    .map((open) => liquidationView(engine, open));
}

function liquidationView(engine: Engine, open: Liquidation): LiquidationView {
  const marketOf = (row: number): string => marketAt(engine, at(engine.positions.market, row)).id;
  const unit: Unit = open;
  return {
    liquidation: open.id,
    account: engine.accounts.ids[open.account] ?? '',
    scope: open.isolated === NONE ? null : marketOf(open.isolated),
    market: marketOf(open.position),
    side: closingSide(engine, open),
    sizeLots: open.orderedLots,
    limitTicks: open.limitTicks,
    startedMs: open.startedMs,
    expiresMs: open.expiresMs,
    equityAtoms: standingOf(engine, unit).equity,
  };
}

/** What the insurance fund has taken over and not sold yet. */
export interface InventoryView {
  readonly market: string;
  /** The side of the order that closes it. */
  readonly side: Side;
  readonly sizeLots: number;
}

export function fundInventory(engine: Engine): InventoryView[] {
  return poolRows(engine, FUND).map((row) => ({
    market: marketAt(engine, at(engine.positions.market, row)).id,
    side: at(engine.positions.lots, row) > 0 ? ('sell' as const) : ('buy' as const),
    sizeLots: Math.abs(at(engine.positions.lots, row)),
  }));
}

/** Lots that an account holds in a market: above 0 long, below 0 short. */
export function heldLots(engine: Engine, id: string, market: string): number {
  const account = engine.accounts.rows.get(id);
  const row = engine.marketRows.get(market);
  if (account === undefined || row === undefined) return 0;
  const position = findPosition(engine, account, row);
  return position === NONE ? 0 : at(engine.positions.lots, position);
}
