/**
 * `--mutants`: plants one bug after another and looks whether it is caught. What is not caught is a
 * hole in the checks, not in the product.
 */
import type { Mutant } from './mutant.ts';
import { ENGINE_MUTANTS } from './mutants-of-engine.ts';
import { SERVER_MUTANTS } from './mutants-of-server.ts';
import { Copy, type Caught } from './plant.ts';

const COPIES = 2;
const SOUND_SEEDS = 5;

/** What came of the planted bugs, as `--json` writes it. */
export interface MutantsReport {
  readonly kind: 'mutants';
  readonly planted: number;
  readonly caught: number;
  readonly mutants: readonly {
    readonly name: string;
    readonly file: string;
    readonly why: string;
    /** The simulator or a test file; null when nobody noticed. */
    readonly caughtBy: string | null;
    readonly seed: number | null;
  }[];
}

/** Tries those whose names contain `named` (all by default), each with at most so many seeds. */
export async function tryMutants(seeds: number, named = ''): Promise<MutantsReport> {
  const mutants = [...SERVER_MUTANTS, ...ENGINE_MUTANTS].filter(({ name }) => name.includes(named));
  const copies = Array.from({ length: COPIES }, () => new Copy());
  const found = new Map<Mutant, Caught | null>();
  try {
    const complaint = await copies[0]?.complaint(mutants, SOUND_SEEDS);
    if (complaint !== undefined) throw new Error(complaint);
    const left = [...mutants];
    await Promise.all(copies.map((copy) => work({ copy, left, found, seeds })));
  } finally {
    for (const copy of copies) copy.remove();
  }
  return reportOf(mutants, found);
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
    const seed = caught?.seed === null ? '' : ` with seed ${caught?.seed ?? 0}`;
    console.log(
      caught === null ? `SURVIVES: ${next.name}` : `caught: ${next.name}, by ${caught.by}${seed}`,
    );
  }
}

function reportOf(
  mutants: readonly Mutant[],
  found: ReadonlyMap<Mutant, Caught | null>,
): MutantsReport {
  const rows = mutants.map((mutant) => {
    const { name, file, why } = mutant;
    const caught = found.get(mutant) ?? null;
    return { name, file, why, caughtBy: caught?.by ?? null, seed: caught?.seed ?? null };
  });
  const caught = rows.filter(({ caughtBy }) => caughtBy !== null).length;
  return { kind: 'mutants', planted: rows.length, caught, mutants: rows };
}
