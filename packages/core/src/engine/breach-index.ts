/**
 * Finds whoever may be below a line without looking at everyone. A cold account has a certificate
 * (./certificate.ts) and a bound on the ladder of each of its markets (./ladder.ts); a mark that
 * passes a bound makes its account hot, and so does every change of the account. Hot ones are
 * weighed at every epoch, and cooled when their certificate is worth the trouble.
 *
 * At the end of an epoch each account is hot and was weighed at these marks, or is cold and no mark
 * has passed a bound of it: then its standing cannot have to change. In a storm, when most are hot,
 * the sweep looks at everyone instead; bounds passed meanwhile are taken off when it is over.
 *
 * All of it follows from the engine's state, adds nothing to it and is not saved.
 */
import { FALLS, RISES, Weigher } from './certificate.ts';
import {
  addHot,
  createHotList,
  glance,
  isHot,
  removeHot,
  sortFrom,
  SUSPECT,
  UNKNOWN,
  widenBlocks,
  type HotList,
} from './hot-list.ts';
import {
  addLadders,
  bucketFor,
  CEILING,
  createLadders,
  FLOOR,
  place,
  remove,
  takePassed,
  widenLadders,
  type Bound,
  type Ladders,
} from './ladder.ts';
import { lotValueOf } from './lines.ts';
import { at, DUST, marketAt, NONE, type Engine } from './state.ts';
import { sweep } from './sweep.ts';

/** What the index weighs its own work against. Whatever it says, the same accounts are found. */
export interface IndexTuning {
  /** A storm is when the work of an epoch would exceed this part of a sweep's. */
  readonly storm: number;
  /** What it costs, in accounts swept, to look at a block and to look at one just heated. */
  readonly glance: number;
  readonly heat: number;
  /** Hot accounts that have a block: this part of all, and no fewer than the least. */
  readonly blocks: number;
  readonly blocksLeast: number;
  /** Accounts cooled in one epoch: this part of all, no fewer than the least; fewer in a storm. */
  readonly cooled: number;
  readonly cooledLeast: number;
  readonly cooledInStorm: number;
  /** A certificate is worth its making when it outlasts this many epochs' usual move. */
  readonly patience: number;
  /** How fast the usual move of an epoch falls to the last one; it rises at once. */
  readonly calms: number;
}

export const TUNING: IndexTuning = {
  storm: 1.3,
  glance: 2,
  heat: 25,
  blocks: 0.15,
  blocksLeast: 1_000,
  cooled: 0.02,
  cooledLeast: 1_000,
  cooledInStorm: 0.25,
  patience: 8,
  calms: 1 / 8,
};

/** Positions have to become so many times more before buckets are made finer. */
const GROWTH = 4;
const BUCKETS_LEAST = 2 ** 8;
const BUCKETS_MOST = 2 ** 17;

/** Which accounts are hot, where the bounds of the cold ones are, and what it has done so far. */
export interface BreachIndex {
  readonly ladders: Ladders;
  readonly hot: HotList;
  /** Hot accounts that no epoch has looked at yet. */
  unseen: number;
  weigher: Weigher;
  /** Rules that its columns hold, and positions that it was made for. */
  rules: number;
  readonly positions: number;
  readonly tuning: IndexTuning;
  /** By market: the mark of the last epoch, ticks. */
  marks: Float64Array;
  /** Where cooling in a storm, and the shadow, go on. */
  nextHot: number;
  nextShadow: number;
  /** How far marks move from epoch to epoch of late, as a share. */
  pace: number;
  readonly counts: IndexCounts;
}

/** What an index has done since it was made. */
export interface IndexCounts {
  epochs: number;
  storms: number;
  heated: number;
  cooled: number;
}

/** Adds to `found` every account whose standing may differ from what is recorded. */
export function findSuspects(engine: Engine, found: Set<number>): void {
  const index = currentIndex(engine);
  noteMarks(engine, index);
  index.counts.epochs += 1;
  takeBounds(index);
  if (isStorm(engine, index)) {
    index.counts.storms += 1;
    sweep(engine, found);
    coolSlice(engine, index, mostCooled(engine, index) * index.tuning.cooledInStorm);
  } else weighHot(engine, index, found);
}

/** Makes an account hot: it has changed, and what it relied on need not hold any more. */
export function heat(engine: Engine, account: number): void {
  if (engine.index !== null && account > DUST) heatIn(engine.index, account);
}

function heatIn(index: BreachIndex, account: number): void {
  if (!addHot(index.hot, account)) return;
  index.counts.heated += 1;
  index.unseen += 1;
}

/** The engine's index, made when there is none yet or when it has been outgrown. */
function currentIndex(engine: Engine): BreachIndex {
  const known = engine.index;
  if (known === null || isOutgrown(engine, known))
    return makeIndex(engine, known?.tuning ?? TUNING);
  if (known.marks.length < engine.markets.length) addMarkets(engine, known);
  if (known.rules !== engine.rules.length) renewColumns(engine, known);
  widenLadders(known.ladders, engine.positions.lots.length);
  return known;
}

function isOutgrown({ markets, positions }: Engine, index: BreachIndex): boolean {
  if (positions.count <= GROWTH * index.positions) return false;
  return bucketsFor(positions.count, markets.length) > index.ladders.size;
}

function addMarkets(engine: Engine, index: BreachIndex): void {
  const { marks } = index;
  index.marks = new Float64Array(engine.markets.length);
  index.marks.set(marks);
  addLadders(index.ladders, engine.markets.length);
  renewColumns(engine, index);
}

function renewColumns(engine: Engine, index: BreachIndex): void {
  index.weigher = new Weigher(engine);
  index.rules = engine.rules.length;
}

/** As many buckets as a market has positions, so that a bucket holds one or so. */
function bucketsFor(positions: number, markets: number): number {
  const each = 2 ** Math.ceil(Math.log2(1 + positions / Math.max(1, markets)));
  return Math.min(BUCKETS_MOST, Math.max(BUCKETS_LEAST, each));
}

/** An index in which every account that can be is cold. */
export function makeIndex(engine: Engine, tuning: IndexTuning): BreachIndex {
  const { accounts, markets, positions, rules } = engine;
  const buckets = bucketsFor(positions.count, markets.length);
  const index: BreachIndex = {
    ladders: createLadders(markets.length, buckets, positions.lots.length),
    weigher: new Weigher(engine),
    rules: rules.length,
    positions: positions.count,
    tuning,
    marks: Float64Array.from(markets, ({ markTicks }) => markTicks),
    hot: createHotList(accounts.balance.length, blocksMost(engine, tuning)),
    unseen: 0,
    nextHot: 0,
    nextShadow: DUST + 1,
    pace: 0,
    counts: { epochs: 0, storms: 0, heated: 0, cooled: 0 },
  };
  engine.index = index;
  for (let account = DUST + 1; account < accounts.count; account += 1) {
    if (accounts.first[account] !== NONE) heatIn(index, account);
  }
  coolSlice(engine, index, index.hot.count);
  return index;
}

/** Whether looking at everyone is less work than looking at the hot. */
function isStorm(engine: Engine, { hot, unseen, tuning }: BreachIndex): boolean {
  const work = hot.count * tuning.glance + unseen * tuning.heat;
  return work > engine.accounts.count * tuning.storm;
}

function noteMarks(engine: Engine, index: BreachIndex): void {
  const { marks, weigher } = index;
  let moved = 0;
  let sum = 0;
  for (let row = 0; row < marks.length; row += 1) {
    const market = marketAt(engine, row);
    const before = marks[row] ?? 0;
    if (market.markTicks === before) continue;
    weigher.setLotValue(row, lotValueOf(market));
    marks[row] = market.markTicks;
    if (before === 0) continue;
    moved += 1;
    sum += Math.abs(market.markTicks - before) / before;
  }
  if (moved === 0) return;
  const move = sum / moved;
  index.pace = Math.max(move, index.pace + (move - index.pace) * index.tuning.calms);
}

/** Takes every bound that a mark has passed off its ladder; their accounts become hot. */
function takeBounds(index: BreachIndex): void {
  const { ladders, marks, hot } = index;
  const before = hot.count;
  takePassed(ladders, marks, (account) => {
    if (!isHot(hot, account)) heatIn(index, account);
  });
  if (hot.count > before) sortFrom(hot, before);
}

/** Looks at the hot ones, backwards, since the last one takes the place of one that is cooled. */
function weighHot(engine: Engine, index: BreachIndex, found: Set<number>): void {
  const { hot, weigher, tuning } = index;
  widenBlocks(hot, blocksMost(engine, tuning));
  const enough = index.pace * tuning.patience;
  let left = mostCooled(engine, index);
  index.unseen = 0;
  for (let k = hot.count - 1; k >= 0; k -= 1) {
    const reach = glance(engine, weigher, hot, k);
    if (reach !== UNKNOWN && reach !== SUSPECT && (reach <= enough || left <= 0)) continue;
    const account = hot.rows[k] ?? 0;
    if (reach === SUSPECT) found.add(account);
    else if (weighOne(index, account, found) && left > 0 && cool(engine, index, account)) left -= 1;
  }
}

function blocksMost({ accounts }: Engine, { blocks, blocksLeast }: IndexTuning): number {
  return Math.floor(Math.max(blocksLeast, accounts.count * blocks));
}

function mostCooled(engine: Engine, { tuning }: BreachIndex): number {
  return Math.max(tuning.cooledLeast, engine.accounts.count * tuning.cooled);
}

/** Weighs a hot account; whether it is worth cooling. */
function weighOne(index: BreachIndex, account: number, found: Set<number>): boolean {
  const { weigher, pace, tuning } = index;
  weigher.weigh(account);
  if (!weigher.suspect) return weigher.reach > pace * tuning.patience;
  found.add(account);
  return false;
}

/** Weighs so many of the hot in turn, only to cool them; who is suspect is found elsewhere. */
function coolSlice(engine: Engine, index: BreachIndex, most: number): void {
  const ignored = new Set<number>();
  index.unseen = Math.max(0, index.unseen - most);
  for (let left = most; left > 0 && index.hot.count > 0; left -= 1) {
    if (index.nextHot >= index.hot.count) index.nextHot = 0;
    const account = index.hot.rows[index.nextHot] ?? 0;
    const isCooled = weighOne(index, account, ignored) && cool(engine, index, account);
    if (!isCooled) index.nextHot += 1;
  }
}

/** Cools what it can while nothing else is to be done. */
export function coolIdly(engine: Engine): void {
  if (engine.index === null) return;
  const index = currentIndex(engine);
  noteMarks(engine, index);
  coolSlice(engine, index, mostCooled(engine, index));
}

/** Places the bounds of the account just weighed; false when one would be where the mark is. */
function cool(engine: Engine, index: BreachIndex, account: number): boolean {
  const { weigher } = index;
  for (let k = 0; k < weigher.count; k += 1) {
    const row = weigher.rows[k] ?? NONE;
    const ways = weigher.ways[k] ?? 0;
    const reach = weigher.reaches[k] ?? 0;
    if (!bound(engine, index, row, { side: FLOOR, ways, reach })) return false;
    if (!bound(engine, index, row, { side: CEILING, ways, reach })) return false;
  }
  removeHot(index.hot, account);
  index.counts.cooled += 1;
  return true;
}

interface Side {
  readonly side: Bound;
  readonly ways: number;
  readonly reach: number;
}

/**
 * Places a position's bound on one side, or takes away one that is not needed any more. A linear
 * value falls with its price, an inverse one when its price rises.
 */
function bound(engine: Engine, index: BreachIndex, row: number, given: Side): boolean {
  const { ladders } = index;
  const { side, ways, reach } = given;
  const key = row * 2 + side;
  remove(ladders, key);
  const market = at(engine.positions.market, row);
  const { inverse } = marketAt(engine, market).contract;
  const isFall = (side === FLOOR) !== inverse;
  if ((ways & (isFall ? FALLS : RISES)) === 0) return true;
  const mark = index.marks[market] ?? 0;
  const share = isFall ? 1 - reach : 1 + reach;
  const ticks = inverse ? mark / share : mark * share;
  const bucket = bucketFor(ladders, { market, mark, side, ticks });
  const account = at(engine.positions.account, row);
  if (bucket !== NONE) place(ladders, key, account, { market, bucket });
  return bucket !== NONE;
}

/** Whether an account is cold: no mark has passed a bound of it since it was weighed. */
export function isCold(index: BreachIndex, account: number): boolean {
  return !isHot(index.hot, account);
}
