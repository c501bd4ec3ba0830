/**
 * `npm run sim -- --seeds A..B [--commands N] [--trace] [--log] [--json FILE]`: the whole server in
 * one process, once for each seed. A seed that fails is told with the command that repeats it.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { simulate, type Outcome } from './run.ts';
import { Tally } from './tally.ts';

const COMMANDS = 300;

/** What a simulation of some seeds came to, as `--json` writes it. */
interface SeedsReport {
  readonly kind: 'sim';
  readonly seeds: number;
  readonly commands: number;
  readonly faults: number;
  readonly faultsByKind: Readonly<Record<string, number>>;
  readonly violations: number;
  readonly seconds: number;
  readonly command: string;
}

interface Wanted {
  readonly first: number;
  readonly last: number;
  readonly commands: number;
  readonly trace: boolean;
  readonly log: boolean;
  readonly json: string | undefined;
}

async function main(): Promise<void> {
  const wanted = readOptions();
  if (typeof wanted === 'string') {
    console.error(wanted);
    process.exitCode = 2;
    return;
  }
  const report = await runSeeds(wanted);
  if (wanted.json !== undefined) writeFileSync(wanted.json, `${JSON.stringify(report, null, 2)}\n`);
  const { seeds, commands, faults, violations } = report;
  console.log(`${seconds(report)} s, faults by kind:`, report.faultsByKind);
  console.log(
    `seeds: ${seeds}, commands: ${commands}, faults: ${faults}, violations: ${violations}`,
  );
  if (violations > 0) process.exitCode = 1;
}

function seconds(report: SeedsReport): string {
  return report.seconds.toFixed(1);
}

function readOptions(): Wanted | string {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '1..20' },
      commands: { type: 'string', default: String(COMMANDS) },
      trace: { type: 'boolean', default: false },
      log: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  });
  const range = /^(\d{1,9})(?:\.\.(\d{1,9}))?$/.exec(values.seeds);
  const commands = Number(values.commands);
  if (range === null) return `--seeds ${values.seeds}: give a range such as 1..100`;
  if (!Number.isSafeInteger(commands) || commands < 1)
    return `--commands ${values.commands}: give a whole number above 0`;
  const first = Number(range[1]);
  const { trace, log, json } = values;
  return { first, last: Number(range[2] ?? first), commands, trace, log, json };
}

async function runSeeds(wanted: Wanted): Promise<SeedsReport> {
  const begun = process.hrtime.bigint();
  const tally = new Tally();
  let [commands, violations] = [0, 0];
  for (let seed = wanted.first; seed <= wanted.last; seed += 1) {
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
    if (outcome.violations.length > 0) console.log(failureText(outcome, wanted.commands));
  }
  return {
    kind: 'sim',
    seeds: wanted.last - wanted.first + 1,
    commands,
    faults: tally.total,
    faultsByKind: tally.byKind(),
    violations,
    seconds: Number(process.hrtime.bigint() - begun) / 1e9,
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
