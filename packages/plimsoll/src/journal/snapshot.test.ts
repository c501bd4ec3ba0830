/** Snapshot files: the newest that can be trusted, whatever happened to the others. */
import { beforeEach, describe, expect, it } from 'vitest';
import { FaultyStorage, openJournal, readJournal, type Journal } from './index.ts';

const nameOf = (sequence: number): string =>
  `snapshot-${String(sequence).padStart(16, '0')}.snapshot`;
const pathOf = (sequence: number): string => `/j/${nameOf(sequence)}`;
const options = (storage: FaultyStorage) => ({ storage, segmentBytes: 4096 });

let storage: FaultyStorage;
let journal: Journal;
beforeEach(async () => {
  storage = new FaultyStorage(5);
  ({ journal } = await openJournal('/j', options(storage)));
  for (let k = 1; k <= 9; k += 1) await journal.append([Buffer.from(`entry ${k}`)]);
});

async function snapshotAt(sequence: number, size = 300): Promise<void> {
  const bytes = new Uint8Array(size).fill(sequence);
  await journal.writeSnapshot({
    sequence,
    codeVersion: '0.1.0',
    stateHash: `hash ${sequence}`,
    bytes,
  });
}

const snapshotNames = (): string[] => storage.list('/j').filter((name) => name.startsWith('snap'));

function spoil(path: string, change: (bytes: Uint8Array) => Uint8Array | void): void {
  const bytes = storage.bytesOf(path).slice();
  storage.plant(path, change(bytes) ?? bytes);
}

describe('snapshots', () => {
  it('keep the last two, durably', async () => {
    for (const sequence of [3, 5, 8]) await snapshotAt(sequence);
    expect(snapshotNames()).toEqual([nameOf(5), nameOf(8)]);
    storage.losePower();
    const { snapshot } = journal.newestSnapshot();
    expect(snapshot).toMatchObject({ sequence: 8, codeVersion: '0.1.0', stateHash: 'hash 8' });
    expect(Buffer.compare(snapshot?.bytes ?? Buffer.of(), new Uint8Array(300).fill(8))).toBe(0);
  });

  it('are skipped, and said, for a bit flipped in any byte', async () => {
    await snapshotAt(4);
    await snapshotAt(7, 40);
    const whole = storage.bytesOf(pathOf(7)).slice();
    for (let at = 0; at < whole.length; at += 1) {
      spoil(pathOf(7), (bytes) => void (bytes[at] = (bytes[at] ?? 0) ^ 16));
      const { snapshot, skipped } = journal.newestSnapshot();
      expect([at, snapshot?.sequence, skipped[0]?.file]).toEqual([at, 4, nameOf(7)]);
      storage.plant(pathOf(7), whole);
    }
  });

  it('are skipped when they are cut short anywhere, or under another name', async () => {
    await snapshotAt(4);
    await snapshotAt(7, 40);
    const whole = storage.bytesOf(pathOf(7)).slice();
    for (let end = 0; end < whole.length; end += 1) {
      storage.plant(pathOf(7), whole.slice(0, end));
      expect([end, journal.newestSnapshot().snapshot?.sequence]).toEqual([end, 4]);
    }
    storage.plant(pathOf(7), storage.bytesOf(pathOf(4)));
    expect(journal.newestSnapshot().skipped[0]?.why).toContain('entry 4 under another name');
  });

  it('of another journal are skipped', async () => {
    await snapshotAt(7);
    const other = new FaultyStorage(6);
    const opened = await openJournal('/j', options(other));
    await opened.journal.append([Buffer.from('1')]);
    other.plant(pathOf(1), storage.bytesOf(pathOf(7)));
    expect(opened.journal.newestSnapshot().snapshot).toBeUndefined();
  });

  it('leave nothing behind when the disk fills, and the journal goes on', async () => {
    await snapshotAt(4);
    storage.faults = { capacityBytes: 20_000 };
    await expect(snapshotAt(8, 100_000)).rejects.toMatchObject({ code: 'unreadable' });
    storage.faults = {};
    expect(await journal.append([Buffer.from('on')])).toBe(10);
    expect(journal.newestSnapshot().snapshot?.sequence).toBe(4);
    await snapshotAt(8);
    expect(journal.newestSnapshot().snapshot?.sequence).toBe(8);
  });

  it('wait for one another when two are written at once', async () => {
    await Promise.all([snapshotAt(6, 3_000_000), snapshotAt(9, 10)]);
    expect(journal.newestSnapshot().snapshot?.sequence).toBe(9);
    expect(journal.newestSnapshot((s) => s.sequence < 9).snapshot?.bytes).toHaveLength(3_000_000);
  });

  it('beyond a cut are set aside, so that they never stand for other entries', async () => {
    await snapshotAt(5);
    await snapshotAt(9);
    const last = [...journal.frames()].at(-1);
    await journal.close();
    spoil(
      '/j/segment-0000000001.journal',
      (bytes) => void bytes.fill(0xee, last?.offset, (last?.offset ?? 0) + 50),
    );
    const { journal: again, report } = await openJournal('/j', options(storage));
    expect(report.cut).toMatchObject({
      frame: 9,
      firstSequence: 9,
      offset: last?.offset,
      knownSynced: true,
    });
    expect(report.setAside).toEqual([`${nameOf(9)}.set-aside`]);
    await again.append([Buffer.from('another ninth')]);
    expect(again.newestSnapshot().snapshot?.sequence).toBe(5);
    await again.close();
    const { reader } = readJournal('/j', storage);
    expect([reader.id, reader.newestSnapshot().snapshot?.sequence]).toEqual([again.id, 5]);
  });

  it('without the entries before them stop the start', async () => {
    await snapshotAt(5);
    await journal.close();
    storage.remove('/j/segment-0000000001.journal');
    storage.remove('/j/synced.mark');
    await expect(openJournal('/j', options(storage))).rejects.toMatchObject({ code: 'damaged' });
  });
});
