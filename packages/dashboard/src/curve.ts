/**
 * A figure over time as a small picture: bounded points in, the path of a line and of the area
 * under it out, in the units of an SVG view box.
 */
import type { TotalsPoint } from './api.ts';

export interface Spot {
  readonly time: number;
  readonly value: number;
}

const MAX_POINTS = 600;
const KEPT_IN_FULL = 200;

/** Adds a point; past the limit the older ones are thinned to every second one. */
export function addPoint(
  points: readonly TotalsPoint[],
  point: TotalsPoint,
): readonly TotalsPoint[] {
  const last = points.at(-1);
  if (last && last.sequence >= point.sequence) return points;
  if (points.length < MAX_POINTS) return [...points, point];
  const recent = points.slice(-KEPT_IN_FULL);
  const older = points.slice(0, -KEPT_IN_FULL).filter((_, index) => index % 2 === 0);
  return [...older, ...recent, point];
}

export interface Curve {
  readonly line: string;
  readonly area: string;
  /** The lowest and the highest value, each at its height; one where they are the same. */
  readonly extremes: readonly { readonly y: number; readonly value: number }[];
  readonly spots: readonly { readonly x: number; readonly y: number; readonly spot: Spot }[];
}

/**
 * Time runs over the full width; values between the lowest and the highest over the full height.
 */
export function curve(spots: readonly Spot[], width: number, height: number): Curve | null {
  const first = spots[0];
  const last = spots.at(-1);
  if (!first || !last) return null;
  const values = spots.map((spot) => spot.value);
  const ends = [Math.min(...values), Math.max(...values)] as const;
  const [low, high] = padded(...ends);
  const span = last.time - first.time || 1;
  const level = (value: number): number => round(height - ((value - low) / (high - low)) * height);
  const placed = spots.map((spot) => ({
    x: round(((spot.time - first.time) / span) * width),
    y: level(spot.value),
    spot,
  }));
  const steps = placed.map(({ x, y }) => `${x},${y}`).join('L');
  return {
    line: `M${steps}`,
    area: `M0,${height}L${steps}L${width},${height}Z`,
    extremes: [...new Set(ends)].map((value) => ({ y: level(value), value })),
    spots: placed,
  };
}

/**
 * A flat line gets room above and below, so that it does not look like a crash by division noise.
 */
function padded(low: number, high: number): readonly [number, number] {
  const room = Math.max((high - low) * 0.08, Math.abs(high) * 0.002, 1);
  // What is never below zero gets no scale below it either.
  return [low < 0 ? low - room : Math.max(0, low - room), high + room];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
