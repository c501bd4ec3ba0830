/**
 * Paints the fleet: sky, water, the two lines, and a dot for each account. Colours come from the
 * style sheet, so that dark and light are one drawing.
 */
import type { AccountState } from './api.ts';
import { depthOf, type Ship } from './fleet.ts';
import { colour } from './theme.svelte.ts';

export interface Sea {
  readonly width: number;
  readonly height: number;
  /** Ratio of the margin call, null where the rules know none. */
  readonly callAt: number | null;
}

const MARGIN = 14;

export function placeShip(sea: Sea, ship: Ship): { x: number; y: number } {
  return {
    x: MARGIN + ship.along * (sea.width - 2 * MARGIN),
    y: Math.max(ship.radius + 2, Math.min(ship.depth * sea.height, sea.height - ship.radius)),
  };
}

export function paintFleet(
  canvas: HTMLCanvasElement,
  sea: Sea,
  ships: readonly Ship[],
  hovered: Ship | null,
): void {
  const pen = canvas.getContext('2d');
  if (!pen || sea.width === 0) return;
  fit(canvas, sea);
  pen.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  pen.clearRect(0, 0, sea.width, sea.height);
  paintWater(pen, sea);
  const colours = stateColours();
  for (const ship of ships) paintShip(pen, sea, ship, colours);
  if (hovered) ring(pen, sea, hovered);
}

function fit(canvas: HTMLCanvasElement, sea: Sea): void {
  const [width, height] = [sea.width * devicePixelRatio, sea.height * devicePixelRatio].map(
    Math.round,
  );
  if (canvas.width !== width) canvas.width = width ?? 0;
  if (canvas.height !== height) canvas.height = height ?? 0;
}

function paintWater(pen: CanvasRenderingContext2D, sea: Sea): void {
  const surface = depthOf(1) * sea.height;
  const depth = pen.createLinearGradient(0, surface, 0, sea.height);
  depth.addColorStop(0, colour('water'));
  depth.addColorStop(1, colour('water-deep'));
  pen.fillStyle = depth;
  pen.fillRect(0, surface, sea.width, sea.height - surface);
  stroke(pen, surface, sea.width, { colour: colour('line'), width: 1.5, dash: [] });
  if (sea.callAt === null) return;
  const level = depthOf(sea.callAt) * sea.height;
  stroke(pen, level, sea.width, { colour: colour('call'), width: 1, dash: [5, 4] });
}

function stroke(
  pen: CanvasRenderingContext2D,
  y: number,
  width: number,
  look: { colour: string; width: number; dash: number[] },
): void {
  pen.beginPath();
  pen.setLineDash(look.dash);
  pen.strokeStyle = look.colour;
  pen.lineWidth = look.width;
  pen.moveTo(0, y);
  pen.lineTo(width, y);
  pen.stroke();
  pen.setLineDash([]);
}

function stateColours(): Record<AccountState, string> {
  return {
    healthy: colour('healthy'),
    'margin-call': colour('call'),
    liquidation: colour('sink'),
    bankrupt: colour('loss'),
  };
}

function paintShip(
  pen: CanvasRenderingContext2D,
  sea: Sea,
  ship: Ship,
  colours: Record<AccountState, string>,
): void {
  const at = placeShip(sea, ship);
  const healthy = ship.state === 'healthy';
  pen.fillStyle = colours[ship.state];
  if (!healthy) disc(pen, at, { radius: ship.radius * 1.5 + 3, alpha: 0.22 });
  disc(pen, at, { radius: ship.radius, alpha: healthy ? 0.55 : 0.92 });
}

function disc(
  pen: CanvasRenderingContext2D,
  { x, y }: { x: number; y: number },
  look: { radius: number; alpha: number },
): void {
  pen.beginPath();
  pen.arc(x, y, look.radius, 0, 2 * Math.PI);
  pen.globalAlpha = look.alpha;
  pen.fill();
  pen.globalAlpha = 1;
}

function ring(pen: CanvasRenderingContext2D, sea: Sea, ship: Ship): void {
  const { x, y } = placeShip(sea, ship);
  pen.beginPath();
  pen.arc(x, y, ship.radius + 3, 0, 2 * Math.PI);
  pen.strokeStyle = colour('line');
  pen.lineWidth = 1.5;
  pen.stroke();
}
