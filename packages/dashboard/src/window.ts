/**
 * Which rows of a very long list are on the screen. Browsers stop at some 17 million pixels, so
 * past `MAX_HEIGHT` the scrollbar stands for the list in proportion instead of pixel by pixel.
 */

const MAX_HEIGHT = 12_000_000;

export interface Viewport {
  readonly scrollTop: number;
  readonly height: number;
  readonly rowHeight: number;
  readonly total: number;
}

export interface RowWindow {
  /** First row to draw, counted from 0, and how many. */
  readonly first: number;
  readonly count: number;
  /** Where the first drawn row starts, and how high the whole list is, in pixels. */
  readonly top: number;
  readonly height: number;
}

const OVERSCAN = 4;
/** More rows than any screen has; a list whose height nothing bounds must not draw them all. */
const MOST = 300;

export function rowWindow(view: Viewport): RowWindow {
  const { rowHeight, total } = view;
  const height = contentHeight(view);
  const start = firstVisible(view);
  const first = Math.max(0, Math.floor(start) - OVERSCAN);
  const wanted = Math.min(MOST, Math.ceil(view.height / rowHeight) + 2 * OVERSCAN);
  const count = Math.max(0, Math.min(wanted, total - first));
  const top = Math.min(clampScroll(view) + (first - start) * rowHeight, height - count * rowHeight);
  return { first, count, top: Math.max(0, top), height };
}

/** The scroll position that puts a row fully into view, moving as little as possible. */
export function scrollToRow(view: Viewport, row: number): number {
  const visible = view.height / view.rowHeight;
  const start = firstVisible(view);
  if (row >= start && row + 1 <= start + visible) return view.scrollTop;
  const wanted = row < start ? row : row + 1 - visible;
  const rows = Math.max(1, view.total - visible);
  const scrollable = contentHeight(view) - view.height;
  return Math.max(0, Math.min(scrollable, (wanted / rows) * scrollable));
}

function contentHeight(view: Viewport): number {
  return Math.min(MAX_HEIGHT, view.total * view.rowHeight);
}

function clampScroll(view: Viewport): number {
  return Math.max(0, Math.min(view.scrollTop, contentHeight(view) - view.height));
}

function firstVisible(view: Viewport): number {
  const scrollable = contentHeight(view) - view.height;
  if (scrollable <= 0) return 0;
  return (clampScroll(view) / scrollable) * (view.total - view.height / view.rowHeight);
}
