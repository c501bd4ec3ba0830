/** Writes `docs/reliability.md`: the promises, the test behind each, and what was counted. */
import type { MutantsReport } from '../../sim/mutants.ts';
import type { DamageResult, Outcomes } from './damage.ts';
import type { FullDiskResult } from './full-disk.ts';
import type { FuzzResult } from './fuzz.ts';
import type { KillResult } from './kill.ts';
import { addUp, type Whole } from './pieces.ts';
import type { StopResult } from './stop.ts';

/** When a result was counted, how long it took, and by which command. */
interface Counted {
  readonly command: string;
  readonly date?: string;
  readonly seconds: number;
}

interface SimulatorResult {
  readonly kind: 'sim';
  readonly seeds: number;
  readonly commands: number;
  readonly faults: number;
  readonly faultsByKind: Counts;
  /** What the runs came to, by kind. */
  readonly metByKind?: Counts;
  readonly violations: number;
}

type Counts = Readonly<Record<string, number>>;
type MutantsResult = Pick<MutantsReport, 'kind' | 'planted' | 'caught' | 'mutants'>;

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
const SIMULATION = 'test/simulation.test.ts';
const ENGINE = 'packages/core/src/engine';
const PROMISES: readonly (readonly [promise: string, tests: string])[] = [
  [
    'Every law of ARCHITECTURE.md holds after every command, whatever fails',
    `${SIMULATION}, ${ENGINE}/simulation.test.ts`,
  ],
  [
    'Nobody stands below a line unseen: the index finds whoever the sweep finds',
    `${ENGINE}/breach-index.test.ts, ${ENGINE}/sweep.test.ts`,
  ],
  [
    'Requirements and lines are those of the exact definition, also at every edge',
    `${ENGINE}/agreement.test.ts, ${ENGINE}/at-the-edge.test.ts`,
  ],
  [
    'A snapshot leaves nothing out, and replay from it comes to the same bytes',
    `${ENGINE}/snapshot.test.ts, ${ENGINE}/simulation.test.ts`,
  ],
  [
    'Under load prices and liquidations go first and none is lost; what is turned away did nothing',
    `packages/plimsoll/src/server/overload.test.ts, ${SIMULATION}`,
  ],
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
  const wholes = addUp(results);
  return [
    HEAD,
    table(
      ['promise', 'tests'],
      PROMISES.map(([promise, tests]) => [promise, code(tests)]),
    ),
    countedText(machine),
    table(['fault', 'counted', 'date', 'seconds', 'commands'], wholes.map(rowOf)),
    ...wholes.flatMap(({ result }) => detailsOf(result)),
    HOW_TO,
  ].join('\n\n');
}

const HEAD = `# Reliability

Made by \`npm run reliability\` from \`docs/reliability.json\`; not written by hand.

## Promises and the tests behind them

All of them run with \`npm test\`; in CI \`${FAULTS}\` kills 20 times, opens every damaged log and sends 100,000 inputs, and
250 seeds are simulated.`;

function countedText(machine: string): string {
  return `## What was counted

On ${machine}. The counts are of what ran, also where a command asks for more and was ended
before; pieces are added up, and none counts what another has counted.`;
}

const HOW_TO = `## How to count, and to read what fails

\`npm run faults -- KIND --json data/reliability/NAME.json\` counts a kind of fault with real processes,
\`npm run sim -- --seeds A..B --json ...\` simulates, \`npm run sim -- --mutants --json ...\` plants bugs; \`npm run reliability\`
takes what lies in \`data/reliability\` into this page. [sim/README.md](../sim/README.md) says how a failing seed is read, and what
becomes of it.

The smallest world of the index, two accounts in two markets, is gone through in all ways of four moves by \`npm test\`, and in all
64,000,000 ways of six by \`SMALL_WORLD_MOVES=6 npx vitest run packages/core/src/engine/breach-index\`, within two minutes: ways
that bring the index into the same state are followed once.
`;

function rowOf({ result, commands }: Whole): string[] {
  const { date = '', seconds } = result;
  return [
    titleOf(result),
    countsOf(result),
    date,
    String(Math.round(seconds)),
    commands.map((one) => `\`${one}\``).join(', '),
  ];
}

/** What a count consists of, where its sum alone does not say it. */
function detailsOf(result: Result): string[] {
  if (result.kind === 'sim')
    return [
      '## What befell the simulated server',
      countTable('fault', result.faultsByKind),
      '## What the simulated server came to',
      'Laws are asked after every command; one about what never happens would show nothing.',
      countTable('met', result.metByKind ?? {}),
    ];
  return result.kind === 'mutants' ? mutantsDetails(result) : [];
}

function mutantsDetails({ mutants }: MutantsResult): string[] {
  const rows = mutants.map(({ name, why, caughtBy, seed, reason }) => [
    name,
    why,
    caughtBy === null ? 'nobody' : seed === null ? code(caughtBy) : `${caughtBy}, seed ${seed}`,
    (reason ?? '').replaceAll('|', '/'),
  ]);
  return ['## Planted bugs', table(['bug', 'what it would do', 'caught by', 'because'], rows)];
}

function countTable(name: string, counts: Counts): string {
  return table(
    [name, 'times'],
    Object.entries(counts).map(([kind, times]) => [kind.replaceAll('-', ' '), count(times)]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return lines.join('\n');
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
      return 'planted bugs';
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
      return list([
        [result.seeds, 'seeds'],
        [result.commands, 'commands'],
        [result.faults, 'faults'],
        [result.violations, 'violations'],
      ]);
    case 'mutants':
      return list([
        [result.planted, 'planted'],
        [result.caught, 'caught'],
      ]);
  }
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
    [result.inputs, `inputs, ${count(result.feeds)} of them feeds`],
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
