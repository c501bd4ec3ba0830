/**
 * What was counted in pieces, added up: a long count is made in several runs, and a run that was
 * ended counts as far as it came. No input may be counted twice.
 */
import type { Result } from './document.ts';

/** Results of one kind that add up to one. */
export interface Whole {
  readonly result: Result;
  /** The runs that it comes from, each with its own. */
  readonly commands: readonly string[];
}

/** Which results are of the same thing; those of a full disk differ in how it was filled. */
function subjectOf(result: Result): string {
  return result.kind === 'full-disk' ? `${result.kind} ${result.shortage}` : result.kind;
}

/** One whole for each subject, in the order in which they first come. */
export function addUp(results: readonly Result[]): Whole[] {
  const subjects = [...new Set(results.map(subjectOf))];
  return subjects.map((subject) => {
    const pieces = results.filter((result) => subjectOf(result) === subject);
    return {
      result: pieces.reduce(sumOf),
      commands: pieces.map(({ command }) => command),
    };
  });
}

function sumOf(one: Result, other: Result): Result {
  const sum = together(one, other) as Result;
  if (sum.kind !== 'mutants') return sum;
  // A bug that was tried again counts once, as it was found last.
  const mutants = [...new Map(sum.mutants.map((mutant) => [mutant.name, mutant])).values()];
  const caught = mutants.filter(({ caughtBy }) => caughtBy !== null).length;
  return { ...sum, mutants, planted: mutants.length, caught };
}

/** Numbers are added, lists joined, tables added name by name; of texts the later stays. */
function together(one: object, other: object): object {
  const [a, b] = [new Map(Object.entries(one)), new Map(Object.entries(other))];
  const names = [...new Set([...a.keys(), ...b.keys()])];
  return Object.fromEntries(names.map((name) => [name, joined(name, a.get(name), b.get(name))]));
}

function joined(name: string, one: unknown, other: unknown): unknown {
  if (one === undefined || other === undefined) return one ?? other;
  if (Array.isArray(one) && Array.isArray(other)) return [...one, ...other] as unknown[];
  if (typeof one === 'number' && typeof other === 'number') return one + other;
  if (!isTable(one) || !isTable(other)) return other;
  // Every server was weighed by itself.
  return name === 'memory' ? larger(one, other) : together(one, other);
}

type Table = Readonly<Record<string, number>>;

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null;
}

function larger(one: Table, other: Table): Table {
  return Object.fromEntries(
    Object.entries(one).map(([name, value]) => [name, Math.max(value, other[name] ?? 0)]),
  );
}

interface Span {
  readonly subject: string;
  readonly from: number;
  readonly below: number;
}

/** Why the pieces do not add up: two that counted the same; undefined when none did. */
export function overlapOf(results: readonly Result[]): string | undefined {
  const spans = results.map(spanOf);
  for (const [k, one] of spans.entries()) {
    const twice = spans.findIndex(
      (other, at) =>
        at < k && other.subject === one.subject && other.from < one.below && one.from < other.below,
    );
    if (twice >= 0)
      return `"${results[k]?.command}" counts again what "${results[twice]?.command}" has counted`;
  }
  return undefined;
}

/**
 * Seeds and inputs have numbers; kills of one seed are the same ones; bugs are counted by name; all
 * else is one run.
 */
function spanOf(result: Result): Span {
  const { command } = result;
  if (result.kind === 'sim') {
    const from = Number(/--seeds (\d+)/.exec(command)?.[1] ?? 1);
    return { subject: 'sim', from, below: from + result.seeds };
  }
  if (result.kind === 'fuzz') {
    const from = Number(/--from (\d+)/.exec(command)?.[1] ?? 0);
    return { subject: `fuzz ${result.seed}`, from, below: from + result.inputs };
  }
  if (result.kind === 'mutants') return { subject: command, from: 0, below: 1 };
  const subject = result.kind === 'kill' ? `kill ${result.seed}` : subjectOf(result);
  return { subject, from: 0, below: 1 };
}
