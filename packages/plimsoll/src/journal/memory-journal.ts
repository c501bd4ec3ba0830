/** The journal in memory: for tests, and for runs that need no disk. Nothing outlives it. */
import { createHash, randomBytes } from 'node:crypto';
import { readEntries } from './frame-reader.ts';
import type { Entry, Frame, Journal, Snapshot, SnapshotChoice, SnapshotLabel } from './journal.ts';
import { JournalError } from './journal-error.ts';

/** An empty journal in memory. Appends resolve in order on the next turn of the event loop. */
export function memoryJournal(): Journal {
  return new MemoryJournal();
}

class MemoryJournal implements Journal {
  readonly id: string = randomBytes(16).toString('hex');
  readonly #frames: Frame[] = [];
  #snapshots: Snapshot[] = [];
  #offset = 0;
  #appended = 0;
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  get lastSequence(): number {
    return this.#frames.at(-1)?.lastSequence ?? 0;
  }

  append(entries: readonly Uint8Array[]): Promise<number> {
    if (this.#closed) return Promise.reject(closed());
    const first = this.#appended + 1;
    this.#appended += entries.length;
    const kept = entries.map((bytes, index) => ({ sequence: first + index, bytes: bytes.slice() }));
    this.#last = this.#last.then(() => this.#keep(kept));
    return this.#last.then(() => first);
  }

  read(fromSequence = 1): IterableIterator<Entry> {
    return readEntries(this.frames(fromSequence), fromSequence);
  }

  frames(fromSequence = 1): IterableIterator<Frame> {
    const last = this.lastSequence;
    if (!Number.isSafeInteger(fromSequence) || fromSequence < 1 || fromSequence > last + 1)
      throw new JournalError(
        'out-of-range',
        `no entry ${fromSequence}: the journal holds 1 to ${last}`,
      );
    return this.#frames.filter((frame) => frame.lastSequence >= fromSequence).values();
  }

  newestSnapshot(accept: (label: SnapshotLabel) => boolean = () => true): SnapshotChoice {
    return { snapshot: this.#snapshots.findLast(accept), skipped: [] };
  }

  writeSnapshot(snapshot: Snapshot): Promise<void> {
    if (this.#closed) return Promise.reject(closed());
    if (snapshot.sequence > this.lastSequence)
      return Promise.reject(
        new JournalError('out-of-range', `entry ${snapshot.sequence} is not durable yet`),
      );
    const kept = { ...snapshot, bytes: snapshot.bytes.slice() };
    const others = this.#snapshots.filter(({ sequence }) => sequence !== snapshot.sequence);
    this.#snapshots = [...others, kept].sort((a, b) => a.sequence - b.sequence).slice(-2);
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#last;
  }

  #keep(entries: readonly Entry[]): void {
    const [first, last] = [entries[0], entries.at(-1)];
    if (first === undefined || last === undefined) return;
    const digest = createHash('sha256').update(this.#frames.at(-1)?.digest ?? '');
    for (const entry of entries) digest.update(entry.bytes);
    const bytes = entries.reduce((sum, entry) => sum + entry.bytes.length, 0);
    this.#frames.push({
      file: 'memory',
      offset: this.#offset,
      bytes,
      firstSequence: first.sequence,
      lastSequence: last.sequence,
      digest: digest.digest('hex').slice(0, 32),
      entries,
    });
    this.#offset += bytes;
  }
}

function closed(): JournalError {
  return new JournalError('closed', 'the journal in memory is closed');
}
