/** What changes of rules would do, as it is told: by the API, and of a data folder on disk. */
import { rehearseRules, type Engine, type RulesChange } from '@plimsoll/core/engine';
import { knownMarket } from './draft.ts';
import { present, type PlainObject, type Scales } from './present.ts';
import { ProblemError, statusOf, type Figures } from './problem.ts';

/** Most units that one answer lists; the totals count all. */
const MOST_LISTED = 1_000;

/** Throws a `ProblemError` for an unknown market or rules that would be refused. */
export function rehearsalOf(
  engine: Engine,
  scales: Scales,
  changes: readonly RulesChange[],
): PlainObject {
  for (const { market } of changes) knownMarket(scales, market, `rules.${market}`);
  const rehearsal = rehearseRules(engine, changes);
  if ('code' in rehearsal) {
    const { code, message, figures } = rehearsal;
    const shown = present(figures, scales) as Figures;
    throw new ProblemError(statusOf(code), message, { code, figures: shown });
  }
  const units = rehearsal.units.slice(0, MOST_LISTED);
  return { sequence: engine.sequence, ...present({ ...rehearsal, units }, scales) };
}
