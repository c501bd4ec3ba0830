/**
 * What a position must hold when its market is ruled by side, or when a long and a short of the
 * cross pool are reckoned together: its share of what the whole of them must hold.
 */
import { compare, equals, isZero, ONE, over, sum, times, ZERO } from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import type { Position } from './account.ts';
import { scaleOf } from './geometry.ts';
import { piecesOf } from './pieces.ts';
import type { Piece } from './pieces.ts';
import type { Schedule } from './rules.ts';
import { requirement } from './schedule.ts';
import type { Extent } from './schedule.ts';
import { plusTimes, rescale, terms } from './terms.ts';

/**
 * What a position answers for of the requirement of `whole` (a size): 1 unless hedged, or unless
 * `whole` is the other side, whose rate it pays.
 */
export interface Portion {
  readonly whole: Rational;
  readonly share: Rational;
}

/** What a position must hold, by its side. */
export function scheduleOf(position: Position): Schedule {
  const { market, side } = position;
  if (side === 1 || market.short === null) return market.schedule;
  const { schedule, byPrice } = market.short;
  if (byPrice.length === 0) return schedule;
  const scale = scaleOf(position);
  const levels = byPrice.map(({ from, rate }) => ({ from: times(from, scale), rate }));
  return { kind: 'max', of: [schedule, { kind: 'brackets', by: 'value', levels }] };
}

/** The position among those that move with it: its cross pool's, or itself alone. */
export function portionOf(position: Position, together: readonly Position[]): Portion {
  const { market, size } = position;
  const alone = { whole: size, share: ONE };
  if (together.length < 2 || market.hedge === 'separate') return alone;
  const most = largest(together);
  if (market.hedge === 'larger') return most === position ? alone : { whole: size, share: ZERO };
  const isSum = market.hedge === 'sum';
  const whole = isSum ? sum(together.map((each) => each.size)) : most.size;
  return { whole, share: over(size, whole) };
}

/** Of equals the first. */
function largest(together: readonly Position[]): Position {
  return together.reduce((most, each) => (compare(each.size, most.size) > 0 ? each : most));
}

/** The extent whose level decides, for a position of this value. */
export function extentOf({ whole, share }: Portion, value: Rational): Extent {
  return { value: isZero(share) ? value : over(value, share), size: whole };
}

/** The portion's requirement at a value of the position's own. */
export function portionRequirement(
  schedule: Schedule,
  portion: Portion,
  value: Rational,
): Rational {
  return times(portion.share, requirement(schedule, extentOf(portion, value)));
}

/** The same as a function of the position's own value. */
export function portionPieces(schedule: Schedule, { whole, share }: Portion): readonly Piece[] {
  if (isZero(share)) return [{ upTo: null, terms: terms({}) }];
  const pieces = piecesOf(schedule, whole);
  if (equals(share, ONE)) return pieces;
  return pieces.map(({ upTo, terms: form }) => ({
    upTo: upTo === null ? null : times(upTo, share),
    terms: plusTimes(terms({}), rescale(form, over(ONE, share)), share),
  }));
}
