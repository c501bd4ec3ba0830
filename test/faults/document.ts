/** Writes `docs/reliability.md`: the promises, the test behind each, and what was counted. */
import type { DamageResult, Outcomes } from './damage.ts';
import type { FullDiskResult } from './full-disk.ts';
import type { FuzzResult } from './fuzz.ts';
import type { KillResult } from './kill.ts';
import type { StopResult } from './stop.ts';

/** When a result was counted, how long it took, and by which command. */
interface Counted {
  readonly command: string;
  readonly date?: string;
  readonly seconds: number;
}

interface SimulatorResult {
  readonly kind: 'sim';
  readonly seeds: number | string;
  readonly commands: number;
  readonly faults: number;
  readonly violations: number | readonly unknown[];
}

interface MutantsResult {
  readonly kind: 'mutants';
  readonly planted: number;
  readonly caught: number;
}

export type Result = Counted &
  (
    | KillResult
    | StopResult
    | FullDiskResult
    | DamageResult
    | FuzzResult
    | SimulatorResult
    | MutantsResult
  );

/** What `docs/reliability.json` holds. */
export interface Results {
  /** Where they were counted. */
  readonly machine: string;
  readonly results: readonly Result[];
}

const FAULTS = 'test/faults/faults.test.ts';
const PROMISES: readonly (readonly [promise: string, tests: string])[] = [
  ['What was acknowledged is on disk and survives a kill, with the same answer', FAULTS],
  ['Every answer waits for the sync of its frame', 'packages/plimsoll/src/journal/process.test.ts'],
  [
    'Asked again under the same key, a command is executed once and answered the same',
    `${FAULTS}, packages/plimsoll/src/server/serve.test.ts`,
  ],
  [
    'Replay of the journal, recovery and the live state have the same bytes',
    `${FAULTS}, packages/plimsoll/src/server/serve.test.ts`,
  ],
  [
    'A damaged last frame is cut and said; any other damage stops the start and names the frame',
    `${FAULTS}, packages/plimsoll/src/journal/damage.test.ts`,
  ],
  ['A disk without room stops the server; nothing acknowledged is lost', FAULTS],
  [
    'A price that is too old liquidates nobody',
    `${FAULTS}, packages/plimsoll/src/server/prices.test.ts`,
  ],
  [
    'The feed leaves no event out and tells none twice',
    `${FAULTS}, packages/plimsoll/src/server/feed.test.ts`,
  ],
  [
    'What is refused changes nothing, is never answered with 5xx, and costs no memory',
    `${FAULTS}, test/bad-input-http.test.ts`,
  ],
];

/** The document, as it must stand in `docs`. */
export function documentOf({ machine, results }: Results): string {
  const promises = PROMISES.map(([promise, tests]) => `| ${promise} | ${code(tests)} |`);
  const rows = results.map((result) => {
    const { command, date = '', seconds } = result;
    return `| ${titleOf(result)} | ${countsOf(result)} | ${date} | ${Math.round(seconds)} | \`${command}\` |`;
  });
  return `# Reliability

Made by \`npm run reliability\` from \`docs/reliability.json\`; not written by hand.

## Promises and the tests behind them

All of them run with \`npm test\`; in CI \`${FAULTS}\` kills 20 times, opens every damaged log and sends 100,000 inputs.

| promise | tests |
| --- | --- |
${promises.join('\n')}

## What was counted

On ${machine}. The counts are of what ran, also where a command asks for more and was ended before.
\`npm run faults -- KIND --json data/reliability/KIND.json\` counts anew, \`npm run reliability\` writes it here.

| fault | counted | date | seconds | command |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}

function code(names: string): string {
  return names
    .split(', ')
    .map((name) => `\`${name}\``)
    .join(', ');
}

function titleOf(result: Result): string {
  switch (result.kind) {
    case 'kill':
      return 'SIGKILL under load';
    case 'stop':
      return 'SIGSTOP under load';
    case 'full-disk':
      return result.shortage === 'tmpfs' ? 'full disk (tmpfs)' : 'full disk (limit on files)';
    case 'damage':
      return `damaged log of ${result.records} records`;
    case 'fuzz':
      return 'fuzz of HTTP and WebSocket';
    case 'sim':
      return 'simulation';
    case 'mutants':
      return 'mutants of the simulation';
  }
}

function countsOf(result: Result): string {
  switch (result.kind) {
    case 'kill':
      return list([
        [result.kills, `kills, ${result.whileStarting} of them while starting`],
        [result.acknowledged, 'commands acknowledged'],
        [result.unansweredKept + result.unansweredLost, 'under way at a kill'],
        [result.askedAgain, 'asked again'],
        [result.hashesCompared, 'recoveries compared by hash'],
        [result.faults.length, 'lost, doubled or answered otherwise'],
      ]);
    case 'stop':
      return list([
        [result.secondsStopped, 's stopped'],
        [result.timeouts, 'times given up waiting'],
        [result.acknowledged, 'commands'],
        [result.eventsFollowed, 'events followed'],
        [result.recoveredMs, 'ms to the first answer'],
        [result.liquidatedByStale, 'liquidated by the old price'],
        [result.faults.length, 'faults'],
      ]);
    case 'full-disk':
      return list([
        [result.acknowledged, 'acknowledged'],
        [result.turnedAway, 'turned away'],
        [result.askedAgain, 'asked again after the restart'],
        [result.faults.length, 'faults'],
      ]);
    case 'damage':
      return damageCounts(result);
    case 'fuzz':
      return fuzzCounts(result);
    case 'sim':
      return simulatorCounts(result);
    case 'mutants':
      return list([
        [result.planted, 'planted'],
        [result.caught, 'caught'],
      ]);
  }
}

function simulatorCounts({ seeds, commands, faults, violations }: SimulatorResult): string {
  const broken = typeof violations === 'number' ? violations : violations.length;
  return list([
    [seeds, 'seeds'],
    [commands, 'commands'],
    [faults, 'faults'],
    [broken, 'violations'],
  ]);
}

function damageCounts({ truncated, zeroed, flipped, faults }: DamageResult): string {
  return [
    openingsOf(truncated, 'ends'),
    openingsOf(zeroed, 'zeroed tails'),
    openingsOf(flipped, 'flipped bits'),
    `${faults.length} silently wrong`,
  ].join('; ');
}

function openingsOf({ openings, cut, halted, whole }: Outcomes, how: string): string {
  const said = [`${count(cut)} cut the last frame`, `${count(halted)} halted`, `${whole} whole`];
  return `${count(openings)} ${how} (${said.join(', ')})`;
}

function fuzzCounts(result: FuzzResult): string {
  const { answers, memory } = result;
  const broken = Object.entries(answers)
    .filter(([status]) => Number(status) >= 500)
    .reduce((sum, [, times]) => sum + times, 0);
  return list([
    [result.inputs, `inputs (seed ${result.seed}), ${count(result.feeds)} of them feeds`],
    [broken, 'answers of 5xx, declared 503 included'],
    [result.accepted, 'commands accepted'],
    [result.refused, 'refused, the book compared around each'],
    [memory.most, `MiB at most, ${memory.last} at the end`],
    [result.faults.length, 'faults'],
  ]);
}

function list(counts: readonly (readonly [value: number | string, what: string])[]): string {
  return counts.map(([value, what]) => `${count(value)} ${what}`).join('; ');
}

function count(value: number | string): string {
  return typeof value === 'number' ? value.toLocaleString('en-US') : value;
}
