/** The durable order of commands: an append-only, chained, verified log and snapshots beside it. */
export type {
  Commit,
  Cut,
  Entry,
  FailureListener,
  Frame,
  Journal,
  JournalReader,
  OpeningReport,
  SkippedSnapshot,
  Snapshot,
  SnapshotChoice,
  SnapshotLabel,
} from './journal.ts';
export { makeFolder } from './disk-folder.ts';
export { JournalError, type JournalErrorCode } from './journal-error.ts';
export { openJournal, type JournalOptions, type OpenedJournal } from './file-journal.ts';
export { memoryJournal } from './memory-journal.ts';
export {
  describeJournal,
  readJournal,
  type JournalDescription,
  type OfflineJournal,
  type SegmentDescription,
  type SnapshotDescription,
} from './description.ts';
export { FaultyStorage, type Faults } from './faulty-storage.ts';
export type { OpenMode, Storage, StorageFile, Unlock } from './storage.ts';
