/** One suite for every journal: in memory, in files, in files over a storage that fails. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { FaultyStorage, JournalError, memoryJournal, openJournal, type Journal } from './index.ts';

interface Kind {
  readonly name: string;
  readonly open: () => Promise<Journal>;
  /** Opens the same journal again, or says why it cannot. */
  readonly reopen: ((closed: Journal) => Promise<Journal>) | string;
}

const directories: string[] = [];
const places = new Map<Journal, () => Promise<Journal>>();
afterAll(() => directories.forEach((directory) => rmSync(directory, { recursive: true })));

async function remembered(open: () => Promise<Journal>): Promise<Journal> {
  const journal = await open();
  places.set(journal, open);
  return journal;
}

function reopened(closed: Journal): Promise<Journal> {
  const open = places.get(closed);
  if (open === undefined) throw new Error('this journal was not opened here');
  return remembered(open);
}

const SEGMENT_BYTES = 4096;

const kinds: readonly Kind[] = [
  {
    name: 'in memory',
    open: () => Promise.resolve(memoryJournal()),
    reopen: 'nothing outlives a journal in memory',
  },
  {
    name: 'in files',
    open() {
      const directory = mkdtempSync(join(tmpdir(), 'journal-'));
      directories.push(directory);
      const options = { segmentBytes: SEGMENT_BYTES };
      return remembered(async () => (await openJournal(directory, options)).journal);
    },
    reopen: reopened,
  },
  {
    name: 'in files, with short writes',
    open() {
      const storage = new FaultyStorage(7);
      storage.faults = { shortWrite: 0.3 };
      const options = { segmentBytes: SEGMENT_BYTES, storage };
      return remembered(async () => (await openJournal('/j', options)).journal);
    },
    reopen: reopened,
  },
];

const bytes = (text: string): Uint8Array => Buffer.from(text);
const texts = (journal: Journal, from?: number): string[] =>
  Array.from(journal.read(from), ({ bytes: b }) => Buffer.from(b).toString());
const many = (count: number, from = 1): string[] =>
  Array.from({ length: count }, (_, k) => `entry ${from + k}`);

describe.each(kinds)('a journal $name', ({ open, reopen }) => {
  it('begins empty', async () => {
    const journal = await open();
    expect([journal.lastSequence, texts(journal)]).toEqual([0, []]);
    expect(journal.newestSnapshot()).toEqual({ snapshot: undefined, skipped: [] });
    await journal.close();
  });

  it('numbers entries from 1, and answers with the first of an append', async () => {
    const journal = await open();
    expect(await journal.append([bytes('a'), bytes('b')])).toBe(1);
    expect(await journal.append([bytes('c')])).toBe(3);
    expect(await journal.append([])).toBe(4);
    expect(journal.lastSequence).toBe(3);
    const entries = Array.from(journal.read(2), (e) => [
      e.sequence,
      Buffer.from(e.bytes).toString(),
    ]);
    expect(entries).toEqual([
      [2, 'b'],
      [3, 'c'],
    ]);
    await journal.close();
  });

  it('keeps the order of calls when many append at once', async () => {
    const journal = await open();
    const firsts = await Promise.all(many(200).map((text) => journal.append([bytes(text)])));
    expect(firsts).toEqual(Array.from({ length: 200 }, (_, k) => k + 1));
    expect(texts(journal)).toEqual(many(200));
    await journal.close();
  });

  it('keeps empty, large and binary entries as they are', async () => {
    const journal = await open();
    const odd = [new Uint8Array(0), new Uint8Array(20_000).fill(0xff), Uint8Array.of(0, 255, 0)];
    await journal.append(odd);
    expect(
      Array.from(journal.read(), (e) =>
        Buffer.compare(e.bytes, odd[e.sequence - 1] ?? bytes('none')),
      ),
    ).toEqual([0, 0, 0]);
    await journal.close();
  });

  it('reads from any entry, and refuses those it does not hold', async () => {
    const journal = await open();
    for (let k = 1; k <= 60; k += 3) await journal.append(many(3, k).map(bytes));
    for (const from of [1, 2, 3, 4, 31, 59, 60, 61])
      expect(texts(journal, from)).toEqual(many(61 - from, from));
    for (const from of [0, -1, 62, 1.5, Number.NaN])
      expect(() => journal.read(from)).toThrow(JournalError);
    await journal.close();
  });

  it('reads up to the entries that were durable when it was asked', async () => {
    const journal = await open();
    await journal.append([bytes('a')]);
    const reading = journal.read();
    await journal.append([bytes('b')]);
    expect(Array.from(reading)).toHaveLength(1);
    await journal.close();
  });

  it('shows frames that join without a gap', async () => {
    const journal = await open();
    await Promise.all(many(50).map((text) => journal.append([bytes(text)])));
    await journal.append([bytes('last')]);
    let due = 1;
    for (const frame of journal.frames()) {
      expect(frame.firstSequence).toBe(due);
      expect(frame.entries.map((e) => e.sequence)).toHaveLength(frame.lastSequence - due + 1);
      due = frame.lastSequence + 1;
    }
    expect(due).toBe(52);
    await journal.close();
  });

  it('keeps the newest snapshot, and the one before it for who does not want that', async () => {
    const journal = await open();
    await journal.append(many(9).map(bytes));
    for (const sequence of [2, 5, 9])
      await journal.writeSnapshot({
        sequence,
        codeVersion: `v${sequence}`,
        stateHash: 'h',
        bytes: bytes('s'),
      });
    expect(journal.newestSnapshot().snapshot).toMatchObject({
      sequence: 9,
      codeVersion: 'v9',
      stateHash: 'h',
    });
    expect(journal.newestSnapshot((s) => s.codeVersion === 'v5').snapshot?.sequence).toBe(5);
    expect(journal.newestSnapshot((s) => s.codeVersion === 'v2').snapshot).toBeUndefined();
    await journal.close();
  });

  it('refuses a snapshot of entries that are not durable', async () => {
    const journal = await open();
    const early = { sequence: 1, codeVersion: 'v', stateHash: 'h', bytes: bytes('s') };
    await expect(journal.writeSnapshot(early)).rejects.toMatchObject({ code: 'out-of-range' });
    await journal.close();
  });

  it('finishes what was appended when it is closed, and takes nothing after', async () => {
    const journal = await open();
    const pending = many(30).map((text) => journal.append([bytes(text)]));
    await journal.close();
    expect(await Promise.all(pending)).toHaveLength(30);
    await expect(journal.append([bytes('late')])).rejects.toMatchObject({ code: 'closed' });
    await journal.close();
  });

  it.skipIf(typeof reopen === 'string')('holds everything when it is opened again', async () => {
    if (typeof reopen === 'string') return;
    let journal = await open();
    const { id } = journal;
    for (let round = 0; round < 6; round += 1) {
      await Promise.all(many(40, 1 + 40 * round).map((text) => journal.append([bytes(text)])));
      await journal.append([new Uint8Array(1500), new Uint8Array(100)]);
      await journal.close();
      journal = await reopen(journal);
      expect([journal.id, journal.lastSequence]).toEqual([id, 42 * (round + 1)]);
    }
    expect(texts(journal).filter((text) => text.startsWith('entry'))).toEqual(many(240));
    await journal.close();
  });
});

describe('group commit', () => {
  it('syncs once for all that arrives while a sync is under way', async () => {
    const storage = new FaultyStorage(1);
    const { journal } = await openJournal('/j', { storage, segmentBytes: 1 << 16 });
    const before = storage.syncs;
    const client = async (): Promise<void> => {
      for (let k = 0; k < 20; k += 1) await journal.append([bytes('x')]);
    };
    await Promise.all(Array.from({ length: 64 }, client));
    expect(storage.syncs - before).toBe(20);
    expect(Array.from(journal.frames(), (frame) => frame.entries.length)).toEqual(
      Array(20).fill(64),
    );
    await journal.close();
  });

  it('refuses what is too large, and what is too much to wait', async () => {
    const storage = new FaultyStorage(1);
    const options = { storage, segmentBytes: 4096, queuedBytesMax: 1000 };
    const { journal } = await openJournal('/j', options);
    await expect(journal.append([new Uint8Array(17 << 20)])).rejects.toMatchObject({
      code: 'too-large',
    });
    const first = journal.append([new Uint8Array(900)]);
    await expect(journal.append([new Uint8Array(900)])).rejects.toMatchObject({
      code: 'overloaded',
    });
    expect(await first).toBe(1);
    expect(await journal.append([new Uint8Array(900)])).toBe(2);
    await journal.close();
  });
});

describe('a failing storage', () => {
  it('rejects everything after a failed sync, and tells the owner once', async () => {
    const storage = new FaultyStorage(1);
    const failures: JournalError[] = [];
    const onFailure = (error: JournalError): void => void failures.push(error);
    const { journal } = await openJournal('/j', { storage, segmentBytes: 4096, onFailure });
    await journal.append([bytes('kept')]);
    storage.faults = { failedSync: 1 };
    const waiting = [journal.append([bytes('a')]), journal.append([bytes('b')])];
    const outcomes = await Promise.allSettled(waiting);
    expect(outcomes.map((o) => o.status)).toEqual(['rejected', 'rejected']);
    storage.faults = {};
    await expect(journal.append([bytes('c')])).rejects.toMatchObject({ code: 'failed' });
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatchObject({
      code: 'failed',
      cause: { message: expect.stringContaining('EIO') },
    });
    expect(journal.lastSequence).toBe(1);
    await journal.close();
  });

  it('fails the same way when the disk is full, and goes on after a start with space', async () => {
    const storage = new FaultyStorage(1);
    storage.faults = { capacityBytes: 10_000 };
    const { journal } = await openJournal('/j', { storage, segmentBytes: 4096 });
    let acknowledged = 0;
    const fill = async (): Promise<void> => {
      for (;;) acknowledged = await journal.append([new Uint8Array(100)]);
    };
    await expect(fill()).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining('ENOSPC'),
    });
    await journal.close();
    storage.faults = {};
    const again = await openJournal('/j', { storage, segmentBytes: 4096 });
    expect(again.journal.lastSequence).toBe(acknowledged);
    expect(await again.journal.append([bytes('more')])).toBe(acknowledged + 1);
    await again.journal.close();
  });

  it('says so when a bit rots between opening and reading', async () => {
    const storage = new FaultyStorage(3);
    const { journal } = await openJournal('/j', { storage, segmentBytes: 4096 });
    for (const text of many(20)) await journal.append([bytes(text)]);
    storage.faults = { bitRot: 1 };
    for (let k = 0; k < 50; k += 1) {
      try {
        // A flipped bit may lie behind the last frame; then all that is read is right.
        expect(texts(journal)).toEqual(many(20));
      } catch (error) {
        expect(error).toMatchObject({ code: 'damaged' });
      }
    }
    await journal.close();
  });

  it('loses nothing that was acknowledged when the power goes, whatever is torn', async () => {
    let cuts = 0;
    for (let seed = 1; seed <= 300; seed += 1) cuts += await powerLoss(seed);
    // Without torn frames among them the seeds would prove little.
    expect(cuts).toBeGreaterThan(30);
  });
});

/** Runs and cuts the power several times over one storage; the number of frames that were cut. */
async function powerLoss(seed: number): Promise<number> {
  const storage = new FaultyStorage(seed);
  let [acknowledged, cuts] = [0, 0];
  for (let life = 0; life < 4; life += 1) {
    const { journal, report } = await openJournal('/j', { storage, segmentBytes: 8192 });
    if (report.cut !== undefined) {
      cuts += 1;
      expect(report.cut.knownSynced, `seed ${seed}`).toBe(false);
    }
    const entries = texts(journal);
    expect(entries.length, `seed ${seed}`).toBeGreaterThanOrEqual(acknowledged);
    expect(entries, `seed ${seed}`).toEqual(many(entries.length));
    acknowledged = entries.length;
    const appends = 3 + ((seed * 7 + life) % 9);
    for (let k = 0; k < appends; k += 1) {
      const next = journal.lastSequence + 1;
      await journal.append(many(1 + (k % 3) * 40, next).map(bytes));
      acknowledged = journal.lastSequence;
    }
    storage.faults = { failedSync: 1 };
    const lost = journal.append(many(120, acknowledged + 1).map(bytes));
    await expect(lost).rejects.toMatchObject({ code: 'failed' });
    await journal.close();
    storage.faults = {};
    storage.losePower();
  }
  return cuts;
}

it('makes durable what a failed sync left to be found, before anyone is told of it', async () => {
  const options = { storage: new FaultyStorage(5), segmentBytes: SEGMENT_BYTES };
  const { storage } = options;
  const { journal } = await openJournal('/j', options);
  await journal.append([Buffer.from('one')]);
  storage.faults = { failedSync: 1 };
  await expect(journal.append([Buffer.from('two')])).rejects.toMatchObject({ code: 'failed' });
  storage.faults = {};
  storage.killProcess();
  const found = await openJournal('/j', options);
  expect(found.journal.lastSequence).toBe(2);
  for (let times = 1; times <= 8; times += 1) {
    storage.losePower();
    const again = await openJournal('/j', options);
    expect(again.journal.lastSequence).toBe(2);
  }
});
