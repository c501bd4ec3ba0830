/**
 * `npm run sim -- --seeds A..B [--commands N] [--first-failure] [--trace] [--log] [--verbose]
 * [--json FILE]`: the whole server in one process, once for each seed; a seed that fails is told
 * with the command that repeats it. `npm run sim -- --mutants [--seeds 1..N] [--only TEXT]
 * [--json FILE]`: bugs are planted, and caught or not.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { tryMutants } from './mutants.ts';
import { simulate, type Outcome } from './run.ts';
import { Tally } from './tally.ts';

const COMMANDS = 300;
/** Seeds after which a planted bug counts as not caught by the simulator. */
const MUTANT_SEEDS = 60;

/** What a simulation of some seeds came to, as `--json` writes it. */
interface SeedsReport {
  readonly kind: 'sim';
  readonly seeds: number;
  readonly commands: number;
  readonly faults: number;
  readonly faultsByKind: Readonly<Record<string, number>>;
  /** What the runs came to: events, reads, commands that waited or were turned away. */
  readonly metByKind: Readonly<Record<string, number>>;
  readonly violations: number;
  readonly seconds: number;
  readonly date: string;
  readonly command: string;
}

interface Wanted {
  readonly first: number;
  readonly last: number;
  readonly commands: number;
  readonly mutants: boolean;
  /** Planted bugs whose names contain it. */
  readonly only: string;
  readonly firstFailure: boolean;
  readonly trace: boolean;
  readonly log: boolean;
  /** Says also what the runs came to, by kind. */
  readonly verbose: boolean;
  readonly json: string | undefined;
}

async function main(): Promise<void> {
  const wanted = readOptions();
  if (typeof wanted === 'string') {
    console.error(wanted);
    process.exitCode = 2;
  } else if (wanted.mutants) await plantBugs(wanted);
  else await simulateSeeds(wanted);
}

async function simulateSeeds(wanted: Wanted): Promise<void> {
  const report = await runSeeds(wanted);
  save(wanted, report);
  const { seeds, commands, faults, violations } = report;
  if (wanted.verbose) console.log('met, by kind:', report.metByKind);
  console.log(`${report.seconds.toFixed(1)} s, faults by kind:`, report.faultsByKind);
  console.log(
    `seeds: ${seeds}, commands: ${commands}, faults: ${faults}, violations: ${violations}`,
  );
  if (violations > 0) process.exitCode = 1;
}

async function plantBugs(wanted: Wanted): Promise<void> {
  const report = await tryMutants(wanted.last, wanted.only);
  save(wanted, report);
  const { planted, caught } = report;
  console.log(`planted: ${planted}, caught: ${caught}`);
  if (caught < planted) process.exitCode = 1;
}

function save({ json }: Wanted, report: object): void {
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
}

function readOptions(): Wanted | string {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string' },
      mutants: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      'first-failure': { type: 'boolean', default: false },
      commands: { type: 'string', default: String(COMMANDS) },
      trace: { type: 'boolean', default: false },
      log: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  });
  const { mutants, only, trace, log, verbose, json } = values;
  const seeds = values.seeds ?? (mutants ? `1..${MUTANT_SEEDS}` : '1..20');
  const range = /^(\d{1,9})(?:\.\.(\d{1,9}))?$/.exec(seeds);
  const commands = Number(values.commands);
  if (range === null) return `--seeds ${seeds}: give a range such as 1..100`;
  if (!Number.isSafeInteger(commands) || commands < 1)
    return `--commands ${values.commands}: give a whole number above 0`;
  const first = Number(range[1]);
  const last = Number(range[2] ?? first);
  const firstFailure = values['first-failure'];
  return { first, last, commands, mutants, only, firstFailure, trace, log, verbose, json };
}

async function runSeeds(wanted: Wanted): Promise<SeedsReport> {
  const begun = process.hrtime.bigint();
  const tally = new Tally();
  let [commands, violations] = [0, 0];
  let last = wanted.last;
  for (let seed = wanted.first; seed <= last; seed += 1) {
    const tell = wanted.log ? console.log : undefined;
    const outcome = await simulate({
      seed,
      commands: wanted.commands,
      ...(tell === undefined ? {} : { tell }),
    });
    tally.add(outcome.tally);
    commands += outcome.commands;
    violations += outcome.violations.length;
    if (wanted.trace) console.log(`seed ${seed}: trace ${outcome.trace}`);
    if (outcome.violations.length === 0) continue;
    console.log(failureText(outcome, wanted.commands));
    if (wanted.firstFailure) last = seed;
  }
  return {
    kind: 'sim',
    seeds: last - wanted.first + 1,
    commands,
    faults: tally.total,
    faultsByKind: tally.faultsByKind(),
    metByKind: tally.metByKind(),
    violations,
    seconds: Number(process.hrtime.bigint() - begun) / 1e9,
    date: new Date().toISOString().slice(0, 10),
    command: `npm run sim -- --seeds ${wanted.first}..${wanted.last} --commands ${wanted.commands}`,
  };
}

function failureText({ seed, options, violations }: Outcome, commands: number): string {
  return [
    `seed ${seed} fails; again with its log: npm run sim -- --seeds ${seed} --commands ${commands} --log`,
    `  what it was like: ${JSON.stringify(options)}`,
    ...violations.map((violation) => `  ${violation}`),
  ].join('\n');
}

await main();
