/** Damage of every kind: cut if it is the last frame, halt otherwise, never silently wrong. */
import { beforeAll, describe, expect, it } from 'vitest';
import { describeJournal, FaultyStorage, openJournal, readJournal, type Frame } from './index.ts';

const SEGMENT_BYTES = 2048;
const FIRST = '/j/segment-0000000001.journal';
const MARK = '/j/synced.mark';

type Files = ReadonlyMap<string, Uint8Array>;

interface Log {
  readonly files: Files;
  readonly frames: readonly Frame[];
  readonly entries: readonly string[];
}

function copyOf(storage: FaultyStorage): Files {
  const names = storage.list('/j').map((name) => `/j/${name}`);
  return new Map(names.map((path) => [path, storage.bytesOf(path).slice()]));
}

function sameFiles(a: Files, b: Files): boolean {
  const same = ([path, bytes]: [string, Uint8Array]): boolean =>
    Buffer.compare(bytes, b.get(path) ?? new Uint8Array(0)) === 0;
  return a.size === b.size && [...a].every(same);
}

/** A log of frames with one to three entries each. */
async function makeLog(frameCount: number, entryBytes: number): Promise<Log> {
  const storage = new FaultyStorage(1);
  const { journal } = await openJournal('/j', { storage, segmentBytes: SEGMENT_BYTES });
  const entries: string[] = [];
  for (let k = 0; k < frameCount; k += 1) {
    const group = Array.from({ length: 1 + (k % 3) }, (_, n) =>
      `${k}.${n} `.padEnd(entryBytes, '#'),
    );
    entries.push(...group);
    await journal.append(group.map((text) => Buffer.from(text)));
  }
  const frames = [...journal.frames()];
  await journal.close();
  return { files: copyOf(storage), frames, entries };
}

let one: Log;
let several: Log;
beforeAll(async () => {
  one = await makeLog(10, 24);
  several = await makeLog(24, 150);
  expect([...one.files.keys()].filter((name) => name.includes('segment'))).toHaveLength(1);
  expect([...several.files.keys()].filter((name) => name.includes('segment'))).toHaveLength(5);
});

interface Outcome {
  readonly kind: 'whole' | 'cut' | 'halt';
  readonly entries: readonly string[];
  readonly message: string;
  readonly knownSynced: boolean;
}

/**
 * Opens a folder of `files`; after a cut, appends and opens once more, which must find no damage.
 */
async function outcomeOf(files: Files): Promise<Outcome> {
  const storage = new FaultyStorage(1);
  for (const [path, bytes] of files) storage.plant(path, bytes);
  const options = { storage, segmentBytes: SEGMENT_BYTES };
  const opened = await openJournal('/j', options).catch((error: Error) => error);
  if (opened instanceof Error) {
    expect(opened).toMatchObject({ name: 'JournalError', code: 'damaged' });
    expect(sameFiles(copyOf(storage), files)).toBe(true);
    return { kind: 'halt', entries: [], message: opened.message, knownSynced: false };
  }
  const { journal, report } = opened;
  const entries = Array.from(journal.read(), ({ bytes }) => Buffer.from(bytes).toString());
  await journal.append([Buffer.from('after')]);
  await journal.close();
  storage.losePower();
  const again = await openJournal('/j', options);
  expect(again.report.cut).toBeUndefined();
  expect(again.journal.lastSequence).toBe(entries.length + 1);
  await again.journal.close();
  const { cut } = report;
  return {
    kind: cut ? 'cut' : 'whole',
    entries,
    message: cut?.why ?? '',
    knownSynced: cut?.knownSynced ?? false,
  };
}

function changed(
  files: Files,
  path: string,
  change: (bytes: Uint8Array) => Uint8Array | void,
): Files {
  const bytes = files.get(path)?.slice() ?? new Uint8Array(0);
  return new Map([...files, [path, change(bytes) ?? bytes]]);
}

function without(files: Files, path: string): Files {
  return new Map([...files].filter(([name]) => name !== path));
}

const segmentPath = (index: number): string => `/j/segment-000000000${index}.journal`;

/** A change that flips the bits of `mask` in the byte at `at`. */
function flip(at: number, mask: number) {
  return (bytes: Uint8Array): void => void (bytes[at] = (bytes[at] ?? 0) ^ mask);
}

function nth<T>(values: readonly T[], index: number): T {
  const value = values.at(index);
  if (value === undefined) throw new Error(`there is no number ${index}`);
  return value;
}

function fileIn(files: Files, path: string): Uint8Array {
  return nth(
    [...files].filter(([name]) => name === path),
    0,
  )[1];
}

/** All entries but those of the last frame. */
function shorter({ entries, frames }: Log): readonly string[] {
  return entries.slice(0, (frames.at(-1)?.firstSequence ?? 1) - 1);
}

const last = ({ frames }: Log): Frame => nth(frames, -1);

describe.each([true, false])('with a synced mark: %s', (marked) => {
  const filesOf = (log: Log): Files => (marked ? log.files : without(log.files, MARK));

  it('cuts the last frame when the file ends anywhere in it', async () => {
    const { offset, bytes } = last(one);
    for (let end = offset; end < offset + bytes; end += 1) {
      const outcome = await outcomeOf(changed(filesOf(one), FIRST, (b) => b.slice(0, end)));
      expect([end, outcome.kind, outcome.knownSynced]).toEqual([end, 'cut', marked]);
      expect(outcome.entries).toEqual(shorter(one));
    }
  });

  it('cuts the last frame when it ends in zeros', async () => {
    const { offset, bytes } = last(one);
    for (let end = offset; end < offset + bytes; end += 1) {
      const outcome = await outcomeOf(changed(filesOf(one), FIRST, (b) => void b.fill(0, end)));
      const unseen = !marked && end === offset;
      const lost = fileIn(one.files, FIRST)
        .subarray(end, offset + bytes)
        .some((byte) => byte !== 0);
      expect([end, outcome.kind]).toEqual([end, unseen || !lost ? 'whole' : 'cut']);
      expect(outcome.entries).toEqual(lost ? shorter(one) : one.entries);
    }
  });

  it('cuts the last frame or halts, as promised, for a bit flipped in every byte', async () => {
    const { offset, bytes } = last(one);
    for (let at = 0; at < offset + bytes; at += 1) {
      const mask = 1 << ((at * 5 + 3) % 8);
      const outcome = await outcomeOf(changed(filesOf(one), FIRST, flip(at, mask)));
      expect([at, outcome.kind]).toEqual([at, at < offset ? 'halt' : 'cut']);
      if (outcome.kind === 'cut') expect(outcome.entries).toEqual(shorter(one));
    }
  });

  it('halts for a bit flipped anywhere before the last of several segments', async () => {
    const paths = [...several.files.keys()].filter((name) => name.includes('segment')).slice(0, -1);
    for (const file of paths) {
      for (let at = 0; at < SEGMENT_BYTES; at += 7) {
        const outcome = await outcomeOf(changed(filesOf(several), file, flip(at, 1)));
        expect([file, at, outcome.kind]).toEqual([file, at, 'halt']);
        expect(outcome.message).toContain(file);
      }
    }
  });

  it('takes away what is not zero behind the last frame, and says so', async () => {
    const end = last(one).offset + last(one).bytes;
    for (let at = end; at < SEGMENT_BYTES; at += 13) {
      const outcome = await outcomeOf(changed(filesOf(one), FIRST, (b) => void (b[at] = 1)));
      expect([at, outcome.kind, outcome.knownSynced]).toEqual([at, 'cut', false]);
      expect(outcome.entries).toEqual(one.entries);
    }
  });

  it('halts when any two neighbouring frames are swapped', async () => {
    for (let k = 1; k < one.frames.length; k += 1) {
      const [a, b] = [nth(one.frames, k - 1), nth(one.frames, k)];
      const files = changed(filesOf(one), FIRST, (bytes) => {
        const [left, right] = [
          bytes.slice(a.offset, b.offset),
          bytes.slice(b.offset, b.offset + b.bytes),
        ];
        bytes.set(right, a.offset);
        bytes.set(left, a.offset + right.length);
      });
      expect([k, (await outcomeOf(files)).kind]).toEqual([k, 'halt']);
    }
  });

  it('halts when a frame is doubled, dropped or copied over another', async () => {
    const { frames } = one;
    for (const [from, to] of [
      [9, 10],
      [3, 10],
      [3, 5],
      [5, 3],
      [4, 3],
    ] as const) {
      const source = nth(frames, from);
      const target = frames[to]?.offset ?? last(one).offset + last(one).bytes;
      const files = changed(filesOf(one), FIRST, (bytes) =>
        bytes.set(bytes.slice(source.offset, source.offset + source.bytes), target),
      );
      expect([from, to, (await outcomeOf(files)).kind]).toEqual([from, to, 'halt']);
    }
    const dropped = changed(filesOf(one), FIRST, (bytes) => {
      bytes.copyWithin(nth(frames, 4).offset, nth(frames, 5).offset);
    });
    expect((await outcomeOf(dropped)).kind).toBe('halt');
  });

  it('halts when a segment is missing, swapped, doubled, renamed or another journal’s', async () => {
    const files = filesOf(several);
    const bytes = (index: number): Uint8Array => fileIn(files, segmentPath(index));
    const other = await makeLog(24, 150);
    const cases: readonly [string, Files][] = [
      ['the first is missing', without(files, segmentPath(1))],
      ['one is missing', without(files, segmentPath(3))],
      [
        'two are swapped',
        new Map([...files, [segmentPath(2), bytes(3)], [segmentPath(3), bytes(2)]]),
      ],
      ['one is doubled at the end', new Map([...files, [segmentPath(6), bytes(5)]])],
      ['one is doubled over the next', new Map([...files, [segmentPath(3), bytes(2)]])],
      ['one is renamed', new Map([...without(files, segmentPath(5)), [segmentPath(7), bytes(5)]])],
      [
        'one is another journal’s',
        new Map([...files, [segmentPath(3), fileIn(other.files, segmentPath(3))]]),
      ],
      ['one is shorter', changed(files, segmentPath(2), (b) => b.slice(0, -1))],
      ['one is longer', changed(files, segmentPath(2), (b) => Buffer.concat([b, Buffer.alloc(1)]))],
      ['one is empty', changed(files, segmentPath(5), () => new Uint8Array(0))],
    ];
    for (const [name, damaged] of cases)
      expect([name, (await outcomeOf(damaged)).kind]).toEqual([name, 'halt']);
  });
});

/** A journal of six frames under a fixed id; frame `other`, if any, holds another text. */
async function twin(other: number): Promise<Log> {
  const storage = new FaultyStorage(1);
  const journalId = new Uint8Array(16).fill(9);
  const options = { storage, segmentBytes: SEGMENT_BYTES, journalId };
  const { journal } = await openJournal('/j', options);
  for (let k = 0; k < 6; k += 1)
    await journal.append([Buffer.from(k === other ? 'forged' : `text ${k}`)]);
  const frames = [...journal.frames()];
  await journal.close();
  return { files: copyOf(storage), frames, entries: [] };
}

it('halts when a frame is replaced by one that is whole and has its number', async () => {
  const log = await twin(-1);
  for (let k = 0; k < 6; k += 1) {
    const { offset, bytes } = nth(log.frames, k);
    const forged = fileIn((await twin(k)).files, FIRST).slice(offset, offset + bytes);
    const files = changed(log.files, FIRST, (b) => b.set(forged, offset));
    expect([k, (await outcomeOf(files)).kind]).toEqual([k, 'halt']);
    const unmarked = (await outcomeOf(without(files, MARK))).kind;
    expect([k, unmarked]).toEqual([k, k < 5 ? 'halt' : 'whole']);
  }
});

describe('the synced mark', () => {
  it('halts when more than the last frame ended in zeros or is gone', async () => {
    for (const { offset } of one.frames.slice(0, -1)) {
      const zeros = changed(one.files, FIRST, (b) => void b.fill(0, offset));
      expect((await outcomeOf(zeros)).kind).toBe('halt');
      expect((await outcomeOf(changed(one.files, FIRST, (b) => b.slice(0, offset)))).kind).toBe(
        'halt',
      );
    }
    expect((await outcomeOf(without(one.files, FIRST))).kind).toBe('halt');
    const lastSegment = '/j/segment-0000000005.journal';
    expect((await outcomeOf(without(several.files, lastSegment))).message).toContain(lastSegment);
  });

  it('halts when the folder was put back to an earlier day under it', async () => {
    const earlier = await makeLog(10, 24);
    const mixed = new Map([...one.files, [FIRST, fileIn(earlier.files, FIRST)]]);
    expect((await outcomeOf(mixed)).message).toContain('another journal');
  });

  it('is passed over when it is damaged itself', async () => {
    for (let at = 0; at < 68; at += 1) {
      const outcome = await outcomeOf(changed(one.files, MARK, flip(at, 4)));
      expect([at, outcome.kind, outcome.entries]).toEqual([at, 'whole', one.entries]);
    }
  });
});

describe('looking without touching', () => {
  it('says what a start would do, and reads up to the damage', () => {
    const frame = nth(one.frames, 6);
    const files = changed(one.files, FIRST, flip(frame.offset + 50, 1));
    const storage = new FaultyStorage(1);
    for (const [path, bytes] of files) storage.plant(path, bytes);
    const found = describeJournal('/j', storage);
    expect(found.damage).toMatchObject({ verdict: 'halt', frame: 7, offset: frame.offset });
    expect(found.damage?.message).toMatch(
      /segment-0000000001.journal is damaged at byte \d+: frame 7 \(from entry 13\)/,
    );
    expect([found.frames, found.entries, found.syncedMark]).toEqual([
      6,
      frame.firstSequence - 1,
      'found',
    ]);
    const { reader } = readJournal('/j', storage);
    const texts = Array.from(reader.read(), ({ bytes }) => Buffer.from(bytes).toString());
    expect(texts).toEqual(one.entries.slice(0, frame.firstSequence - 1));
    expect(sameFiles(copyOf(storage), files)).toBe(true);
  });

  it('adds up what a whole journal holds', () => {
    const storage = new FaultyStorage(1);
    for (const [path, bytes] of several.files) storage.plant(path, bytes);
    const found = describeJournal('/j', storage);
    expect(found).toMatchObject({ frames: 24, entries: several.entries.length, damage: undefined });
    expect(found.segments).toHaveLength(5);
    expect(found.bytes).toBe(several.frames.reduce((sum, { bytes }) => sum + bytes, 5 * 68));
  });

  it('says so when there is no journal', () => {
    expect(() => describeJournal('/nowhere', new FaultyStorage(1))).toThrow('holds no journal');
  });
});
