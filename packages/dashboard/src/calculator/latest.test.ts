/** Only the newest question is answered, and never out of order. */
import { expect, test } from 'vitest';
import { Latest } from './latest.ts';

test('what was overtaken while it waited is never asked', async () => {
  const asked: number[] = [];
  const told: number[] = [];
  const open: (() => void)[] = [];
  const latest = new Latest(
    (question: number) =>
      new Promise<number>((resolve) => {
        asked.push(question);
        open.push(() => resolve(question));
      }),
    (answer) => told.push(answer),
  );
  for (const question of [1, 2, 3, 4]) latest.ask(question);
  expect(asked).toEqual([1]);
  open.shift()?.();
  await expect.poll(() => asked).toEqual([1, 4]);
  open.shift()?.();
  await expect.poll(() => told).toEqual([1, 4]);
  latest.ask(5);
  open.shift()?.();
  await expect.poll(() => told).toEqual([1, 4, 5]);
});
