/**
 * The follower: it answers and keeps what the engine that it follows would, says when replaying
 * comes to something else, and a server goes on without it.
 */
import { apply, createEngine, encodeState, type Engine } from '@plimsoll/core/engine';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Rehearsal } from '../../../core/src/engine/kit/rehearsal.ts';
import { plainRules, Scene, tradeOf } from '../../../core/src/engine/kit/scene.ts';
import { ask, openVenue, startServer, temporaryFolder } from '../../../../test/http-scene.ts';
import { hashState } from './code-version.ts';
import { Follower, FollowerGone } from './follower.ts';
import { Overview, type OverviewQuestion } from './overview.ts';

const SEEDS = [1, 2, 3, 4, 5, 6];
const COMMANDS = 400;
/** A share of 0: every answer is made anew. */
const ALWAYS = 0;
const LIST = {
  sort: '-marginRatio',
  state: undefined,
  market: undefined,
  search: undefined,
  offset: 0,
  limit: 100,
  allowed: null,
};

interface Following {
  readonly engine: Engine;
  readonly follower: Follower;
  readonly checks: { readonly sequence: number; readonly broken: readonly string[] }[];
  readonly reasons: string[];
}

function follow(engine: Engine, checkEvery = 50): Following {
  const following = { engine, checks: [], reasons: [] } as Omit<Following, 'follower'>;
  const follower = new Follower(engine, {
    checkEvery,
    onChecked: (sequence, broken) => following.checks.push({ sequence, broken }),
    onGone: (reason) => following.reasons.push(reason),
  });
  onTestFinished(() => follower.close());
  return { ...following, follower };
}

function bytesOf(command: object): Uint8Array {
  return Buffer.from(JSON.stringify(command));
}

/** Draws commands, applies them and tells the follower of those that are recorded. */
function play(rehearsal: Rehearsal, { engine, follower }: Following, count: number): void {
  for (let k = 0; k < count; k += 1) {
    const command = rehearsal.next(engine);
    if (apply(engine, command).recorded) follower.take(bytesOf(command));
  }
}

function answerOf(overview: Overview, question: OverviewQuestion): unknown {
  try {
    return overview.answer(question);
  } catch (cause) {
    return (cause as Error).message;
  }
}

describe('a follower', () => {
  it.each(SEEDS)('answers and keeps what the engine would, seed %i', async (seed) => {
    const rehearsal = new Rehearsal(seed);
    const engine = createEngine();
    for (const command of rehearsal.opening()) apply(engine, command);
    const following = follow(engine);
    const { follower } = following;
    play(rehearsal, following, COMMANDS);
    const questions: readonly OverviewQuestion[] = [
      { kind: 'sums' },
      { kind: 'accounts', query: LIST },
      { kind: 'accounts', query: { ...LIST, sort: 'equity', limit: 2, offset: 1 } },
      { kind: 'fleet', allowed: null },
      { kind: 'fleet', allowed: new Set(['ann']) },
      ...rehearsal.rules.markets.map(({ id }) => ({ kind: 'map' as const, market: id })),
    ];
    const asked = questions.map((question) =>
      follower.ask(question).catch((cause: unknown) => (cause as Error).message),
    );
    const own = questions.map((question) => answerOf(new Overview(engine, ALWAYS), question));
    expect(await Promise.all(asked)).toEqual(own);
    expect(follower.lag(engine.sequence)).toBe(0);
    // Asked for before the commands that lead there are taken, and after the last of them.
    const middle = engine.sequence + 3;
    const early = follower.stateAt(middle);
    let hash = '';
    while (engine.sequence < middle + 40) {
      play(rehearsal, following, 1);
      if (engine.sequence === middle) hash = hashState(encodeState(engine));
    }
    const late = follower.stateAt(engine.sequence);
    expect((await early)?.stateHash).toBe(hash);
    const state = await late;
    expect(Buffer.compare(state?.bytes ?? Buffer.of(), encodeState(engine))).toBe(0);
    expect(state?.stateHash).toBe(hashState(encodeState(engine)));
    expect(following.checks.length).toBeGreaterThan(2);
    expect(following.checks.flatMap(({ broken }) => broken)).toEqual([]);
  });

  it('refuses as the API does', async () => {
    const scene = new Scene();
    const { follower } = follow(scene.engine);
    await expect(follower.ask({ kind: 'map', market: 'none' })).rejects.toMatchObject({
      problem: { status: 404, code: 'unknown-market', path: 'market' },
    });
  });

  it('says when replaying comes to something else', async () => {
    const scene = new Scene();
    const following = follow(scene.engine);
    const [first] = scene.log;
    if (first === undefined) throw new Error('nothing was sent');
    following.follower.take(bytesOf(first));
    await following.follower.ask({ kind: 'sums' });
    expect(following.checks).toEqual([
      { sequence: 2, broken: ['configure is not recorded again but accepted'] },
    ]);
  });

  it('finds the broken invariant of what it follows', async () => {
    const scene = new Scene();
    scene.open('A', plainRules(), 100);
    scene.fund({ ann: 100, house: 1_000 });
    scene.accept(tradeOf('A', ['ann', 'house'], [1, 100]));
    const { balance, rows } = scene.engine.accounts;
    balance[rows.get('ann') ?? 0] = 101;
    const following = follow(scene.engine, 1);
    scene.wait(1);
    following.follower.take(bytesOf(scene.log.at(-1) ?? {}));
    await following.follower.ask({ kind: 'sums' });
    expect(following.checks.flatMap(({ broken }) => broken)).not.toEqual([]);
  });

  it('rejects what it can no longer answer, and says once why', async () => {
    const scene = new Scene();
    const { follower, reasons } = follow(scene.engine);
    follower.take(Buffer.from('{'));
    await expect(follower.ask({ kind: 'sums' })).rejects.toBeInstanceOf(FollowerGone);
    expect(follower.isGone).toBe(true);
    expect(await follower.stateAt(scene.engine.sequence)).toBeNull();
    await expect(follower.ask({ kind: 'sums' })).rejects.toBeInstanceOf(FollowerGone);
    expect(reasons).toHaveLength(1);
  });
});

describe('a server', () => {
  it('recovers from the snapshots of its follower', async () => {
    const data = temporaryFolder();
    const lines: string[] = [];
    const options = { data, snapshotEvery: 20, log: (line: string) => lines.push(line) };
    const server = await startServer(options);
    await openVenue(server);
    for (let k = 0; k < 50; k += 1)
      await ask(server, 'POST /v1/accounts/ann/deposits', { amount: '1' });
    const before = encodeState(server.desk.engine);
    await server.close();
    const again = await startServer(options);
    expect(Buffer.compare(encodeState(again.desk.engine), before)).toBe(0);
    expect(lines).toEqual([]);
  });

  it('goes on without its follower, and says so', async () => {
    const lines: string[] = [];
    const server = await startServer({ log: (line) => lines.push(line) });
    await openVenue(server);
    const paths = ['/v1/totals', '/v1/accounts', '/v1/fleet', '/v1/markets'];
    const read = (): Promise<unknown[]> =>
      Promise.all(paths.map(async (path) => (await ask(server, `GET ${path}`)).body));
    const before = await read();
    const { follower } = server.desk.lookout;
    follower?.take(Buffer.from('{'));
    expect(await read()).toEqual(before);
    expect(follower?.isGone).toBe(true);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('nothing follows the engine any more');
    const { text } = await ask(server, 'GET /metrics');
    expect(text).toMatch(/^plimsoll_follower_lag NaN$/im);
  });
});
