/** The history: paging, filters, repeats, totals, and files that cannot be trusted. */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  HistoryError,
  openHistory,
  type EventQuery,
  type HistoryBatch,
  type HistoryEvent,
} from './index.ts';
import { openHistoryFile, type HistoryFile } from './sqlite-history.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'history-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const fileName = (): string => join(directory, 'history.db');

function event(sequence: number, index: number, extra: Partial<HistoryEvent> = {}): HistoryEvent {
  return { sequence, index, timeMs: 1_000 * sequence, kind: 'deposited', ...extra };
}

/** Adds events as the thread does. */
function add(file: HistoryFile, events: readonly HistoryEvent[], through?: number): void {
  file.append({
    events: events.map((one) => JSON.stringify(one)),
    through: through ?? events.at(-1)?.sequence ?? 0,
    totals: [],
  });
}

/** Every page of a query, joined. */
function allOf(file: HistoryFile, query: EventQuery): HistoryEvent[] {
  const events: HistoryEvent[] = [];
  let page = file.events(query);
  events.push(...page.events);
  while (page.next !== undefined) {
    page = file.events({ ...query, after: page.next });
    events.push(...page.events);
  }
  return events;
}

const arbitraryEvents = fc
  .array(
    fc.record(
      {
        step: fc.nat(2),
        account: fc.constantFrom('a', 'b'),
        buyer: fc.constantFrom('a', 'b', 'c'),
        counterparty: fc.constantFrom('a', 'c'),
        market: fc.constantFrom('BTC', 'ETH'),
        kind: fc.constantFrom('called', 'cured', 'liquidated'),
      },
      { requiredKeys: ['step', 'kind'] },
    ),
    { maxLength: 60 },
  )
  .map((steps) => {
    let [sequence, index] = [0, 0];
    return steps.map(({ step, ...rest }): HistoryEvent => {
      index = step === 0 && sequence > 0 ? index + 1 : 0;
      sequence += sequence === 0 ? Math.max(1, step) : step;
      return { ...event(sequence, index), timeMs: 100 * Math.floor(sequence / 2), ...rest };
    });
  });

const arbitraryQuery: fc.Arbitrary<EventQuery> = fc.record(
  {
    account: fc.constantFrom('a', 'b', 'c', 'd'),
    market: fc.constantFrom('BTC', 'ETH'),
    kinds: fc.constantFrom(['called'], ['called', 'liquidated'], []),
    fromTime: fc.constantFrom(0, 400, 1_000),
    toTime: fc.constantFrom(300, 900, 5_000),
    fromSequence: fc.constantFrom(1, 9),
    limit: fc.integer({ min: 1, max: 7 }),
    order: fc.constantFrom('newest' as const, 'oldest' as const),
  },
  { requiredKeys: ['limit', 'order'] },
);

function matches(query: EventQuery) {
  const within = ({ timeMs, sequence }: HistoryEvent): boolean =>
    timeMs >= (query.fromTime ?? -1) &&
    timeMs <= (query.toTime ?? Infinity) &&
    sequence >= (query.fromSequence ?? 0);
  return (found: HistoryEvent): boolean =>
    within(found) &&
    (query.account === undefined ||
      [found.account, found.buyer, found.counterparty].includes(query.account)) &&
    (query.market === undefined || query.market === found.market) &&
    (query.kinds === undefined || query.kinds.includes(found.kind));
}

describe('events', () => {
  it('answers every query as a filter over all events would, page by page', () => {
    fc.assert(
      fc.property(
        arbitraryEvents,
        fc.array(arbitraryQuery, { maxLength: 8 }),
        (events, queries) => {
          const { file } = openHistoryFile(':memory:');
          // Batches of whole commands, as the owner appends them.
          for (const sequence of new Set(events.map((e) => e.sequence)))
            add(
              file,
              events.filter((e) => e.sequence === sequence),
            );
          for (const query of queries) {
            const expected = events.filter(matches(query));
            if (query.order === 'newest') expected.reverse();
            expect(allOf(file, query)).toEqual(expected);
          }
          file.close();
        },
      ),
      { numRuns: 150 },
    );
  });

  it('keeps further fields, awkward names and text as they are', () => {
    const { file } = openHistoryFile(':memory:');
    const account = "o'Neill; DROP TABLE events";
    const odd = { ...event(1, 0, { account }), note: 'ü\n"🜨"', __proto__: 1 };
    add(file, [odd]);
    const found = file.events({ account, limit: 5, order: 'oldest' });
    expect(found.events).toEqual([odd]);
  });

  it('passes over commands that are already there', () => {
    const { file } = openHistoryFile(':memory:');
    add(file, [event(1, 0), event(2, 0), event(2, 1)]);
    add(file, [event(2, 0), event(2, 1), event(3, 0)]);
    add(file, [], 7);
    add(file, [event(5, 0)]);
    expect(file.lastSequence).toBe(7);
    const { events } = file.events({ limit: 10, order: 'oldest' });
    expect(events.map((e) => [e.sequence, e.index])).toEqual([
      [1, 0],
      [2, 0],
      [2, 1],
      [3, 0],
    ]);
  });

  it('adds all of a batch or none', () => {
    const { file } = openHistoryFile(':memory:');
    expect(() => add(file, [event(1, 0), event(1, 0)])).toThrow(HistoryError);
    expect(file.lastSequence).toBe(0);
    expect(file.events({ limit: 10, order: 'oldest' }).events).toEqual([]);
    add(file, [event(1, 0)]);
    expect(file.lastSequence).toBe(1);
  });
});

describe('totals', () => {
  it('replaces a row of the same sequence and thins what is too much, keeping both ends', () => {
    const { file } = openHistoryFile(':memory:');
    const rows = Array.from({ length: 1_000 }, (_, k) => ({ time: k, sequence: k + 1, fund: '5' }));
    file.append({ events: [], through: 0, totals: rows });
    file.append({ events: [], through: 0, totals: [{ time: 7, sequence: 8, fund: '6' }] });
    expect(file.totals({ from: 6, to: 8, limit: 9 }).map((row) => row['fund'])).toEqual([
      '5',
      '6',
      '5',
    ]);
    const thinned = file.totals({ limit: 100 });
    expect(thinned.length).toBeLessThanOrEqual(100);
    expect(thinned.length).toBeGreaterThan(80);
    expect([thinned[0]?.time, thinned.at(-1)?.time]).toEqual([0, 999]);
  });
});

function fill(source: string): void {
  const { file } = openHistoryFile(fileName(), { source });
  for (let batch = 0; batch < 20; batch += 1)
    add(
      file,
      Array.from({ length: 50 }, (_, k) => event(batch * 50 + k + 1, 0, { account: 'a' })),
    );
  file.close();
}

describe('the file', () => {
  it('keeps its events when it is opened again', () => {
    fill('j1');
    const { file, movedAside } = openHistoryFile(fileName(), {
      source: 'j1',
      lastSequenceMax: 1_000,
    });
    expect([movedAside, file.lastSequence]).toEqual([undefined, 1_000]);
    file.close();
  });

  const damages: readonly [string, (bytes: Buffer) => Buffer][] = [
    [
      'no database at all',
      () => Buffer.from('these are not the rows you are looking for'.repeat(99)),
    ],
    ['a damaged first page', (bytes) => bytes.fill(0xa5, 20, 90)],
    ['a damaged page inside', (bytes) => bytes.fill(0xa5, 8 * 4096, 9 * 4096)],
    ['half of it gone', (bytes) => bytes.subarray(0, Math.floor(bytes.length / 8192) * 4096)],
  ];
  it.each(damages)('is moved aside and begun anew: %s', (_name, damage) => {
    fill('j1');
    const damaged = damage(readFileSync(fileName()));
    writeFileSync(fileName(), damaged);
    const { file, movedAside } = openHistoryFile(fileName(), { source: 'j1' });
    expect(movedAside?.why).toBeTruthy();
    expect(statSync(movedAside?.path ?? '').size).toBe(damaged.length);
    expect(file.lastSequence).toBe(0);
    add(file, [event(1, 0)]);
    expect(file.events({ limit: 9, order: 'newest' }).events).toHaveLength(1);
    file.close();
  });

  it('is moved aside when it belongs to another journal or knows more than the journal', () => {
    fill('j1');
    const other = openHistoryFile(fileName(), { source: 'j2' });
    expect(other.movedAside?.why).toContain('another journal');
    add(other.file, [event(9, 0)]);
    other.file.close();
    const beyond = openHistoryFile(fileName(), { source: 'j2', lastSequenceMax: 8 });
    expect(beyond.movedAside?.why).toContain('entry 9');
    beyond.file.close();
  });

  it('says when it is closed', () => {
    const { file } = openHistoryFile(fileName());
    file.close();
    expect(() => add(file, [event(1, 0)])).toThrow(HistoryError);
  });

  it('says why when no file can be made', () => {
    writeFileSync(fileName(), '');
    expect(() => openHistoryFile(join(fileName(), 'under', 'a-file.db'))).toThrow(HistoryError);
  });
});

/** A history whose file may not grow beyond 200 blocks: what it says, and whether it closes. */
const FILL = `
  import { openHistory } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
  const { history } = await openHistory(process.argv[1]);
  const text = 'y'.repeat(4000);
  const event = (sequence) => ({ sequence, index: 0, timeMs: 1, kind: 'x', text });
  try {
    for (let k = 1; k < 200; k += 1)
      await history.append({ events: [event(k)], through: k, totals: [] });
  } catch (error) {
    console.log(error.message);
  }
  try {
    await history.close();
  } finally {
    console.log('closed');
  }`;

/** Runs a program on the file's name under a limit of so many blocks a file; its output. */
function runLimited(blocks: number, program: string): string {
  const node = [process.execPath, '--conditions=source', '--import', 'tsx'];
  const run = [...node, '--input-type=module', '--eval', program, fileName()];
  const args = ['-c', `trap '' XFSZ; ulimit -f ${blocks}; exec "$@"`, 'sh', ...run];
  return spawnSync('sh', args, { encoding: 'utf8', timeout: 60_000 }).stdout;
}

it('says that the disk is full when it is, not what followed from it', () => {
  const stdout = runLimited(200, FILL);
  expect(stdout).toMatch(/^the history failed \((?!cannot rollback).*(full|I\/O).*\nclosed\n$/i);
});

/** What opening says, and what then lies in the folder. */
const OPEN = `
  import { readdirSync } from 'node:fs';
  import { dirname } from 'node:path';
  import { openHistory } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
  await openHistory(process.argv[1], { source: 'j1' }).then(
    ({ history }) => history.close(),
    ({ message }) => console.log(message),
  );
  console.log(readdirSync(dirname(process.argv[1])).join(' '));`;

it('stays where it is when the disk is full: its totals could not be rebuilt', () => {
  fill('j1');
  // What this process has opened is no new file to another one, and would need no room.
  copyFileSync(fileName(), `${fileName()}.copy`);
  for (const suffix of ['', '-wal', '-shm']) rmSync(fileName() + suffix, { force: true });
  renameSync(`${fileName()}.copy`, fileName());
  const stdout = runLimited(0, OPEN);
  expect(stdout).toMatch(/^the history failed \(.*(full|I\/O)/i);
  expect(stdout).not.toContain('set-aside');
  const { file, movedAside } = openHistoryFile(fileName(), { source: 'j1' });
  expect([movedAside, file.lastSequence]).toEqual([undefined, 1_000]);
  file.close();
});

function batchOf(sequence: number): HistoryBatch {
  return { events: [event(sequence, 0, { account: 'a' })], through: sequence, totals: [] };
}

describe('the thread', () => {
  it('answers a question with everything that was added before it, though nobody waited', async () => {
    const { history } = await openHistory(':memory:');
    const written = Array.from({ length: 200 }, (_, k) => history.append(batchOf(k + 1)));
    const { events } = await history.events({ account: 'a', limit: 1_000, order: 'oldest' });
    expect(events).toHaveLength(200);
    await Promise.all(written);
    expect(history.lastSequence).toBe(200);
    await history.close();
  });

  it('leaves no hole: after a batch that failed it takes nothing', async () => {
    const { history } = await openHistory(fileName());
    const twice = { ...batchOf(2), events: [event(2, 0), event(2, 0)] };
    const batches = [batchOf(1), twice, batchOf(3)];
    const written = await Promise.allSettled(batches.map((batch) => history.append(batch)));
    expect(written.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    await expect(history.totals({ limit: 1 })).rejects.toThrow(HistoryError);
    await history.close();
    const { file } = openHistoryFile(fileName());
    expect(file.lastSequence).toBe(1);
    file.close();
  });

  it('says why when no file can be made, and what was moved aside', async () => {
    writeFileSync(fileName(), 'no database'.repeat(999));
    await expect(openHistory(join(fileName(), 'under', 'a-file.db'))).rejects.toThrow(HistoryError);
    const { history, movedAside } = await openHistory(fileName());
    expect(movedAside?.path).toContain('set-aside');
    await history.close();
    await expect(history.append(batchOf(1))).rejects.toThrow(HistoryError);
  });
});
