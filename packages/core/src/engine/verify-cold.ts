/**
 * Watches the index of certificates while it works: a part of the accounts at a time is reckoned
 * without it, and the least distance from a mark to a bound is known.
 */
import { isCold, type IndexCounts } from './breach-index.ts';
import { roomOf } from './ladder.ts';
import { isUnitSuspect, thresholdsOf } from './lines.ts';
import { at, DUST, NONE, type Engine } from './state.ts';
import { positionMaintenance, positionProfit } from './valuation.ts';

/** Parts in which all accounts are looked at; with one part a second, all of them in a minute. */
const PARTS = 60;

/** The index counted an account as above its lines that is below one. */
export class MissedBreachError extends Error {
  override readonly name = 'MissedBreachError';
}

/**
 * Reckons the next sixtieth of the accounts, the cold ones among them, position by position in
 * whole numbers. Throws a `MissedBreachError` when one of them is below a line: then nothing
 * decided since can be relied on, and the engine must stop.
 */
export function verifyCold(engine: Engine): void {
  const { index, accounts } = engine;
  if (index === null) return;
  const first = Math.max(DUST + 1, index.nextShadow);
  const last = Math.min(accounts.count, first + Math.ceil(accounts.count / PARTS));
  for (let account = first; account < last; account += 1) {
    if (isCold(index, account) && isDue(engine, account)) {
      const id = accounts.ids[account] ?? '';
      const message = `the index missed account ${id}: it is below a line and counts as above it`;
      throw new MissedBreachError(message);
    }
  }
  index.nextShadow = last >= accounts.count ? DUST + 1 : last;
}

/** Whether the recorded standing of an account's pool or of an isolated position has to change. */
function isDue(engine: Engine, account: number): boolean {
  const { accounts, positions } = engine;
  const limits = thresholdsOf(engine);
  let equity = at(accounts.balance, account);
  let maintenance = 0;
  let isHolding = false;
  for (let row = at(accounts.first, account); row !== NONE; row = at(positions.next, row)) {
    if (at(positions.lots, row) === 0) continue;
    const profit = positionProfit(engine, row);
    const needed = positionMaintenance(engine, row);
    if (at(positions.isolated, row) === 0) {
      isHolding = true;
      equity += profit;
      maintenance += needed;
    } else if (
      isUnitSuspect(at(positions.standing, row), at(positions.margin, row) + profit, needed, limits)
    ) {
      return true;
    }
  }
  return isHolding && isUnitSuspect(at(accounts.standing, account), equity, maintenance, limits);
}

/** How an index stands, for those who watch it. */
export interface IndexView extends IndexCounts {
  readonly hot: number;
  readonly cold: number;
  /** Least distance from a mark to a bound, as a share of the mark; null without a bound. */
  readonly leastSlack: number | null;
}

/** The index as it stands, or null before the first epoch. */
export function indexView(engine: Engine): IndexView | null {
  const { index, accounts } = engine;
  if (index === null) return null;
  const { counts } = index;
  const hot = index.hot.count;
  const cold = accounts.count - (DUST + 1) - hot;
  return { hot, cold, leastSlack: leastSlackOf(engine), ...counts };
}

function leastSlackOf(engine: Engine): number | null {
  const { index } = engine;
  if (index === null) return null;
  let least: number | null = null;
  index.marks.forEach((ticks, market) => {
    const buckets = roomOf(index.ladders, market, ticks);
    if (buckets === null) return;
    const share = (buckets * (index.ladders.width[market] ?? 0)) / ticks;
    if (least === null || share < least) least = share;
  });
  return least;
}
