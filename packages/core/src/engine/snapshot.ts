/**
 * The engine's state as canonical bytes: equal states give equal bytes on every machine, so that a
 * hash of them can be compared, and `decodeState(encodeState(engine))` goes on as if nothing had
 * been.
 *
 *   "PLIM" · format · length of text · text (ASCII JSON of everything but columns) · columns
 */
import { AnswerMemory, type RememberedAnswer } from './answer-memory.ts';
import { compileContract, compilePolicy, compileRules } from './compile.ts';
import type { Breaker } from './breaker.ts';
import type { EngineConfig, MarketRules } from './config.ts';
import type { MarketMode, Recovery } from './mode.ts';
import { setOwner } from './owner.ts';
import type { PriceRange } from './volatility.ts';
import {
  accountColumns,
  createEngine,
  positionColumns,
  type AccountColumns,
  type Client,
  type Counters,
  type Engine,
  type FundSpending,
  type Liquidation,
  type Market,
  type Order,
  type PendingRules,
  type PositionColumns,
} from './state.ts';

const MAGIC = 0x4d494c50;
/** Raised whenever the bytes of one state would change. */
export const STATE_FORMAT = 2;

const ACCOUNT_COLUMNS = [
  'balance',
  'orderMargin',
  'orderHold',
  'first',
  'standing',
  'deadline',
  'liquidation',
] as const satisfies readonly (keyof AccountColumns)[];

const POSITION_COLUMNS = [
  'account',
  'market',
  'rules',
  'lots',
  'cost',
  'isolated',
  'margin',
  'leverage',
  'next',
  'standing',
  'deadline',
  'liquidation',
] as const satisfies readonly (keyof PositionColumns)[];

interface SavedMarket {
  readonly id: string;
  readonly rules: number;
  readonly pending: readonly PendingRules[];
  readonly markTicks: number;
  readonly markMs: number;
  readonly validity: Market['validity'];
  readonly feed: Market['feed'];
  readonly largestLots: number;
  readonly fundingIndex: string;
  readonly fundingRateE9: number;
  readonly fundedUntilMs: number;
  /** Left out while the market is open. */
  readonly mode?: MarketMode;
  readonly recovery?: Recovery;
  readonly range?: PriceRange;
  readonly breaker?: Breaker;
}

type SavedClient = readonly [string, number, readonly (readonly [string, RememberedAnswer])[]];

/** Everything that is not a column; maps as lists of pairs, in their order. */
interface SavedText {
  readonly config: EngineConfig | null;
  readonly ids: readonly string[];
  readonly positions: number;
  readonly markets: readonly SavedMarket[];
  readonly rules: readonly MarketRules[];
  readonly orders: readonly (readonly [number, readonly Order[]])[];
  /** Left out while there are none. */
  readonly owners?: readonly (readonly [id: string, accounts: readonly number[]])[];
  readonly liquidations: readonly Liquidation[];
  readonly nextLiquidation: number;
  readonly sources: readonly (readonly [string, number])[];
  readonly epoch: number;
  readonly deposited: string;
  readonly withdrawn: string;
  readonly fundLowest: number | null;
  readonly fundSpent: FundSpending;
  readonly counters: Counters;
  readonly memory: SavedMemory | null;
}

/** What a refused command may change: the order of commands and the memory of ids. */
interface SavedMemory {
  readonly sequence: number;
  readonly timeMs: number;
  readonly clients: readonly SavedClient[];
}

/** The whole state. */
export function encodeState(engine: Engine): Uint8Array {
  return encode(engine, saveMemory(engine));
}

/** Accounts, positions, markets, orders and fund without sequence, time and remembered ids. */
export function encodeBook(engine: Engine): Uint8Array {
  return encode(engine, null);
}

function encode(engine: Engine, memory: SavedMemory | null): Uint8Array {
  const text = asciiJson(saveText(engine, memory));
  const { accounts, positions } = engine;
  const tables = [
    { columns: ACCOUNT_COLUMNS.map((name) => accounts[name]), count: accounts.count },
    { columns: POSITION_COLUMNS.map((name) => positions[name]), count: positions.count },
  ];
  const columnBytes = tables.reduce(
    (total, { columns, count }) =>
      total + columns.reduce((sum, column) => sum + column.BYTES_PER_ELEMENT * count, 0),
    0,
  );
  const bytes = new Uint8Array(12 + text.length + columnBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, STATE_FORMAT, true);
  view.setUint32(8, text.length, true);
  for (let i = 0; i < text.length; i += 1) bytes[12 + i] = text.charCodeAt(i);
  let offset = 12 + text.length;
  for (const { columns, count } of tables) {
    for (const column of columns) offset = writeColumn(view, column, count, offset);
  }
  return bytes;
}

type Column = Float64Array | Int32Array | Uint8Array;

function writeColumn(view: DataView, column: Column, count: number, start: number): number {
  const width = column.BYTES_PER_ELEMENT;
  for (let row = 0; row < count; row += 1) {
    const value = column[row] ?? 0;
    const offset = start + row * width;
    if (width === 8) view.setFloat64(offset, value === 0 ? 0 : value, true);
    else if (width === 4) view.setInt32(offset, value, true);
    else view.setUint8(offset, value);
  }
  return start + count * width;
}

/** Whether this machine keeps numbers as the format does; then a column is a copy of its bytes. */
const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function readColumn(view: DataView, column: Column, count: number, start: number): number {
  const width = column.BYTES_PER_ELEMENT;
  const length = count * width;
  if (IS_LITTLE_ENDIAN) {
    const source = new Uint8Array(view.buffer, view.byteOffset + start, length);
    new Uint8Array(column.buffer, column.byteOffset, length).set(source);
    return start + length;
  }
  for (let row = 0; row < count; row += 1) {
    const offset = start + row * width;
    if (width === 8) column[row] = view.getFloat64(offset, true);
    else if (width === 4) column[row] = view.getInt32(offset, true);
    else column[row] = view.getUint8(offset);
  }
  return start + length;
}

/** JSON with everything beyond ASCII escaped, so that a character is a byte. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(/[\u007f-\uffff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function saveMemory(engine: Engine): SavedMemory {
  return {
    sequence: engine.sequence,
    timeMs: engine.timeMs,
    clients: [...engine.clients].map(([id, client]) => [
      id,
      client.forgottenUpTo,
      [...client.answers],
    ]),
  };
}

function saveText(engine: Engine, memory: SavedMemory | null): SavedText {
  return {
    config: engine.config,
    ids: engine.accounts.ids,
    positions: engine.positions.count,
    markets: engine.markets.map(saveMarket),
    rules: engine.rules.map((rules) => rules.source),
    orders: [...engine.orders].map(([account, orders]) => [account, [...orders.values()]]),
    ...(engine.owners.byId.size === 0 ? {} : { owners: saveOwners(engine) }),
    liquidations: [...engine.liquidations.values()],
    nextLiquidation: engine.nextLiquidation,
    sources: [...engine.sources],
    epoch: engine.epoch,
    deposited: String(engine.deposited),
    withdrawn: String(engine.withdrawn),
    fundLowest: Number.isFinite(engine.fundLowest) ? engine.fundLowest : null,
    fundSpent: engine.fundSpent,
    counters: engine.counters,
    memory,
  };
}

function saveOwners({ owners }: Engine): NonNullable<SavedText['owners']> {
  return [...owners.byId.values()].map(({ id, accounts }) => [id, [...accounts]]);
}

function saveMarket(market: Market): SavedMarket {
  return {
    id: market.id,
    rules: market.rules,
    pending: market.pending,
    markTicks: market.markTicks,
    markMs: market.markMs,
    validity: market.validity,
    feed: canonicalFeed(market.feed),
    largestLots: market.largestLots,
    fundingIndex: String(market.fundingIndex),
    fundingRateE9: market.fundingRateE9,
    fundedUntilMs: market.fundedUntilMs,
    ...(market.mode === 'open' ? {} : { mode: market.mode }),
    ...(market.recovery === null ? {} : { recovery: market.recovery }),
    ...(market.range === null ? {} : { range: market.range }),
    ...(market.breaker === null ? {} : { breaker: market.breaker }),
  };
}

/** With its fields in one order, however it came about. */
function canonicalFeed(feed: Market['feed']): Market['feed'] {
  const quotes = feed.quotes.map(({ source, ticks, timeMs }) => ({ source, ticks, timeMs }));
  const { agreement, awaitedTicks, confirmations } = feed;
  return { quotes, agreement, awaitedTicks, confirmations };
}

/** Restores what `encodeState` wrote. Throws when the bytes are of another format or cut short. */
export function decodeState(bytes: Uint8Array): Engine {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || view.getUint32(0, true) !== MAGIC)
    throw new Error('not an engine state');
  const format = view.getUint32(4, true);
  if (format !== STATE_FORMAT) throw new Error(`state format ${format}; this is ${STATE_FORMAT}`);
  const length = view.getUint32(8, true);
  const saved = JSON.parse(readAscii(bytes, 12, length)) as SavedText;
  const engine = restoreText(saved);
  restoreColumns(engine, saved, { view, start: 12 + length });
  return engine;
}

function readAscii(bytes: Uint8Array, start: number, length: number): string {
  const parts: string[] = [];
  const end = start + length;
  for (let from = start; from < end; from += 8192) {
    const piece = bytes.subarray(from, Math.min(from + 8192, end));
    // Not spread: that goes through an iterator, and takes nine times as long.
    parts.push(Reflect.apply(String.fromCharCode, null, piece) as string);
  }
  return parts.join('');
}

function restoreText(saved: SavedText): Engine {
  const engine = createEngine();
  engine.config = saved.config;
  engine.policy = saved.config === null ? null : sound(compilePolicy(saved.config));
  const decimals = saved.config?.asset.decimals ?? 0;
  engine.rules = saved.rules.map((rules) => {
    return sound(compileRules(rules, sound(compileContract(rules, decimals)), decimals));
  });
  engine.markets = saved.markets.map((market) => restoreMarket(engine, market, decimals));
  engine.markets.forEach((market, row) => engine.marketRows.set(market.id, row));
  for (const [account, orders] of saved.orders) {
    engine.orders.set(account, new Map(orders.map((order) => [order.id, { ...order }])));
  }
  for (const open of saved.liquidations) engine.liquidations.set(open.id, { ...open });
  engine.nextLiquidation = saved.nextLiquidation;
  engine.sources = new Map(saved.sources);
  engine.epoch = saved.epoch;
  engine.deposited = BigInt(saved.deposited);
  engine.withdrawn = BigInt(saved.withdrawn);
  engine.fundLowest = saved.fundLowest ?? Infinity;
  engine.fundSpent = { ...saved.fundSpent };
  engine.counters = { ...saved.counters };
  if (saved.memory !== null) restoreMemory(engine, saved.memory);
  return engine;
}

/** Rules that were accepted once compile again: anything else is damage. */
function sound<T>(compiled: T | string): T {
  if (typeof compiled === 'string') throw new Error(`damaged state: ${compiled}`);
  return compiled;
}

function restoreMarket(engine: Engine, saved: SavedMarket, decimals: number): Market {
  const rules = engine.rules[saved.rules];
  if (rules === undefined) throw new Error(`damaged state: no rules ${saved.rules}`);
  const contract = sound(compileContract(rules.source, decimals));
  const { fundingIndex, pending, mode = 'open', ...rest } = saved;
  const { recovery = null, range = null, breaker = null } = saved;
  return {
    ...rest,
    contract,
    pending: [...pending],
    fundingIndex: BigInt(fundingIndex),
    mode,
    recovery: recovery === null ? null : { ...recovery },
    range,
    breaker: breaker === null ? null : { ...breaker },
    longLots: 0,
  };
}

function restoreMemory(engine: Engine, memory: SavedMemory): void {
  engine.sequence = memory.sequence;
  engine.timeMs = memory.timeMs;
  for (const [id, forgottenUpTo, answers] of memory.clients) {
    const client: Client = { forgottenUpTo, answers: new AnswerMemory() };
    for (const [known, answer] of answers) client.answers.add(known, answer);
    engine.clients.set(id, client);
  }
}

function restoreColumns(
  engine: Engine,
  saved: SavedText,
  source: { readonly view: DataView; readonly start: number },
): void {
  const { view } = source;
  const accounts = accountColumns(Math.max(16, saved.ids.length));
  accounts.count = saved.ids.length;
  accounts.ids = [...saved.ids];
  accounts.rows = new Map(saved.ids.map((id, row) => [id, row]));
  const positions = positionColumns(Math.max(16, saved.positions));
  positions.count = saved.positions;
  let offset = source.start;
  for (const name of ACCOUNT_COLUMNS)
    offset = readColumn(view, accounts[name], accounts.count, offset);
  for (const name of POSITION_COLUMNS)
    offset = readColumn(view, positions[name], positions.count, offset);
  if (offset !== view.byteLength) throw new Error('damaged state: its length is wrong');
  engine.accounts = accounts;
  engine.positions = positions;
  for (let row = 0; row < positions.count; row += 1) {
    const market = engine.markets[positions.market[row] ?? 0];
    if (market !== undefined) market.longLots += Math.max(0, positions.lots[row] ?? 0);
  }
  for (const [id, rows] of saved.owners ?? []) {
    for (const row of rows) setOwner(engine, row, id);
  }
}
