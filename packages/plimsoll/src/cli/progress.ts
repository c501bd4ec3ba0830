/** A bar on standard error while something long runs; nothing at all when no one is watching. */
import { SingleBar } from 'cli-progress';

export interface Progress {
  /** Cheap enough to be called thousands of times a second. */
  show: (done: number, total: number) => void;
  stop: () => void;
}

const REDRAW_MS = 100;

/** Starts a bar that shows the share done, the rate and the time left of so many `units`. */
export function startProgress(units: string): Progress {
  if (!process.stderr.isTTY) return { show: () => undefined, stop: () => undefined };
  const bar = new SingleBar({
    format: `{bar} {percentage} % | {value} of {total} ${units} | {rate}/s | {left} left`,
    hideCursor: true,
    clearOnComplete: true,
  });
  const startedMs = performance.now();
  let drawnMs = startedMs;
  const show = (done: number, total: number): void => {
    const nowMs = performance.now();
    if (nowMs - drawnMs < REDRAW_MS) return;
    drawnMs = nowMs;
    const perMs = done / Math.max(1, nowMs - startedMs);
    const rate = Math.round(perMs * 1000);
    const left = `${Math.ceil((total - done) / Math.max(perMs, 1e-9) / 1000)} s`;
    if (!bar.isActive) bar.start(total, done, { rate, left });
    bar.update(done, { rate, left });
    // The work never lets the bar's own timer run.
    bar.render();
  };
  return { show, stop: () => bar.stop() };
}
