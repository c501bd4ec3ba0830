/**
 * The first price at which equity no longer covers the requirement, walking away from the mark.
 *
 *   mark ──piece──┤edge├──piece──┤edge├──piece──▶   at each: just beyond the edge? inside? on the
 *                                                    next edge, with the level that applies there?
 */
import { compare, negate, over, sign, times, ZERO } from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import { scaleOf } from './geometry.ts';
import { requirementPieces } from './movement.ts';
import type { Movement } from './movement.ts';
import type { Position } from './account.ts';
import { pieceIndexAt } from './pieces.ts';
import type { Piece } from './pieces.ts';
import { plusTimes, rescale, signBeside, terms, valueAt, zeros } from './terms.ts';
import type { Terms } from './terms.ts';

/** The requirement that a movement is held against. */
export interface Burden {
  /** What the positions that do not move must hold. */
  readonly others: Rational;
  /** The constant closing fee of each moving position. */
  readonly fees: readonly Rational[];
  /** The share of the requirement that counts: 1, or `liquidateBelow`. */
  readonly share: Rational;
}

/**
 * Where the line is. `now`: already at the mark. `root`: equity meets the requirement there.
 * `edge`: a step jumps over equity there. `form` is equity less requirement beyond or around it.
 */
export type Boundary =
  | { readonly kind: 'none' }
  | { readonly kind: 'now'; readonly at: Rational }
  | { readonly kind: 'root' | 'edge'; readonly at: Rational; readonly form: Terms };

interface Mover {
  readonly scale: Rational;
  readonly pieces: readonly Piece[];
  readonly extra: Terms;
  index: number;
}

/**
 * The first boundary in the movement's direction; touching the requirement counts as meeting it.
 */
export function findBoundary(movement: Movement, burden: Burden): Boundary {
  const { direction } = movement;
  const movers = movement.positions.map((position, k) =>
    moverAt(position, burden.fees[k] ?? ZERO, movement),
  );
  let at = movement.start;
  for (;;) {
    const form = formOf(movement, burden, movers);
    if (isMetBeside(form, at, { direction, first: at === movement.start }))
      return { kind: isZeroAt(form, at) ? 'root' : 'edge', at, form };
    const next = nextEdge(movers, direction);
    const inside = firstInside(form, at, { next, direction });
    if (inside !== null) return { kind: 'root', at: inside, form };
    if (next === null) return { kind: 'none' };
    if (direction === 1 && sign(valueAt(form, next)) <= 0) return { kind: 'root', at: next, form };
    for (const mover of movers) stepOver(mover, next, direction);
    at = next;
  }
}

/** Equity less requirement at the coordinate itself, with the levels that apply there. */
export function excessAt(movement: Movement, burden: Burden, at: Rational): Rational {
  return valueAt(formOf(movement, burden, moversOn(movement, burden, at)), at);
}

/** A piece that might have applied: its equation, and the coordinates it is for. */
export interface Candidate {
  readonly form: Terms;
  readonly from: Rational;
  readonly upTo: Rational | null;
}

/**
 * The equation around the coordinate if the `which`-th moving position were `offset` pieces further
 * (1 up in value, −1 down, 0 as it is); null when there is no such piece.
 */
export function candidateAt(
  movement: Movement,
  burden: Burden,
  where: { at: Rational; which: number; offset: -1 | 0 | 1 },
): Candidate | null {
  const movers = moversOn(movement, burden, where.at);
  const mover = movers[where.which] as Mover;
  mover.index += where.offset;
  const piece = mover.pieces[mover.index];
  if (piece === undefined) return null;
  return {
    form: formOf(movement, burden, movers),
    from: edgeOf(mover, -1) ?? ZERO,
    upTo: edgeOf(mover, 1),
  };
}

function moversOn(movement: Movement, burden: Burden, at: Rational): Mover[] {
  return movement.positions.map((position, k) => {
    const mover = moverAt(position, burden.fees[k] ?? ZERO, movement);
    mover.index = pieceIndexAt(mover.pieces, times(mover.scale, at), -1);
    return mover;
  });
}

function moverAt(position: Position, fee: Rational, movement: Movement): Mover {
  const { start, direction, positions } = movement;
  const scale = scaleOf(position);
  const { pieces, extra } = requirementPieces(position, fee, positions);
  return { scale, pieces, extra, index: pieceIndexAt(pieces, times(scale, start), direction) };
}

function formOf(movement: Movement, { others, share }: Burden, movers: readonly Mover[]): Terms {
  const minusShare = negate(share);
  let form = plusTimes(movement.equity, terms({ constant: others }), minusShare);
  for (const { pieces, index, scale, extra } of movers) {
    const piece = pieces[index] as Piece;
    form = plusTimes(form, rescale(piece.terms, scale), minusShare);
    form = plusTimes(form, rescale(extra, scale), minusShare);
  }
  return form;
}

/**
 * Beyond `at` the trigger holds at once; or, going down, on the edge itself, which belongs to the
 * piece now entered. (Going up, the edge belonged to the piece before, and the mark to itself.)
 */
function isMetBeside(
  form: Terms,
  at: Rational,
  { direction, first }: { direction: 1 | -1; first: boolean },
): boolean {
  if (direction === -1 && !first && sign(valueAt(form, at)) <= 0) return true;
  return signBeside(form, at, direction) < 0;
}

function isZeroAt(form: Terms, at: Rational): boolean {
  return sign(valueAt(form, at)) === 0;
}

function nextEdge(movers: readonly Mover[], direction: 1 | -1): Rational | null {
  let nearest: Rational | null = null;
  for (const mover of movers) {
    const edge = edgeOf(mover, direction);
    if (edge !== null && (nearest === null || compare(edge, nearest) === -direction))
      nearest = edge;
  }
  return nearest;
}

function edgeOf({ pieces, index, scale }: Mover, direction: 1 | -1): Rational | null {
  const edge = pieces[direction === 1 ? index : index - 1]?.upTo ?? null;
  return edge === null ? null : over(edge, scale);
}

function firstInside(
  form: Terms,
  at: Rational,
  { next, direction }: { next: Rational | null; direction: 1 | -1 },
): Rational | null {
  const within = direction === 1 ? { from: at, above: next } : { from: next ?? ZERO, above: at };
  const found = zeros(form, within);
  return (direction === 1 ? found[0] : found.at(-1)) ?? null;
}

function stepOver(mover: Mover, edge: Rational, direction: 1 | -1): void {
  const own = edgeOf(mover, direction);
  if (own !== null && compare(own, edge) === 0) mover.index += direction;
}
