/**
 * Dots blended into pixels, without the canvas's own drawing: a hundred thousand of them fit into a
 * frame because each is a small mask, made once for its radius.
 */

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** A word a pixel: alpha, blue, green, red from the top. */
  readonly pixels: Uint32Array;
}

interface Mask {
  /** Pixels from the middle to each side. */
  readonly reach: number;
  readonly size: number;
  /** 0 to 256. */
  readonly cover: Uint16Array;
}

/** Masks of a certain hardness, one for each half pixel of radius. */
export class Brush {
  readonly #masks: Mask[] = [];
  readonly #coverAt: (distance: number, radius: number) => number;

  /** `coverAt` says how much, 0 to 1, is covered at a distance from the middle. */
  constructor(coverAt: (distance: number, radius: number) => number) {
    this.#coverAt = coverAt;
  }

  maskOf(radius: number): Mask {
    const step = Math.max(1, Math.round(radius * 2));
    return (this.#masks[step] ??= this.#make(step / 2));
  }

  #make(radius: number): Mask {
    const reach = Math.ceil(radius + 0.5);
    const size = 2 * reach + 1;
    const cover = Uint16Array.from({ length: size * size }, (_, k) => {
      const distance = Math.hypot((k % size) - reach, Math.floor(k / size) - reach);
      return Math.round(256 * Math.max(0, Math.min(1, this.#coverAt(distance, radius))));
    });
    return { reach, size, cover };
  }
}

/** A disc with a soft rim of a pixel. */
export function disc(alpha: number): Brush {
  return new Brush((distance, radius) => alpha * Math.min(1, radius + 0.5 - distance));
}

/** Light that fades towards its rim. */
export function glow(alpha: number): Brush {
  return new Brush((distance, radius) => alpha * Math.max(0, 1 - distance / radius) ** 1.6);
}

export interface Dot {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  /** As the picture's words, opaque. */
  readonly colour: number;
}

const RED_BLUE = 0x00ff00ff;
const GREEN = 0x0000ff00;
const OPAQUE = 0xff000000;

export function stamp(picture: Picture, brush: Brush, dot: Dot): void {
  const { width, height, pixels } = picture;
  const { reach, size, cover } = brush.maskOf(dot.radius);
  const [left, top] = [Math.round(dot.x) - reach, Math.round(dot.y) - reach];
  const [redBlue, green] = [dot.colour & RED_BLUE, dot.colour & GREEN];
  const [firstX, lastX] = [Math.max(0, -left), Math.min(size, width - left)];
  for (let y = Math.max(0, -top); y < Math.min(size, height - top); y += 1) {
    const line = (top + y) * width + left;
    for (let x = firstX; x < lastX; x += 1) {
      const share = cover[y * size + x] ?? 0;
      if (share === 0) continue;
      const under = pixels[line + x] ?? 0;
      const rest = 256 - share;
      const both = Math.imul(redBlue, share) + Math.imul(under & RED_BLUE, rest);
      const one = Math.imul(green, share) + Math.imul(under & GREEN, rest);
      pixels[line + x] = ((both >>> 8) & RED_BLUE) | ((one >>> 8) & GREEN) | OPAQUE;
    }
  }
}

/** A style sheet's `#rrggbb` as a word. */
export function wordOf(hex: string): number {
  const value = Number.parseInt(hex.slice(1), 16);
  const [red, green, blue] = [value >> 16, (value >> 8) & 255, value & 255];
  return (OPAQUE | (blue << 16) | (green << 8) | red) >>> 0;
}
