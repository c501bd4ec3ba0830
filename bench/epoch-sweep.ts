/** `epoch-sweep`: one price epoch over a million accounts, every account looked at. */
import { apply, type Command } from '@plimsoll/core/engine';
import { buildBook, FULL_BOOK, openingMarks } from './book.ts';
import { alone, millisecondsEach, type Benchmark, type Figure } from './harness.ts';

/** Prices go up and down by a tenth of a percent, so that every epoch moves every market. */
function makeEpochs(): (epoch: number) => Command {
  const marks = Object.entries(openingMarks(FULL_BOOK.markets));
  return (epoch) => ({
    kind: 'marks',
    client: 'bench',
    id: `epoch-${epoch}`,
    timeMs: 10_000 + epoch * 1_000,
    source: 'bench',
    sourceSequence: epoch + 1,
    prices: marks.map(([market, ticks], k) => ({
      market,
      priceTicks: ticks + Math.round(ticks * 0.001) * ((epoch + k) % 2),
    })),
  });
}

async function run(): Promise<readonly Figure[]> {
  const engine = buildBook(FULL_BOOK);
  const epochOf = makeEpochs();
  let epoch = 0;
  const work = (): number => {
    const { answer } = apply(engine, epochOf(epoch));
    if (answer.status !== 'accepted') throw new Error('the engine refused an epoch');
    epoch += 1;
    return 1;
  };
  const [milliseconds = 0] = await millisecondsEach([work], { warmUp: 5, measured: 31 });
  return [alone({ name: 'epoch-sweep', value: milliseconds, unit: 'ms', goal: '≤ 100' })];
}

export const epochSweep: Benchmark = {
  name: 'epoch-sweep',
  about: '1,000,000 accounts, 3.4 M positions, 30 markets: one epoch of marks through the engine',
  run,
};
