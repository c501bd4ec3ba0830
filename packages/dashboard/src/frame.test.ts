/** One run a frame. */
import { expect, test } from 'vitest';
import { oncePerFrame } from './frame.ts';

test('a thousand requests lead to one run in the next frame, and more may follow', () => {
  const frames: (() => void)[] = [];
  let runs = 0;
  const request = oncePerFrame(
    () => (runs += 1),
    (callback) => frames.push(callback),
  );
  for (let count = 0; count < 1_000; count += 1) request();
  expect([runs, frames.length]).toEqual([0, 1]);
  frames.shift()?.();
  request();
  frames.shift()?.();
  expect(runs).toBe(2);
});
