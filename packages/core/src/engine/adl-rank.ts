/**
 * Who is deleveraged first: rank is profit × effective leverage, and a position's risk of it is how
 * many stand before it.
 */
import { termsOf } from './liquidation-terms.ts';
import { at, DUST, LIQUIDATING, marketAt, NONE, positionRows, type Engine } from './state.ts';
import type { Turn } from './turn.ts';
import { positionProfit, positionValue, unitStanding } from './valuation.ts';
import { entryValueOf } from './value.ts';

export interface Ranked {
  readonly row: number;
  readonly score: number;
  /** Of the account. */
  readonly id: string;
}

/**
 * The positions of one side of a market, highest rank first. Deleveraging only ever closes, so one
 * that is flat leaves the queue for good, and an avalanche does not pass it again and again.
 */
export class AdlQueue {
  readonly #engine: Engine;
  readonly #ranked: readonly Ranked[];
  /** Who comes after the one at `k − 1`; at 0 the first, `NONE` at the end. */
  readonly #next: Int32Array;

  constructor(engine: Engine, ranked: readonly Ranked[]) {
    this.#engine = engine;
    this.#ranked = ranked;
    this.#next = Int32Array.from({ length: ranked.length + 1 }, (_, k) => k + 1);
    this.#next[ranked.length] = NONE;
  }

  /** Those that are still open, in order. */
  *[Symbol.iterator](): Generator<Ranked> {
    let last = 0;
    for (let k = at(this.#next, 0); k !== NONE; k = at(this.#next, k)) {
      const one = this.#ranked[k - 1];
      if (one === undefined || this.#engine.positions.lots[one.row] === 0) {
        this.#next[last] = at(this.#next, k);
        continue;
      }
      last = k;
      yield one;
    }
  }
}

/** Positions on the other side, highest rank first; ranked once in a turn for a market and side. */
export function queueAgainst(turn: Turn, against: number): AdlQueue {
  const { positions } = turn.engine;
  const side = Math.sign(at(positions.lots, against));
  const key = `${at(positions.market, against)}:${side}`;
  turn.queues ??= new Map();
  const known = turn.queues.get(key);
  if (known !== undefined) return known;
  const ranked = rank(turn.engine, at(positions.market, against), -side);
  const queue = new AdlQueue(turn.engine, ranked);
  turn.queues.set(key, queue);
  return queue;
}

function rank(engine: Engine, market: number, side: number): Ranked[] {
  const { positions, accounts } = engine;
  const ranked: Ranked[] = [];
  for (let row = 0; row < positions.count; row += 1) {
    if (positions.market[row] !== market || Math.sign(at(positions.lots, row)) !== side) continue;
    const account = at(positions.account, row);
    if (account <= DUST) continue;
    ranked.push({ row, score: rankOf(engine, row), id: accounts.ids[account] ?? '' });
  }
  return ranked.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
}

/**
 * Profit (as a share of the entry value) × effective leverage; a loss is divided by leverage
 * instead. Units in liquidation come last. Plain IEEE division, the same on every machine.
 */
export function rankOf(engine: Engine, row: number): number {
  const { positions, accounts } = engine;
  const entry = entryValueOf(marketAt(engine, at(positions.market, row)), at(positions.cost, row));
  const { equity } = unitStanding(engine, row);
  const busy =
    positions.standing[row] === LIQUIDATING ||
    (positions.isolated[row] === 0 &&
      accounts.standing[at(positions.account, row)] === LIQUIDATING);
  if (equity <= 0 || entry === 0 || busy) return -Infinity;
  const profit = positionProfit(engine, row) / entry;
  const leverage = positionValue(engine, row) / equity;
  return profit > 0 ? profit * leverage : profit / leverage;
}

/** In which of the three groups that share alike a rank is: in profit, not, in liquidation. */
export function groupOf(score: number): number {
  if (score > 0) return 0;
  return score === -Infinity ? 2 : 1;
}

const LEVELS = 5;

/**
 * The ADL risk of every open position of an account, by market: 5 for the fifth of its side that
 * would be closed first, down to 1. Where losses are shared in proportion, all who share alike
 * stand in one place. It looks at every position, so it is for one account at a time.
 */
export function adlRisks(engine: Engine, id: string): Map<string, number> {
  const account = engine.accounts.rows.get(id);
  const risks = new Map<string, number>();
  if (account === undefined || account <= DUST) return risks;
  for (const row of positionRows(engine, account)) {
    const side = Math.sign(at(engine.positions.lots, row));
    if (side === 0) continue;
    const market = at(engine.positions.market, row);
    risks.set(marketAt(engine, market).id, riskOf(engine, row, rank(engine, market, side)));
  }
  return risks;
}

function riskOf(engine: Engine, row: number, queue: readonly Ranked[]): number {
  const own = queue.findIndex((one) => one.row === row);
  const group = groupOf(queue[own]?.score ?? 0);
  const { proRata } = termsOf(engine, row);
  const before = proRata ? queue.findIndex((one) => groupOf(one.score) === group) : own;
  return LEVELS - Math.floor((LEVELS * before) / queue.length);
}
