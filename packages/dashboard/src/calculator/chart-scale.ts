/** Where prices and money are in the chart: from figures to pixels, and the lines between them. */
import type { Picture, PricePoint } from './picture.ts';

/** Room around the plot in pixels: prices of the lines above, the scale below. */
export const PAD = { top: 44, right: 12, bottom: 28, left: 12 } as const;

export interface Scale {
  readonly x: (price: number) => number;
  readonly y: (money: number) => number;
}

/** The whole picture in a box; zero is always in it. */
export function scaleOf(
  { from, to, points }: Picture,
  { width, height }: { readonly width: number; readonly height: number },
): Scale {
  const money = points.flatMap(({ equity, maintenanceMargin }) => [
    Number(equity),
    Number(maintenanceMargin),
  ]);
  const [low, high] = [Math.min(0, ...money), Math.max(0, ...money)];
  const span = high - low || 1;
  const inner = { width: width - PAD.left - PAD.right, height: height - PAD.top - PAD.bottom };
  return {
    x: (price) => PAD.left + ((price - from) / (to - from)) * inner.width,
    y: (value) => PAD.top + ((high - value) / span) * inner.height,
  };
}

export type Curve = 'equity' | 'maintenanceMargin';

/** The path of one figure over the price. */
export function pathOf(points: readonly PricePoint[], { x, y }: Scale, curve: Curve): string {
  const steps = points.map(
    (point) => `${pixel(x(Number(point.price)))},${pixel(y(Number(point[curve])))}`,
  );
  return `M${steps.join('L')}`;
}

/** The area between one figure and a level of money. */
export function areaOf(points: readonly PricePoint[], scale: Scale, to: number): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return '';
  const level = pixel(to);
  const right = pixel(scale.x(Number(last.price)));
  const left = pixel(scale.x(Number(first.price)));
  return `${pathOf(points, scale, 'maintenanceMargin')}L${right},${level}L${left},${level}Z`;
}

/** The area between equity and maintenance, whichever is above. */
export function between(points: readonly PricePoint[], scale: Scale): string {
  const back = pathOf(points.toReversed(), scale, 'maintenanceMargin').replace('M', 'L');
  return `${pathOf(points, scale, 'equity')}${back}Z`;
}

function pixel(value: number): string {
  return value.toFixed(1);
}

/** A price with a line of its own. */
export interface Mark {
  readonly kind: string;
  readonly price: string;
  /** Pixels from the left. */
  readonly at: number;
}

export interface Label extends Mark {
  readonly anchor: 'start' | 'middle' | 'end';
  /** 0 above, 1 below it: where two would cover each other. */
  readonly row: number;
}

/** Pixels that a label takes. */
const WIDE = 138;

/** Labels of at most two lines so that neither is on the other, nor on its line. */
export function labelled(marks: readonly Mark[], width: number): readonly Label[] {
  const [left, right] = marks.toSorted((one, other) => one.at - other.at);
  if (left === undefined) return [];
  if (right === undefined || right.at - left.at > WIDE)
    return [left, right].flatMap((each) => (each ? [alone(each, width)] : []));
  const [hasLeft, hasRight] = [left.at > WIDE, width - right.at > WIDE];
  if (hasLeft && hasRight)
    return [
      { ...left, anchor: 'end', row: 0 },
      { ...right, anchor: 'start', row: 0 },
    ];
  const anchor = hasRight ? 'start' : 'end';
  return [
    { ...left, anchor, row: hasRight ? 0 : 1 },
    { ...right, anchor, row: hasRight ? 1 : 0 },
  ];
}

function alone(mark: Mark, width: number): Label {
  const half = WIDE / 2;
  if (mark.at < half) return { ...mark, anchor: 'start', row: 0 };
  return { ...mark, anchor: mark.at > width - half ? 'end' : 'middle', row: 0 };
}
