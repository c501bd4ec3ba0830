/** A replay on a live server: what it shows, how it is moved, and who may move it. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { encodeBook } from '@plimsoll/core/engine';
import { replay } from '@plimsoll/core/lab';
import { describe, expect, it } from 'vitest';
import { FIRST_MS, writeCandles, writeFunding } from '../../../../test/invented-candles.ts';
import { ask, startServer, temporaryFolder, type Reply } from '../../../../test/http-scene.ts';
import { addKey, type RunningServer } from '../server/index.ts';
import { makeProgramme } from './index.ts';
import { prepareReplay } from './plan.ts';

const ACCOUNTS = 150;
const SEED = 4;
/** A take is an engine, its folder and its history, on a machine that others use too. */
const LONG = { timeout: 20_000 };
const OPTIONS = { accounts: ACCOUNTS, seed: SEED };
const END = new Date(FIRST_MS + 60 * 60_000).toISOString();

interface Scenery {
  readonly server: RunningServer;
  readonly data: string;
  readonly folder: string;
}

/**
 * A paused server over a folder with one file of two markets, funding for one of them, and whatever
 * else a test puts in.
 */
async function startReplay(fill: (folder: string) => void = () => undefined): Promise<Scenery> {
  const folder = temporaryFolder();
  writeCandles(folder, 'BTCUSDT');
  writeCandles(folder, 'ETHUSDT', 60, 3_000);
  writeFunding(folder, 'BTCUSDT');
  fill(folder);
  const data = temporaryFolder();
  const programme = makeProgramme({ ...OPTIONS, paths: [folder], folder: join(data, 'candles') });
  const server = await startServer({ data, programme });
  await move({ server }, { playing: false });
  return { server, data, folder };
}

function move({ server }: Pick<Scenery, 'server'>, wish: object): Promise<Reply> {
  return ask(server, 'POST /v1/scene', wish);
}

async function controlOf({ server }: Pick<Scenery, 'server'>): Promise<Reply['body']> {
  return (await ask(server, 'GET /v1/scene')).body.control;
}

/** Until nothing moves any more. */
async function arrived(scenery: Pick<Scenery, 'server'>): Promise<Reply['body']> {
  await expect
    .poll(() => controlOf(scenery).then(({ state }) => state), { timeout: 30_000 })
    .toMatch(/paused|ended/);
  return controlOf(scenery);
}

/** The book as `plimsoll replay` leaves it with these files. */
async function replayedHash(folder: string): Promise<string> {
  const candles = ['BTCUSDT', 'ETHUSDT'].map((one) => join(folder, `${one}-1m-invented.csv`));
  const funding = [join(folder, 'BTCUSDT-8h-funding-invented.csv')];
  const input = { candles, marks: [], funding, markets: null, allowGaps: false };
  const { plan } = await prepareReplay({ ...input, accounts: ACCOUNTS, seed: SEED });
  const run = replay(plan);
  let step = run.next();
  while (step.done !== true) step = run.next();
  return createHash('sha256').update(encodeBook(step.value.engine)).digest('hex');
}

describe('a replay on a server', () => {
  it('says what it is, and which files there are', async () => {
    const { server } = await startReplay();
    const { body } = await ask(server, 'GET /v1/scene');
    expect(body).toMatchObject({ kind: 'replayed', simulated: true });
    expect(body.control).toMatchObject({
      state: 'paused',
      file: 'BTCUSDT+ETHUSDT-1m-invented.csv',
      files: ['BTCUSDT+ETHUSDT-1m-invented.csv'],
      from: new Date(FIRST_MS).toISOString(),
      canGoBack: true,
    });
    const { crash } = body.control;
    const minutesIn = (Date.parse(crash.from) - FIRST_MS) / 60_000;
    expect(minutesIn).toBeGreaterThan(18);
    expect(minutesIn).toBeLessThan(21);
    expect(Number(crash.fall)).toBeCloseTo(1 - 0.985 ** 12, 2);
    const markets = await ask(server, 'GET /v1/markets');
    expect(markets.body.markets.map((one: { market: string }) => one.market)).toEqual([
      'BTCUSDT',
      'ETHUSDT',
    ]);
    expect((await ask(server, 'GET /v1/totals')).body.accounts).toBe(ACCOUNTS + 1);
  });

  it('stands still while it is paused, and plays at the speed that is asked for', async () => {
    const scenery = await startReplay();
    const before = await controlOf(scenery);
    const { sequence } = scenery.server.desk.engine;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await controlOf(scenery)).toEqual(before);
    expect(scenery.server.desk.engine.sequence).toBe(sequence);
    const { body } = await move(scenery, { playing: true, speed: 300 });
    expect(body).toMatchObject({ state: 'playing', speed: 300 });
    const wallMs = performance.now();
    await expect
      .poll(() => controlOf(scenery).then(({ time }) => Date.parse(time)), LONG)
      .toBeGreaterThan(Date.parse(before.time) + 600_000);
    // Ten minutes of the scene: two seconds on the wall, and never sooner.
    expect(performance.now() - wallMs).toBeGreaterThan(1_900);
  });

  it('jumps to the crash through everything before it', async () => {
    const scenery = await startReplay();
    await move(scenery, { jump: 'crash' });
    const { time, crash } = await arrived(scenery);
    expect(Date.parse(time)).toBeLessThan(Date.parse(crash.from));
    expect(Date.parse(crash.from) - Date.parse(time)).toBeLessThanOrEqual(150_000);
    const { body } = await ask(scenery.server, 'GET /v1/markets/BTCUSDT/candles');
    expect(body.candles.length).toBeGreaterThan(10);
  });

  it('leaves the same book as the replay of the command line, jumped, played or gone back', async () => {
    const scenery = await startReplay();
    const expected = await replayedHash(scenery.folder);
    await move(scenery, { jump: END });
    expect((await arrived(scenery)).state).toBe('ended');
    expect(scenery.server.desk.bookHash()).toBe(expected);
    const { body } = await ask(scenery.server, 'GET /v1/events?kind=funding-settled');
    expect(body.events).toMatchObject([{ market: 'BTCUSDT', rate: '0.0005' }]);
    const { address } = scenery.server;
    const first = scenery.server.desk;
    const back = await move(scenery, { jump: new Date(FIRST_MS + 600_000).toISOString() });
    expect([back.status, back.body.state]).toEqual([200, 'jumping']);
    await expect.poll(() => scenery.server.desk === first, LONG).toBe(false);
    expect(scenery.server.address).toBe(address);
    await arrived(scenery);
    expect(scenery.server.desk.engine.timeMs).toBe(FIRST_MS + 600_000);
    await move(scenery, { playing: true, speed: 86_400 });
    expect((await arrived(scenery)).state).toBe('ended');
    expect(scenery.server.desk.bookHash()).toBe(expected);
    await expect
      .poll(() => readdirSync(scenery.data).filter((name) => name.startsWith('take-')))
      .toEqual(['take-2']);
  });

  it('plays another file, and goes on with this one when that cannot be played', async () => {
    const scenery = await startReplay((folder) => {
      const invented = join(folder, writeCandles(folder, 'SOLUSDT'));
      renameSync(invented, join(folder, 'SOLUSDT-1m-alone.csv'));
      writeFileSync(
        join(folder, 'XRPUSDT-5m-odd.csv'),
        'date,open,high,low,close\nnever,1,1,1,1\n',
      );
    });
    const { files, file } = await controlOf(scenery);
    expect(files).toEqual([
      'BTCUSDT+ETHUSDT-1m-invented.csv',
      'SOLUSDT-1m-alone.csv',
      'XRPUSDT-5m-odd.csv',
    ]);
    const odd = await move(scenery, { file: 'XRPUSDT-5m-odd.csv' });
    expect([odd.status, odd.body.code]).toEqual([422, 'unplayable']);
    expect(odd.body.detail).toContain('XRPUSDT-5m-odd.csv line 2: "never" is not a time');
    expect(odd.text).not.toContain(scenery.folder);
    expect(await controlOf(scenery)).toMatchObject({ file, state: 'paused' });
    const other = await move(scenery, { file: 'SOLUSDT-1m-alone.csv', playing: false });
    expect(other.body).toMatchObject({ file: 'SOLUSDT-1m-alone.csv', state: 'paused' });
    await expect
      .poll(async () => (await ask(scenery.server, 'GET /v1/markets')).body.markets[0].market)
      .toBe('SOLUSDT');
  });

  const refusals: readonly (readonly [string, object, number, string])[] = [
    ['a path', { file: '../../etc/passwd' }, 422, 'unknown-file'],
    ['nothing', {}, 400, 'malformed'],
    ['no speed', { speed: 0 }, 400, 'malformed'],
    ['a speed beyond all', { speed: 86_401 }, 400, 'malformed'],
    ['no time', { jump: 'yesterday' }, 400, 'malformed'],
    ['no time in another file', { jump: 'soon', restart: true }, 400, 'malformed'],
    ['what nobody knows', { rewind: true }, 400, 'malformed'],
  ];
  it('refuses what cannot be, and changes nothing', async () => {
    const scenery = await startReplay();
    const before = await controlOf(scenery);
    for (const [name, wish, status, code] of refusals) {
      const reply = await move(scenery, wish);
      expect([name, reply.status, reply.body.code]).toEqual([name, status, code]);
    }
    expect(await controlOf(scenery)).toEqual(before);
  });

  it('is moved by operators alone', async () => {
    const { server, data } = await startReplay();
    const createdAt = '2026-01-01T00:00:00Z';
    await server.close();
    const secrets = (['reader', 'trader', 'publisher', 'operator'] as const).map((role) =>
      addKey(data, { name: role, role, accounts: null, createdAt }),
    );
    const folder = temporaryFolder();
    writeCandles(folder, 'BTCUSDT', 10);
    const programme = makeProgramme({ ...OPTIONS, paths: [folder], folder: join(data, 'candles') });
    const locked = await startServer({ data, programme });
    const asked = secrets.map(async (secret) => {
      const headers = { authorization: `Bearer ${secret}` };
      return (await ask(locked, 'POST /v1/scene', { playing: false }, headers)).status;
    });
    expect(await Promise.all(asked)).toEqual([403, 403, 403, 200]);
    expect((await ask(locked, 'POST /v1/scene', { playing: false })).status).toBe(401);
  });
});

describe('a server that plays nothing', () => {
  it('has no such route', async () => {
    const server = await startServer();
    expect((await ask(server, 'GET /v1/scene')).body).toMatchObject({
      kind: 'live',
      control: null,
    });
    expect((await ask(server, 'POST /v1/scene', { playing: false })).status).toBe(405);
    const { body } = await ask(server, 'GET /v1/openapi.json');
    expect(Object.keys(body.paths['/v1/scene'])).toEqual(['get']);
  });
});

describe('a simulated scene', () => {
  it('goes forward only, and says so', async () => {
    const server = await startServer({ demo: true });
    await move({ server }, { playing: false });
    const { time } = await controlOf({ server });
    const back = await move(
      { server },
      { jump: new Date(Date.parse(time) - 60_000).toISOString() },
    );
    expect([back.status, back.body.code]).toEqual([422, 'forward-only']);
    await move({ server }, { jump: new Date(Date.parse(time) + 600_000).toISOString() });
    const there = await arrived({ server });
    const passed = Date.parse(there.time) - Date.parse(time);
    // To the last epoch before it: they are fifteen seconds apart.
    expect([passed > 585_000, passed <= 600_000]).toEqual([true, true]);
  });
});

/** Brings a file to a server. */
function bring({ server }: Pick<Scenery, 'server'>, name: string, body: unknown): Promise<Reply> {
  const headers = { 'content-type': 'application/octet-stream' };
  return ask(server, `PUT /v1/scene/files/${name}`, body, headers);
}

/** A demo to which files can be brought, paused. */
async function startDemo(data: string): Promise<RunningServer> {
  const programme = makeProgramme({ ...OPTIONS, paths: [], folder: join(data, 'candles') });
  const server = await startServer({ data, demo: true, programme });
  await move({ server }, { playing: false });
  return server;
}

/** Plays another file from its beginning, as soon as the take before is gone. */
async function choose(server: RunningServer, file: string): Promise<void> {
  const before = server.desk;
  await expect
    .poll(async () => (await move({ server }, { file, playing: false })).status, LONG)
    .toBe(200);
  await expect.poll(() => server.desk === before, LONG).toBe(false);
  // A connection of the take before may still be closed under whoever asks first.
  await expect.poll(() => kindOf(server), LONG).toMatch(/simulated|replayed/);
}

async function kindOf(server: RunningServer): Promise<string> {
  return (await ask(server, 'GET /v1/scene')).body.kind as string;
}

describe('a candle file that is brought', () => {
  it('is played in place of the simulation, which goes on where it was left', async () => {
    const [data, folder] = [temporaryFolder(), temporaryFolder()];
    const server = await startDemo(data);
    const before = await controlOf({ server });
    expect(before).toMatchObject({
      file: 'simulated market',
      files: ['simulated market'],
      canGoBack: false,
    });
    const { sequence, timeMs } = server.desk.engine;
    const bytes = gzipSync(readFileSync(join(folder, writeCandles(folder, 'SOLUSDT', 60, 200))));
    const added = await bring({ server }, 'SOLUSDT-1m.csv.gz', bytes);
    expect([added.status, added.body]).toEqual([
      200,
      { file: 'SOLUSDT-1m.csv.gz', files: ['simulated market', 'SOLUSDT-1m.csv.gz'] },
    ]);
    await choose(server, 'SOLUSDT-1m.csv.gz');
    expect(await kindOf(server)).toBe('replayed');
    expect(await controlOf({ server })).toMatchObject({ canGoBack: true, state: 'paused' });
    await choose(server, 'simulated market');
    expect(await kindOf(server)).toBe('simulated');
    expect(await controlOf({ server })).toMatchObject({ canGoBack: false, state: 'paused' });
    const { engine } = server.desk;
    expect([engine.sequence, engine.timeMs]).toEqual([sequence, timeMs]);
    const same = server.desk;
    await move({ server }, { file: 'simulated market', speed: 10 });
    expect(await controlOf({ server })).toMatchObject({ speed: 10 });
    expect((await move({ server }, { restart: true })).body.code).toBe('forward-only');
    const both = await move({ server }, { file: 'simulated market', restart: true });
    expect(both.body.code).toBe('forward-only');
    expect(server.desk).toBe(same);
    // Everything of the simulation is still where it was.
    expect(readdirSync(data)).toEqual(expect.arrayContaining(['candles', 'journal']));
  });

  it('is there after a restart, and rates go with the candles of their market', async () => {
    const [data, folder] = [temporaryFolder(), temporaryFolder()];
    const first = await startDemo(data);
    const rates = readFileSync(join(folder, writeFunding(folder, 'SOLUSDT')));
    const alone = await bring({ server: first }, 'SOLUSDT-8h-funding-x.csv', rates);
    expect(alone.body).toEqual({ file: null, files: ['simulated market'] });
    await first.close();
    const server = await startDemo(data);
    const candles = readFileSync(join(folder, writeCandles(folder, 'SOLUSDT', 60, 200)));
    const added = await bring({ server }, 'SOLUSDT-1m-x.csv', candles);
    expect(added.body.file).toBe('SOLUSDT-1m-x.csv');
    await choose(server, 'SOLUSDT-1m-x.csv');
    await move({ server }, { jump: END });
    await arrived({ server });
    const { body } = await ask(server, 'GET /v1/events?kind=funding-settled');
    expect(body.events).toMatchObject([{ market: 'SOLUSDT', rate: '0.0005' }]);
  });

  const header = 'date,open,high,low,close\n';
  const unkept: readonly (readonly [string, string, string | Uint8Array, RegExp])[] = [
    ['another kind of file', 'notes.txt', header, /called like BTCUSDT/],
    ['a path', '..%2Fescape.csv', header, /called like BTCUSDT/],
    ['a hidden file', '.hidden.csv', header, /called like BTCUSDT/],
    ['no rows', 'EMPTY-1m.csv', header, /^EMPTY-1m\.csv: there are no rows/],
    ['a row that cannot be', 'ODD-1m.csv', `${header}never,1,1,1,1\n`, /^ODD-1m\.csv line 2:/],
    ['a damaged archive', 'CUT-1m.csv.gz', Uint8Array.of(0x1f, 0x8b, 8, 0), /^CUT-1m\.csv\.gz is/],
    [
      'rates that cannot be',
      'A-8h-funding.csv',
      'date,open\n2025-01-01,7\n',
      /^A-8h-funding\.csv line 2:/,
    ],
    ['nothing', 'NONE-1m.csv', '', /^NONE-1m\.csv line 1: expected the columns/],
  ];
  it.each(unkept)('is not kept when it is %s', async (_what, name, body, detail) => {
    const data = temporaryFolder();
    const server = await startDemo(data);
    const reply = await bring({ server }, name, body);
    expect([reply.status, reply.body.detail]).toEqual([422, expect.stringMatching(detail)]);
    expect(reply.text).not.toContain(data);
    expect((await controlOf({ server })).files).toEqual(['simulated market']);
    const kept = join(data, 'candles');
    expect(existsSync(kept) ? readdirSync(kept) : []).toEqual([]);
  });

  it('is refused as JSON, in a size beyond all, under a name that is taken, and by a live engine', async () => {
    const scenery = await startReplay();
    const [json] = [await ask(scenery.server, 'PUT /v1/scene/files/A-1m.csv', { a: 1 })];
    expect([json.status, json.body.detail]).toEqual([
      415,
      'send the body as application/octet-stream',
    ]);
    const large = await bring(scenery, 'A-1m.csv', new Uint8Array((64 << 20) + 1));
    expect([large.status, large.body.detail]).toEqual([413, expect.stringContaining('64 MiB')]);
    const taken = await bring(scenery, 'BTCUSDT-1m-invented.csv', 'date,open\n');
    expect([taken.status, taken.body.detail]).toEqual([422, expect.stringContaining('this name')]);
    const live = await startServer();
    expect((await bring({ server: live }, 'A-1m.csv', 'x')).status).toBe(404);
    const bytes = await ask(scenery.server, 'POST /v1/scene', 'x', {
      'content-type': 'application/octet-stream',
    });
    expect([bytes.status, bytes.body.detail]).toEqual([415, 'send the body as application/json']);
  });
});

const playing =
  (...paths: readonly string[]) =>
  () =>
    makeProgramme({ ...OPTIONS, paths, folder: 'none' });

it('says what is missing where there is nothing to play', () => {
  const folder = temporaryFolder();
  expect(playing(join(folder, 'none.csv'))).toThrow('cannot be read');
  expect(playing(folder)).toThrow('there is no candle file');
});
