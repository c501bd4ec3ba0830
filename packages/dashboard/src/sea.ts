/**
 * Paints the fleet: sky, water, the two lines, and a dot for each account. Colours come from the
 * style sheet, so that dark and light are one drawing.
 */
import { depthOf, type Point, type Ships } from './fleet.ts';
import { type Brush, disc, glow, type Picture, stamp, wordOf } from './pixels.ts';
import { colour, type Theme } from './theme.svelte.ts';

export interface Sea {
  readonly width: number;
  readonly height: number;
  /** Ratio of the margin call, null where the rules know none. */
  readonly callAt: number | null;
  readonly theme: Theme;
  /** Pixels of the screen in one of the style sheet. */
  readonly density: number;
}

/** Pixels at the left where depths are written, and no dot is. */
export const GUTTER = 44;
const MARGIN = 14;
const STATE_COLOURS = ['healthy', 'call', 'sink', 'loss'];

export function placeAt(sea: Sea, ship: { along: number; depth: number; radius: number }): Point {
  return {
    x: GUTTER + MARGIN + ship.along * Math.max(0, sea.width - GUTTER - 2 * MARGIN),
    y: Math.max(ship.radius + 2, Math.min(ship.depth * sea.height, sea.height - ship.radius)),
  };
}

/** Keeps what does not move from frame to frame: the water, the masks of dots, the pixels. */
export class SeaPainter {
  readonly #discs: readonly Brush[] = [disc(0.55), disc(0.95)];
  readonly #glow = glow(0.75);
  #sea: Sea | null = null;
  #water = new Uint32Array(0);
  #image: ImageData | null = null;
  #colours: readonly number[] = [];

  paint(canvas: HTMLCanvasElement, sea: Sea, ships: Ships, depths: Float32Array): void {
    const pen = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
    if (!pen || sea.width === 0 || sea.height === 0) return;
    if (this.#sea !== sea) this.#prepare(canvas, pen, sea);
    if (!this.#image) return;
    const { width, height, data } = this.#image;
    const picture = { width, height, pixels: new Uint32Array(data.buffer) };
    picture.pixels.set(this.#water);
    for (let ship = 0; ship < depths.length; ship += 1)
      this.#paintShip(picture, sea, {
        along: ships.along[ship] ?? 0,
        depth: depths[ship] ?? 0,
        radius: ships.radius[ship] ?? 1,
        state: ships.state[ship] ?? 0,
      });
    pen.putImageData(this.#image, 0, 0);
  }

  #paintShip(
    picture: Picture,
    sea: Sea,
    ship: { along: number; depth: number; radius: number; state: number },
  ): void {
    const at = placeAt(sea, ship);
    const [x, y] = [at.x * sea.density, at.y * sea.density];
    const tint = this.#colours[ship.state] ?? 0;
    const radius = ship.radius * sea.density;
    if (ship.state > 0)
      stamp(picture, this.#glow, { x, y, radius: radius * 2.2 + 5 * sea.density, colour: tint });
    const brush = this.#discs[ship.state > 0 ? 1 : 0];
    if (brush) stamp(picture, brush, { x, y, radius, colour: tint });
  }

  #prepare(canvas: HTMLCanvasElement, pen: CanvasRenderingContext2D, sea: Sea): void {
    this.#sea = sea;
    canvas.width = Math.max(1, Math.round(sea.width * sea.density));
    canvas.height = Math.max(1, Math.round(sea.height * sea.density));
    pen.setTransform(sea.density, 0, 0, sea.density, 0, 0);
    paintWater(pen, sea);
    const { width, height } = canvas;
    this.#water = new Uint32Array(pen.getImageData(0, 0, width, height).data.buffer);
    this.#image = pen.createImageData(width, height);
    this.#colours = STATE_COLOURS.map((name) => wordOf(colour(name)));
  }
}

function paintWater(pen: CanvasRenderingContext2D, sea: Sea): void {
  const surface = depthOf(1) * sea.height;
  pen.fillStyle = colour('panel');
  pen.fillRect(0, 0, sea.width, sea.height);
  const depth = pen.createLinearGradient(0, surface, 0, sea.height);
  depth.addColorStop(0, colour('water'));
  depth.addColorStop(1, colour('water-deep'));
  pen.fillStyle = depth;
  pen.fill(wave(sea.width, surface, sea.height));
  stroke(pen, surface, sea.width, { colour: colour('line'), width: 1.5, dash: [] });
  if (sea.callAt === null) return;
  const level = depthOf(sea.callAt) * sea.height;
  stroke(pen, level, sea.width, { colour: colour('call'), width: 1, dash: [5, 4] });
}

/** The water's edge swings below the line, never above it: the line is what counts. */
function wave(width: number, surface: number, foot: number): Path2D {
  const path = new Path2D();
  path.moveTo(0, foot);
  for (let x = 0; x < width + 4; x += 4)
    path.lineTo(x, surface + 3 - 3 * Math.cos(x / 43) * Math.cos(x / 131));
  path.lineTo(width, foot);
  return path;
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
