/** One side of `tiers diff`: tables from a file or a rulebook, and documents under them. */
import { check, type Outcome } from '@plimsoll/core/margin';
import { rulebooks, tiersOfRulebook, tierVenue, type TierSet } from '@plimsoll/core/rulebook';
import { Failure } from './failure.ts';
import { isDay } from './day.ts';
import { otherVenue, readTiers, tablesByName, withoutTable, withTiers } from './tiers.ts';
import { unknownVenue } from './venues.ts';

export interface Side {
  /** As it was given. */
  readonly name: string;
  readonly set: TierSet;
  /** Markets whose rules are no level tables. */
  readonly left: readonly string[];
  readonly doubts: readonly string[];
  /** The figures of a document under these tables. */
  readonly check: (document: unknown) => Outcome;
}

/** Both sides; a file of ccxt, which names no venue, is read as the other side's. */
export async function readSides(before: string, after: string): Promise<readonly [Side, Side]> {
  const [old, now] = await Promise.all([readSide(before, null), readSide(after, null)]);
  const [first, second] = [old.set.venue, now.set.venue];
  if (first === second) return [old, now];
  if (first === null) return [await readSide(before, second), now];
  if (second === null) return [old, await readSide(after, first)];
  throw new Failure(`${before} is of ${first} and ${after} of ${second}: compare one venue`);
}

const OF_RULEBOOK = /^([a-z][a-z-]*)(?:@(.*))?$/;

async function readSide(name: string, venue: string | null): Promise<Side> {
  const [, id = '', day] = OF_RULEBOOK.exec(name) ?? [];
  if (day !== undefined || rulebooks.some((each) => each.id === id))
    return rulebookSide(name, id, day ?? null);
  const found = venue === null ? null : tierVenue(venue, null);
  const form = found === null || 'unfit' in found ? undefined : found;
  return fileSide(name, await readTiers(name, { venue, asOf: null, form }));
}

function rulebookSide(name: string, id: string, day: string | null): Side {
  const rulebook = rulebooks.find((each) => each.id === id);
  if (rulebook === undefined) throw new Failure(unknownVenue(id));
  if (day !== null && !isDay(day)) throw new Failure(`${name}: write the day as YYYY-MM-DD`, 2);
  const { left, doubts, ...set } = tiersOfRulebook(rulebook, day);
  if (set.tables.length === 0) throw new Failure(`${name}: no level tables of that day are known`);
  return {
    name,
    set,
    left,
    doubts,
    check: (document) => otherVenue(document, id) ?? check(dated(document, day), rulebooks),
  };
}

function fileSide(name: string, set: TierSet): Side {
  const tables = tablesByName(set);
  const answer = (document: unknown): Outcome =>
    otherVenue(document, set.venue) ??
    withoutTable(document, tables) ??
    check(withTiers(dated(document, set.asOf), tables), rulebooks);
  return { name, set, left: [], doubts: [], check: answer };
}

/** The rest of the rules is of the tables' day too. */
function dated(document: unknown, day: string | null): unknown {
  if (typeof document !== 'object' || document === null || day === null) return document;
  return Array.isArray(document) ? document : { ...document, asOf: day };
}
