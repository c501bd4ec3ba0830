/** The writer of the history: a long queue holds up who asks of the past, and nobody else. */
import type { EngineEvent } from '@plimsoll/core/engine';
import { expect, it } from 'vitest';
import { openHistory } from '../history/index.ts';
import { HistoryWriter } from './history-writer.ts';
import type { Executed } from './sequencer.ts';

const EVENTS = 2_000;
/** More than may be on the way at once. */
const COMMANDS = 45;

/** A command with as many events as a batch has. */
function executed(sequence: number): Executed {
  const kind = 'account-opened';
  const events = Array.from({ length: EVENTS }, (_, index): EngineEvent => {
    return { sequence, index, timeMs: sequence, kind, account: `a${index}` };
  });
  const answer = { sequence, timeMs: sequence, status: 'accepted' } as const;
  return {
    command: { kind: 'clock', client: 'c', id: '1', timeMs: sequence },
    answer,
    events,
  };
}

it('gives the engine its turns while a question waits for a long queue', async () => {
  const { history } = await openHistory(':memory:');
  const writer = new HistoryWriter(history);
  for (let sequence = 1; sequence <= COMMANDS; sequence += 1) writer.take(executed(sequence));
  let turns = 0;
  let turn: NodeJS.Immediate;
  const count = (): void => {
    turns += 1;
    turn = setImmediate(count);
  };
  turn = setImmediate(count);
  await writer.send();
  clearImmediate(turn);
  expect(turns).toBeGreaterThanOrEqual(COMMANDS - 1);
  const { events } = await history.events({ account: 'a7', limit: 1_000, order: 'newest' });
  expect(events).toHaveLength(COMMANDS);
  expect(writer.lag(COMMANDS)).toBe(0);
  await writer.flush();
  await history.close();
}, 60_000);
