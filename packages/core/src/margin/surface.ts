/**
 * The liquidation surface of a cross pool: the pairs of prices at which it triggers when two
 * markets move together. One price at a time hides this: two harmless falls may meet in one pool.
 */
import { decimal, formatDecimal, integer, negate, ONE, plus, times } from '../units/index.ts';
import type { DecimalLike, Rational } from '../units/index.ts';
import type { Account, Refusal } from './account.ts';
import { isRefusal, readAccount } from './document.ts';
import { isCross } from './figures.ts';
import { makeReader, readArray, readName, readNumber, readObject, refuse, step } from './reader.ts';
import type { Reader } from './reader.ts';
import type { Rulebook } from './rulebook.ts';
import { triggerAlong } from './surface-ray.ts';

export interface SurfaceRequest {
  /** The market that leads. */
  readonly market: string;
  /** The market that follows. */
  readonly with: string;
  /**
   * Relative moves of the follower for each of the leader: 1 moves both alike, 0 the leader alone,
   * below 0 against it. At most 100; by default 0, 0.5, 1, 1.5 and −1.
   */
  readonly betas?: readonly DecimalLike[] | undefined;
}

/** Where the pool triggers: exact, or within 1e-25 where a schedule's exponent is not whole. */
export interface SurfacePoint {
  /** The leader's relative move, below 0 for a fall. */
  readonly move: string;
  /** The leader's price. */
  readonly price: string;
  /** The follower's price. */
  readonly withPrice: string;
}

export interface SurfaceRow {
  readonly beta: string;
  /** With the leader falling; null when the pool survives until a price is 0. */
  readonly down: SurfacePoint | null;
  /** With the leader rising; null when the pool survives every rise. */
  readonly up: SurfacePoint | null;
}

export interface Surface {
  readonly market: string;
  readonly with: string;
  readonly markPrice: string;
  readonly withMarkPrice: string;
  readonly rows: readonly SurfaceRow[];
}

const KEYS: ReadonlySet<string> = new Set(['market', 'with', 'betas']);
const BETAS: readonly Rational[] = ['0', '0.5', '1', '1.5', '-1'].map(decimal);
const BETAS_MAX = 100;

/**
 * The surface along each beta, in both directions. Every cross position of the two markets moves,
 * with the collateral that is tied to them; other markets keep prices and requirements, as for the
 * ordinary liquidation price, which beta 0 gives. Prices are not rounded to a tick.
 */
export function liquidationSurface(
  document: unknown,
  request: SurfaceRequest,
  rulebooks: readonly Rulebook[],
): Surface | { readonly error: Refusal } {
  const account = readAccount(document, rulebooks);
  if (isRefusal(account)) return { error: account };
  const reader = makeReader();
  const fields = readObject(reader, request, null, KEYS);
  const leader = readMark(reader, account, { name: fields.get('market'), key: 'market' });
  const follower = readMark(reader, account, { name: fields.get('with'), key: 'with' });
  const betas = readBetas(reader, fields.get('betas'));
  if (leader.name === follower.name) refuse(reader, step(null, 'with'), 'repeats the market');
  if (reader.refusal !== null) return { error: reader.refusal };
  const pair = { account, leader, follower };
  return {
    market: leader.name,
    with: follower.name,
    markPrice: formatDecimal(leader.price),
    withMarkPrice: formatDecimal(follower.price),
    rows: betas.map((beta) => ({
      beta: formatDecimal(beta),
      down: pointAlong(pair, beta, integer(-1)),
      up: pointAlong(pair, beta, ONE),
    })),
  };
}

interface Mark {
  readonly name: string;
  readonly price: Rational;
}

function readMark(
  reader: Reader,
  { positions }: Account,
  { name, key }: { name: unknown; key: string },
): Mark {
  const place = step(null, key);
  const wanted = readName(reader, name, place);
  const cross = positions.filter(isCross);
  const found = cross.find(({ market }) => market.name === wanted);
  if (found !== undefined) return { name: wanted, price: found.markPrice };
  const known = [...new Set(cross.map(({ market }) => market.name))].join(', ');
  refuse(reader, place, `names no market with a cross position; there are ${known || 'none'}`);
  return { name: wanted, price: ONE };
}

function readBetas(reader: Reader, value: unknown): readonly Rational[] {
  if (value === undefined) return BETAS;
  const place = step(null, 'betas');
  return readArray(reader, value, place, BETAS_MAX).map((item, k) =>
    readNumber(reader, item, step(place, k), { range: 'any' }),
  );
}

interface Pair {
  readonly account: Account;
  readonly leader: Mark;
  readonly follower: Mark;
}

function pointAlong(
  { account, leader, follower }: Pair,
  beta: Rational,
  way: Rational,
): SurfacePoint | null {
  const follows = times(beta, way);
  const speeds = new Map([[leader.name, way]]);
  if (follows.n !== 0n) speeds.set(follower.name, follows);
  const t = triggerAlong(account, speeds);
  if (t === null) return null;
  const at = ({ price }: Mark, speed: Rational): string =>
    formatDecimal(times(price, plus(ONE, times(speed, t))));
  return {
    move: formatDecimal(way.n < 0n ? negate(t) : t),
    price: at(leader, way),
    withPrice: at(follower, follows),
  };
}
