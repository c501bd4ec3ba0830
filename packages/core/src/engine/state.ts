/**
 * Everything the engine knows, in columns: one row an account, one row a position, typed arrays
 * that grow by doubling. Nothing outside this folder writes to it.
 *
 *   account row ──first──▶ position row ──next──▶ position row ──▶ −1
 */
import type { AnswerMemory } from './answer-memory.ts';
import type { Breaker } from './breaker.ts';
import type { BreachIndex } from './breach-index.ts';
import type { EngineConfig } from './config.ts';
import type { CompiledPolicy, CompiledRules, Contract } from './compile.ts';
import type { Side } from './command.ts';
import type { MarketMode, Recovery } from './mode.ts';
import type { Owners } from './owner.ts';
import type { PriceFeed } from './price-feed.ts';
import type { Validity } from './validity.ts';
import type { PriceRange } from './volatility.ts';

/** Standing of a pool or of an isolated position, as columns store it. */
export const HEALTHY = 0;
export const CALLED = 1;
export const LIQUIDATING = 2;

/** Rows of the accounts that every engine has. */
export const FUND = 0;
export const FEES = 1;
export const DUST = 2;
export const FUND_ACCOUNT = 'fund';
export const RESERVED_ACCOUNTS: readonly string[] = [FUND_ACCOUNT, 'fees', 'dust'];

/** The end of a chain of positions, or no such row. */
export const NONE = -1;

export interface AccountColumns {
  count: number;
  ids: string[];
  rows: Map<string, number>;
  /** Cross pool before unrealised PnL, atoms. */
  balance: Float64Array;
  /** Initial margin of open orders, atoms. */
  orderMargin: Float64Array;
  /** Fees and open loss held for open orders, atoms. */
  orderHold: Float64Array;
  first: Int32Array;
  standing: Uint8Array;
  /** When a call must be met, ms; 0 without one. */
  deadline: Float64Array;
  /** The liquidation in progress for the pool; 0 for none. */
  liquidation: Float64Array;
}

export interface PositionColumns {
  count: number;
  account: Int32Array;
  market: Int32Array;
  rules: Int32Array;
  /** Signed: above 0 long, below 0 short, 0 flat. */
  lots: Float64Array;
  /** Signed. Linear: Σ lots × ticks. Inverse: atoms received, floored, less atoms given, ceiled. */
  cost: Float64Array;
  isolated: Uint8Array;
  /** Isolated only: its collateral, atoms. */
  margin: Float64Array;
  leverage: Float64Array;
  next: Int32Array;
  standing: Uint8Array;
  deadline: Float64Array;
  liquidation: Float64Array;
}

export interface PendingRules {
  readonly effectiveMs: number;
  readonly appliesTo: 'open' | 'new';
  readonly rules: number;
}

export interface Market {
  readonly id: string;
  readonly contract: Contract;
  /** Index of the rules that new positions get. */
  rules: number;
  pending: PendingRules[];
  /** 0 until the first mark. */
  markTicks: number;
  /** Event time of the mark: when it was true, or when its sources last agreed on it. */
  markMs: number;
  /** What was last told of the mark; `validityOf` says what it is now. */
  validity: Validity;
  /** What several sources said, and what came of it. */
  feed: PriceFeed;
  /** The largest |lots| that one position or owner has ever had: bounds the marks that are safe. */
  largestLots: number;
  /** Σ rate × mark over settled intervals, in ticks × 1e-9. */
  fundingIndex: bigint;
  fundingRateE9: number;
  fundedUntilMs: number;
  mode: MarketMode;
  /** The way back after an outage; null when there is none under way. */
  recovery: Recovery | null;
  /** Open interest: what is held long, lots; the sum of the columns. */
  longLots: number;
  /** The marks of late; null without a rule that asks for them. */
  range: PriceRange | null;
  /** Liquidations of late; null before the first. */
  breaker: Breaker | null;
}

export interface Order {
  readonly id: string;
  readonly account: number;
  readonly market: number;
  readonly side: Side;
  readonly priceTicks: number;
  readonly reduceOnly: boolean;
  lots: number;
  margin: number;
  hold: number;
}

export interface Liquidation {
  readonly id: number;
  readonly account: number;
  /** Row of the isolated position, or NONE for the pool. */
  readonly isolated: number;
  readonly startedMs: number;
  readonly maintenanceAtStart: number;
  readonly deadlinePassed: boolean;
  /** Row of the position being closed now. */
  position: number;
  limitTicks: number;
  /** As last said; 0 between two orders, until `expiresMs`. */
  orderedLots: number;
  /** What of the order in force is not closed yet. */
  leftLots: number;
  /** When the order expires, or when the next one is due. */
  expiresMs: number;
  /** When a part was first ordered; −1 before. */
  partAtMs: number;
  /** Whether the order in force is the fund's to take over at once. */
  backstop: boolean;
  feeDue: number;
  feePaid: number;
  /** Deposits since the start that do not count as a cure. */
  ignoredDeposits: number;
  bankrupt: boolean;
}

/** What the fund has taken on in an epoch, atoms. */
export interface FundSpending {
  readonly epoch: number;
  readonly value: number;
  readonly loss: number;
}

export interface Client {
  readonly answers: AnswerMemory;
  /** Whole-number ids up to this one have been forgotten. */
  forgottenUpTo: number;
}

export interface Counters {
  marginCalls: number;
  gaps: number;
  liquidations: number;
  bankruptcies: number;
  deleveraged: number;
  takeovers: number;
  socialized: number;
  ignoredPrices: number;
}

export interface Engine {
  config: EngineConfig | null;
  policy: CompiledPolicy | null;
  sequence: number;
  timeMs: number;
  /** Sequence of the newest accepted marks. */
  epoch: number;
  accounts: AccountColumns;
  positions: PositionColumns;
  markets: Market[];
  marketRows: Map<string, number>;
  rules: CompiledRules[];
  orders: Map<number, Map<string, Order>>;
  /** Who holds several accounts, and what of each market. */
  owners: Owners;
  liquidations: Map<number, Liquidation>;
  nextLiquidation: number;
  clients: Map<string, Client>;
  sources: Map<string, number>;
  deposited: bigint;
  withdrawn: bigint;
  /** Least equity of the fund at the end of any epoch since the first position; else Infinity. */
  fundLowest: number;
  fundSpent: FundSpending;
  counters: Counters;
  /** Follows from all else and is not saved: who need not be looked at; null before an epoch. */
  index: BreachIndex | null;
}

/** An engine that knows nothing yet; its first command is `configure`. */
export function createEngine(): Engine {
  const engine: Engine = {
    config: null,
    policy: null,
    sequence: 0,
    timeMs: 0,
    epoch: 0,
    accounts: accountColumns(16),
    positions: positionColumns(16),
    markets: [],
    marketRows: new Map(),
    rules: [],
    orders: new Map(),
    owners: { byId: new Map(), byAccount: new Map() },
    liquidations: new Map(),
    nextLiquidation: 1,
    clients: new Map(),
    sources: new Map(),
    deposited: 0n,
    withdrawn: 0n,
    fundLowest: Infinity,
    fundSpent: { epoch: 0, value: 0, loss: 0 },
    counters: {
      marginCalls: 0,
      gaps: 0,
      liquidations: 0,
      bankruptcies: 0,
      deleveraged: 0,
      takeovers: 0,
      socialized: 0,
      ignoredPrices: 0,
    },
    index: null,
  };
  for (const id of RESERVED_ACCOUNTS) addAccount(engine.accounts, id);
  return engine;
}

/** Columns for `capacity` accounts. */
export function accountColumns(capacity: number): AccountColumns {
  return {
    count: 0,
    ids: [],
    rows: new Map(),
    balance: new Float64Array(capacity),
    orderMargin: new Float64Array(capacity),
    orderHold: new Float64Array(capacity),
    first: new Int32Array(capacity).fill(NONE),
    standing: new Uint8Array(capacity),
    deadline: new Float64Array(capacity),
    liquidation: new Float64Array(capacity),
  };
}

/** Columns for `capacity` positions. */
export function positionColumns(capacity: number): PositionColumns {
  return {
    count: 0,
    account: new Int32Array(capacity),
    market: new Int32Array(capacity),
    rules: new Int32Array(capacity),
    lots: new Float64Array(capacity),
    cost: new Float64Array(capacity),
    isolated: new Uint8Array(capacity),
    margin: new Float64Array(capacity),
    leverage: new Float64Array(capacity),
    next: new Int32Array(capacity).fill(NONE),
    standing: new Uint8Array(capacity),
    deadline: new Float64Array(capacity),
    liquidation: new Float64Array(capacity),
  };
}

type Column = Float64Array | Int32Array | Uint8Array;

/** Doubles every column of `table`; fresh rows are zero, and chains end. */
function grow(table: object): void {
  for (const [name, column] of Object.entries(table) as [string, unknown][]) {
    if (!isColumn(column)) continue;
    const wider = doubled(column);
    if (name === 'first' || name === 'next') wider.fill(NONE, column.length);
    Object.assign(table, { [name]: wider });
  }
}

function isColumn(value: unknown): value is Column {
  return (
    value instanceof Float64Array || value instanceof Int32Array || value instanceof Uint8Array
  );
}

function doubled(column: Column): Column {
  const Kind = column.constructor as new (length: number) => Column;
  const wider = new Kind(column.length * 2);
  wider.set(column);
  return wider;
}

/** Appends an account and gives its row. */
export function addAccount(accounts: AccountColumns, id: string): number {
  if (accounts.count === accounts.balance.length) grow(accounts);
  const row = accounts.count;
  accounts.count += 1;
  accounts.ids.push(id);
  accounts.rows.set(id, row);
  return row;
}

/** The row of an account's position in a market, or NONE. */
export function findPosition(engine: Engine, account: number, market: number): number {
  const { positions } = engine;
  let row = engine.accounts.first[account] ?? NONE;
  while (row !== NONE && positions.market[row] !== market) row = positions.next[row] ?? NONE;
  return row;
}

/** The position's row, made flat with leverage 1 and cross margin when there is none yet. */
export function ensurePosition(engine: Engine, account: number, market: number): number {
  const found = findPosition(engine, account, market);
  if (found !== NONE) return found;
  const { accounts, positions } = engine;
  if (positions.count === positions.lots.length) grow(positions);
  const row = positions.count;
  positions.count += 1;
  positions.account[row] = account;
  positions.market[row] = market;
  positions.rules[row] = engine.markets[market]?.rules ?? 0;
  positions.leverage[row] = 100;
  const last = lastPosition(engine, account);
  if (last === NONE) accounts.first[account] = row;
  else positions.next[last] = row;
  return row;
}

function lastPosition(engine: Engine, account: number): number {
  const { accounts, positions } = engine;
  let last = NONE;
  for (let row = accounts.first[account] ?? NONE; row !== NONE; row = positions.next[row] ?? NONE) {
    last = row;
  }
  return last;
}

/**
 * Rows of all positions of an account, flat ones included, in the order in which they were made.
 */
export function positionRows(engine: Engine, account: number): number[] {
  const rows: number[] = [];
  const { accounts, positions } = engine;
  for (let row = accounts.first[account] ?? NONE; row !== NONE; row = positions.next[row] ?? NONE) {
    rows.push(row);
  }
  return rows;
}

/** The market at a row that is known to exist. */
export function marketAt(engine: Engine, row: number): Market {
  const market = engine.markets[row];
  if (market === undefined) throw new Error(`no market at row ${row}`);
  return market;
}

/** The rules at an index that is known to exist. */
export function rulesAt(engine: Engine, index: number): CompiledRules {
  const rules = engine.rules[index];
  if (rules === undefined) throw new Error(`no rules at index ${index}`);
  return rules;
}

/** A column's value at a row that is known to exist. */
export function at(column: Column, row: number): number {
  const value = column[row];
  if (value === undefined) throw new Error(`no row ${row}`);
  return value;
}

/** The policy and configuration of an engine that has been configured. */
export function configured(engine: Engine): { config: EngineConfig; policy: CompiledPolicy } {
  const { config, policy } = engine;
  if (config === null || policy === null) throw new Error('the engine is not configured');
  return { config, policy };
}

/** The open orders of an account, oldest first. */
export function ordersOf(engine: Engine, account: number): Order[] {
  return [...(engine.orders.get(account)?.values() ?? [])];
}
