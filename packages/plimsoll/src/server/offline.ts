/** The engine that a data folder leads to, read without locking, cutting or changing anything. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createEngine, decodeState, marketView, type Engine } from '@plimsoll/core/engine';
import type { MarketRules, RulesChange } from '@plimsoll/core/engine';
import { JournalError, readJournal, type JournalReader } from '../journal/index.ts';
import { compileChecker } from './body.ts';
import { hashState, readCodeVersion } from './code-version.ts';
import { scalesOf } from './market-scales.ts';
import type { PlainObject } from './present.ts';
import { ProblemError } from './problem.ts';
import { replayEntry } from './recovery.ts';
import { rehearsalOf } from './rehearsal.ts';
import { RehearsalBody } from './schema/reading.ts';
import { ServerError } from './server-error.ts';

/** A book on disk that can be asked, as it was after the last command that is whole. */
export interface OfflineBook {
  /** A market's rules now; undefined for one that there is not. */
  readonly rulesOf: (market: string) => MarketRules | undefined;
  /** Throws a `ServerError` with the refusal's words. */
  readonly rehearse: (changes: readonly RulesChange[]) => PlainObject;
}

/** The journal's folder: the server keeps it inside the data folder, and either may be named. */
export function journalFolder(directory: string): string {
  const inner = join(directory, 'journal');
  return existsSync(inner) ? inner : directory;
}

/**
 * Reads the newest snapshot that this version wrote and what came after it. A server may be writing
 * meanwhile: a last frame that is not whole is left out. Throws a `ServerError` for damage.
 */
export function openOffline(directory: string): OfflineBook {
  const engine = readEngine(journalFolder(directory));
  const scales = scalesOf(engine);
  const check = compileChecker(RehearsalBody, 'body');
  return {
    rulesOf: (market) => marketView(engine, market)?.rules,
    rehearse: (changes) => {
      try {
        const rules = Object.fromEntries(changes.map((one) => [one.market, one.rules]));
        const verdict = check({ rules });
        if ('error' in verdict) throw verdict.error;
        return rehearsalOf(engine, scales, changes);
      } catch (cause) {
        if (!(cause instanceof ProblemError)) throw cause;
        throw new ServerError('refused', cause.problem.detail, { cause });
      }
    },
  };
}

function readEngine(directory: string): Engine {
  const reader = readSound(directory);
  const { engine, from } = startOf(reader);
  for (const entry of reader.read(from)) replayEntry(engine, entry);
  return engine;
}

function readSound(directory: string): JournalReader {
  try {
    const { reader, damage } = readJournal(directory);
    if (damage?.verdict !== 'halt') return reader;
    const remedy = 'plimsoll journal verify says where';
    throw new ServerError('damaged', `${directory} is damaged before its end: ${remedy}`);
  } catch (cause) {
    if (cause instanceof JournalError) throw new ServerError('folder', cause.message, { cause });
    throw cause;
  }
}

function startOf(reader: JournalReader): { readonly engine: Engine; readonly from: number } {
  const codeVersion = readCodeVersion();
  const { snapshot } = reader.newestSnapshot((label) => label.codeVersion === codeVersion);
  if (snapshot === undefined || hashState(snapshot.bytes) !== snapshot.stateHash)
    return { engine: createEngine(), from: 1 };
  return { engine: decodeState(snapshot.bytes), from: snapshot.sequence + 1 };
}
