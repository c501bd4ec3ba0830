/** The history: paging, filters, repeats, totals, and files that cannot be trusted. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HistoryError, openHistory, type EventQuery, type HistoryEvent } from './index.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'history-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const fileName = (): string => join(directory, 'history.db');

function event(sequence: number, index: number, extra: Partial<HistoryEvent> = {}): HistoryEvent {
  return { sequence, index, time: 1_000 * sequence, kind: 'deposited', ...extra };
}

/** Every page of a query, joined. */
function allOf(history: ReturnType<typeof openHistory>['history'], query: EventQuery) {
  const events: HistoryEvent[] = [];
  let page = history.events(query);
  events.push(...page.events);
  while (page.next !== undefined) {
    page = history.events({ ...query, after: page.next });
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
        accounts: fc.constantFrom(['a'], ['b', 'c'], ['a', 'b', 'c']),
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
      return { ...event(sequence, index), time: 100 * Math.floor(sequence / 2), ...rest };
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
  const within = ({ time, sequence }: HistoryEvent): boolean =>
    time >= (query.fromTime ?? -1) &&
    time <= (query.toTime ?? Infinity) &&
    sequence >= (query.fromSequence ?? 0);
  return (found: HistoryEvent): boolean =>
    within(found) &&
    (query.account === undefined ||
      [found.account, ...(found.accounts ?? [])].includes(query.account)) &&
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
          const { history } = openHistory(':memory:');
          // Batches of whole commands, as the owner appends them.
          for (const sequence of new Set(events.map((e) => e.sequence)))
            history.append(events.filter((e) => e.sequence === sequence));
          for (const query of queries) {
            const expected = events.filter(matches(query));
            if (query.order === 'newest') expected.reverse();
            expect(allOf(history, query)).toEqual(expected);
          }
          history.close();
        },
      ),
      { numRuns: 150 },
    );
  });

  it('keeps further fields, awkward names and text as they are', () => {
    const { history } = openHistory(':memory:');
    const odd = event(1, 0, {
      account: "o'Neill; DROP TABLE events",
      note: 'ü\n"🜨"',
      __proto__: 1,
    });
    history.append([odd]);
    const found = history.events({ account: odd.account ?? '', limit: 5, order: 'oldest' });
    expect(found.events).toEqual([odd]);
  });

  it('passes over commands that are already there', () => {
    const { history } = openHistory(':memory:');
    history.append([event(1, 0), event(2, 0), event(2, 1)]);
    history.append([event(2, 0), event(2, 1), event(3, 0)]);
    history.append([], 7);
    history.append([event(5, 0)]);
    expect(history.lastSequence).toBe(7);
    const { events } = history.events({ limit: 10, order: 'oldest' });
    expect(events.map((e) => [e.sequence, e.index])).toEqual([
      [1, 0],
      [2, 0],
      [2, 1],
      [3, 0],
    ]);
  });

  it('adds all of a batch or none', () => {
    const { history } = openHistory(':memory:');
    expect(() => history.append([event(1, 0), event(1, 0)])).toThrow(HistoryError);
    expect(history.lastSequence).toBe(0);
    expect(history.events({ limit: 10, order: 'oldest' }).events).toEqual([]);
    history.append([event(1, 0)]);
    expect(history.lastSequence).toBe(1);
  });
});

describe('totals', () => {
  it('replaces a row of the same sequence and thins what is too much, keeping both ends', () => {
    const { history } = openHistory(':memory:');
    const rows = Array.from({ length: 1_000 }, (_, k) => ({ time: k, sequence: k + 1, fund: '5' }));
    history.appendTotals(rows);
    history.appendTotals([{ time: 7, sequence: 8, fund: '6' }]);
    expect(history.totals({ from: 6, to: 8, limit: 9 }).map((row) => row['fund'])).toEqual([
      '5',
      '6',
      '5',
    ]);
    const thinned = history.totals({ limit: 100 });
    expect(thinned.length).toBeLessThanOrEqual(100);
    expect(thinned.length).toBeGreaterThan(80);
    expect([thinned[0]?.time, thinned.at(-1)?.time]).toEqual([0, 999]);
  });
});

function fill(source: string): void {
  const { history } = openHistory(fileName(), { source });
  for (let batch = 0; batch < 20; batch += 1)
    history.append(
      Array.from({ length: 50 }, (_, k) => event(batch * 50 + k + 1, 0, { account: 'a' })),
    );
  history.close();
}

describe('the file', () => {
  it('keeps its events when it is opened again', () => {
    fill('j1');
    const { history, movedAside } = openHistory(fileName(), {
      source: 'j1',
      lastSequenceMax: 1_000,
    });
    expect([movedAside, history.lastSequence]).toEqual([undefined, 1_000]);
    history.close();
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
    const { history, movedAside } = openHistory(fileName(), { source: 'j1' });
    expect(movedAside?.why).toBeTruthy();
    expect(statSync(movedAside?.path ?? '').size).toBe(damaged.length);
    expect(history.lastSequence).toBe(0);
    history.append([event(1, 0)]);
    expect(history.events({ limit: 9, order: 'newest' }).events).toHaveLength(1);
    history.close();
  });

  it('is moved aside when it belongs to another journal or knows more than the journal', () => {
    fill('j1');
    const other = openHistory(fileName(), { source: 'j2' });
    expect(other.movedAside?.why).toContain('another journal');
    other.history.append([event(9, 0)]);
    other.history.close();
    const beyond = openHistory(fileName(), { source: 'j2', lastSequenceMax: 8 });
    expect(beyond.movedAside?.why).toContain('entry 9');
    beyond.history.close();
  });

  it('forgets everything when told to, and says when it is closed', () => {
    fill('j1');
    const { history } = openHistory(fileName(), { source: 'j1' });
    history.clear();
    expect([history.lastSequence, history.events({ limit: 1, order: 'newest' }).events]).toEqual([
      0,
      [],
    ]);
    history.close();
    expect(() => history.append([event(1, 0)])).toThrow(HistoryError);
  });

  it('says why when no file can be made', () => {
    writeFileSync(fileName(), '');
    expect(() => openHistory(join(fileName(), 'under', 'a-file.db'))).toThrow(HistoryError);
  });
});

/** A history whose file may not grow beyond 200 blocks: what it says, and whether it closes. */
const FILL = `
  import { openHistory } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
  const { history } = openHistory(process.argv[1]);
  const event = (sequence) => ({ sequence, index: 0, time: 1, kind: 'x', text: 'y'.repeat(4000) });
  try {
    for (let k = 1; k < 200; k += 1) history.append([event(k)], k);
  } catch (error) {
    console.log(error.message);
  }
  try {
    history.close();
  } finally {
    console.log('closed');
  }`;

it('says that the disk is full when it is, not what followed from it', () => {
  const node = [process.execPath, '--conditions=source', '--import', 'tsx'];
  const run = [...node, '--input-type=module', '--eval', FILL, fileName()];
  const args = ['-c', 'ulimit -f 200; exec "$@"', 'sh', ...run];
  const { stdout } = spawnSync('sh', args, { encoding: 'utf8' });
  expect(stdout).toMatch(/^the history failed \((?!cannot rollback).*(full|I\/O).*\nclosed\n$/i);
});
