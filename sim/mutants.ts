/**
 * `--mutants`: plants one bug after another and looks whether it is caught. What is not caught is a
 * hole in the checks, not in the product.
 */
import type { Mutant } from './mutant.ts';
import { ENGINE_MUTANTS } from './mutants-of-engine.ts';
import { SERVER_MUTANTS } from './mutants-of-server.ts';
import { Copy, type Caught } from './plant.ts';

const COPIES = 2;

interface MutantRow {
  readonly name: string;
  readonly file: string;
  readonly why: string;
  /** The simulator or a test file; null when nobody noticed. */
  readonly caughtBy: string | null;
  readonly seed: number | null;
  /** The violation, or the test that failed. */
  readonly reason: string | null;
}

/** What came of the planted bugs, as `--json` writes it. */
export interface MutantsReport {
  readonly kind: 'mutants';
  readonly planted: number;
  readonly caught: number;
  readonly mutants: readonly MutantRow[];
  readonly seconds: number;
  readonly date: string;
  readonly command: string;
}

/** Tries those whose names contain `named` (all by default), each with at most so many seeds. */
export async function tryMutants(seeds: number, named = ''): Promise<MutantsReport> {
  const begun = process.hrtime.bigint();
  const mutants = [...SERVER_MUTANTS, ...ENGINE_MUTANTS].filter(({ name }) => name.includes(named));
  const copies = Array.from({ length: COPIES }, () => new Copy());
  const found = new Map<Mutant, Caught | null>();
  try {
    const complaint = await copies[0]?.complaint(mutants);
    if (complaint !== undefined) throw new Error(complaint);
    const left = [...mutants];
    await Promise.all(copies.map((copy) => work({ copy, left, found, seeds })));
  } finally {
    for (const copy of copies) copy.remove();
  }
  const rows = mutants.map((mutant) => rowOf(mutant, found.get(mutant) ?? null));
  return {
    kind: 'mutants',
    planted: rows.length,
    caught: rows.filter(({ caughtBy }) => caughtBy !== null).length,
    mutants: rows,
    seconds: Number(process.hrtime.bigint() - begun) / 1e9,
    date: new Date().toISOString().slice(0, 10),
    command: `npm run sim -- --mutants --seeds 1..${seeds}${named === '' ? '' : ` --only "${named}"`}`,
  };
}

interface Work {
  readonly copy: Copy;
  readonly left: Mutant[];
  readonly found: Map<Mutant, Caught | null>;
  readonly seeds: number;
}

async function work({ copy, left, found, seeds }: Work): Promise<void> {
  for (let next = left.shift(); next !== undefined; next = left.shift()) {
    const caught = await copy.try(next, seeds);
    found.set(next, caught);
    console.log(lineOf(next, caught));
  }
}

function lineOf({ name }: Mutant, caught: Caught | null): string {
  if (caught === null) return `SURVIVES: ${name}`;
  const seed = caught.seed === null ? '' : ` with seed ${caught.seed}`;
  return `caught: ${name}, by ${caught.by}${seed} (${caught.reason})`;
}

function rowOf({ name, file, why }: Mutant, caught: Caught | null): MutantRow {
  const { by = null, seed = null, reason = null } = caught ?? {};
  return { name, file, why, caughtBy: by, seed, reason };
}
