/** The one way into the engine, with a journal whose disk does what the test says. */
import { apply, createEngine, encodeState, type Command, type Engine } from '@plimsoll/core/engine';
import { describe, expect, it } from 'vitest';
import { CONFIGURATION, temporaryFolder } from '../../../../test/http-scene.ts';
import type { Journal } from '../journal/index.ts';
import { hashState } from './code-version.ts';
import { loadLimits, type LoadLimits } from './load-limits.ts';
import { Sequencer, type Draft, type Executed } from './sequencer.ts';
import type { ServerError } from './server-error.ts';

interface Scene {
  readonly engine: Engine;
  readonly sequencer: Sequencer;
  readonly written: Command[];
  readonly published: Executed[];
  readonly snapshots: { sequence: number; stateHash: string }[];
  readonly halts: ServerError[];
  /** Lets the disk answer what waits, or fail. */
  readonly disk: (failure?: Error) => Promise<void>;
  clock: number;
}

function scene(options: { snapshotEvery?: number; limits?: Partial<LoadLimits> } = {}): Scene {
  const engine = createEngine();
  const waiting: { resolve: (sequence: number) => void; reject: (error: Error) => void }[] = [];
  const made: Omit<Scene, 'sequencer' | 'disk' | 'clock'> = {
    engine,
    written: [],
    published: [],
    snapshots: [],
    halts: [],
  };
  const journal = {
    append: (entries: readonly Uint8Array[]) => {
      for (const bytes of entries) made.written.push(JSON.parse(Buffer.from(bytes).toString()));
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    writeSnapshot: (snapshot: { sequence: number; stateHash: string }) => {
      made.snapshots.push(snapshot);
      return Promise.resolve();
    },
  } as unknown as Journal;
  const whole = { ...made, clock: 1_000 };
  const sequencer = new Sequencer({
    engine,
    journal,
    directory: temporaryFolder(),
    codeVersion: 'test',
    clock: () => whole.clock,
    limits: loadLimits(options.limits),
    snapshotEvery: options.snapshotEvery ?? 1_000,
    checkEvery: 1,
    isFollowed: () => false,
    followedState: () => Promise.resolve(null),
    publish: (executed) => made.published.push(executed),
    checked: () => undefined,
    shed: () => undefined,
    beforeSnapshot: () => Promise.resolve(),
    onHalt: (error) => made.halts.push(error),
  });
  const disk = async (failure?: Error): Promise<void> => {
    for (const { resolve, reject } of waiting.splice(0)) {
      if (failure === undefined) resolve(0);
      else reject(failure);
    }
    await new Promise((resolve) => setImmediate(resolve));
  };
  return Object.assign(whole, { sequencer, disk });
}

const SENDER = { client: 'test' };
const configure = (): Draft => ({ kind: 'configure', config: CONFIGURATION });
const open = (account: string): Draft => ({ kind: 'open-account', account });

/** What a promise is now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  await new Promise((resolve) => setImmediate(resolve));
  const now = await Promise.race([promise.catch(() => null), Promise.resolve(pending)]);
  return now !== pending;
}

describe('durable before told', () => {
  it('neither answers, nor publishes, nor lets anyone read before the disk has it', async () => {
    const { sequencer, published, disk } = scene();
    const answer = sequencer.execute(configure(), SENDER);
    const read = sequencer.settled();
    expect([await isSettled(answer), await isSettled(read)]).toEqual([false, false]);
    expect([published.length, sequencer.durable]).toEqual([0, 0]);
    await disk();
    expect(await answer).toMatchObject({ sequence: 1, status: 'accepted' });
    await read;
    expect([published.length, sequencer.durable]).toEqual([1, 1]);
  });

  it('lets a duplicate wait for the disk as its first did, and records it once', async () => {
    const { sequencer, written, disk } = scene();
    void sequencer.execute(configure(), SENDER);
    const sender = { client: 'test', id: 'a' };
    const [first, second] = [1, 2].map(() => sequencer.execute(open('ann'), sender));
    expect(await isSettled(second ?? Promise.resolve())).toBe(false);
    await disk();
    expect(await second).toEqual(await first);
    expect(written.map(({ kind }) => kind)).toEqual(['configure', 'open-account']);
  });

  it('records refusals, and a replay of what was recorded gives the same state', async () => {
    const { sequencer, written, engine, disk } = scene();
    const drafts = [open('too-early'), configure(), open('ann'), open('ann'), open('bob')];
    const answers = drafts.map((draft) => sequencer.execute(draft, SENDER));
    await disk();
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(statuses).toEqual(['refused', 'accepted', 'accepted', 'refused', 'accepted']);
    const again = createEngine();
    for (const command of written) apply(again, command);
    expect(hashState(encodeState(again))).toBe(hashState(encodeState(engine)));
  });

  it('never lets time go back', async () => {
    const whole = scene();
    void whole.sequencer.execute(configure(), SENDER);
    whole.clock = 10;
    void whole.sequencer.execute(open('ann'), SENDER);
    await whole.disk();
    expect(whole.written.map(({ timeMs }) => timeMs)).toEqual([1_000, 1_000]);
  });
});

describe('when something breaks', () => {
  it('stops at a failed disk: the outcome is unknown, nothing more is taken', async () => {
    const { sequencer, halts, published, disk } = scene();
    const answer = sequencer.execute(configure(), SENDER);
    const outcome = expect(answer).rejects.toMatchObject({ problem: { code: 'unknown-outcome' } });
    await disk(new Error('EIO'));
    await outcome;
    expect(halts).toMatchObject([{ code: 'disk' }]);
    expect([sequencer.state, published.length]).toEqual(['halted', 0]);
    await expect(sequencer.execute(open('ann'), SENDER)).rejects.toMatchObject({
      problem: { status: 503, code: 'halted' },
    });
    await expect(sequencer.settled()).rejects.toMatchObject({ problem: { code: 'halted' } });
  });

  it('halts at a broken invariant before it is recorded', async () => {
    const { sequencer, engine, halts, written, disk } = scene();
    void sequencer.execute(configure(), SENDER);
    await disk();
    engine.accounts.balance[0] = 5;
    await expect(sequencer.execute(open('ann'), SENDER)).rejects.toMatchObject({
      problem: { code: 'halted' },
    });
    expect(halts[0]?.message).toMatch(/invariants.*kept in .*halted-/);
    expect(written).toHaveLength(1);
  });

  it('tells those who wait before the engine as well that nothing will be done', async () => {
    const { sequencer, written, disk } = scene({ limits: { window: 1 } });
    const taken = sequencer.execute(configure(), SENDER);
    const waiting = sequencer.execute(open('ann'), SENDER);
    const outcomes = Promise.allSettled([taken, waiting]);
    await disk(new Error('EIO'));
    expect(await outcomes).toMatchObject([
      { reason: { problem: { code: 'unknown-outcome' } } },
      { reason: { problem: { code: 'halted' } } },
    ]);
    expect(written).toHaveLength(1);
  });

  it('lets nobody in who still waits when it drains', async () => {
    const { sequencer, disk } = scene({ limits: { window: 1 } });
    const taken = sequencer.execute(configure(), SENDER);
    const waiting = sequencer.execute(open('ann'), SENDER);
    const drained = sequencer.drain();
    await expect(waiting).rejects.toMatchObject({ problem: { code: 'draining' } });
    await disk();
    expect(await taken).toMatchObject({ status: 'accepted' });
    await drained;
  });
});

it('keeps snapshots of what is durable, and a last one when it drains', async () => {
  const { sequencer, snapshots, engine, disk } = scene({ snapshotEvery: 2 });
  const answers = [configure(), open('a'), open('b')].map((draft) =>
    sequencer.execute(draft, SENDER),
  );
  expect(snapshots).toEqual([]);
  await disk();
  await Promise.all(answers);
  await sequencer.drain();
  expect(snapshots.map(({ sequence }) => sequence)).toEqual([2, 3]);
  expect(snapshots[1]?.stateHash).toBe(hashState(encodeState(engine)));
});
