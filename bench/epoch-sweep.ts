/** `epoch-sweep`: one price epoch over a million accounts, every account looked at. */
import { sweep } from '../packages/core/src/engine/sweep.ts';
import { buildBook, FULL_BOOK, openingMarks } from './book.ts';
import { alone, measureTimes, type Benchmark, type Figure } from './harness.ts';

async function run(): Promise<readonly Figure[]> {
  const engine = buildBook(FULL_BOOK);
  const marks = Object.values(openingMarks(FULL_BOOK.markets));
  let epoch = 0;
  const work = (): number => {
    // Up and down by a tenth of a percent, so that every epoch moves every market.
    for (const [k, market] of engine.markets.entries()) {
      const ticks = marks[k] ?? 1;
      market.markTicks = ticks + Math.round(ticks * 0.001) * ((epoch + k) % 2);
    }
    sweep(engine, new Set());
    epoch += 1;
    return 1;
  };
  const [time] = await measureTimes([work], { warmUp: 5, measured: 31 });
  if (time === undefined) throw new Error('nothing was measured');
  return [alone({ name: 'epoch-sweep', ...time, unit: 'ms', goal: '≤ 100' })];
}

export const epochSweep: Benchmark = {
  name: 'epoch-sweep',
  about: '1,000,000 accounts, 3.4 M positions, 30 markets: every account looked at, at new marks',
  run,
};
