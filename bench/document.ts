/** `docs/performance.md`, made from what was kept of measured figures. */
import type { Figure } from './harness.ts';

/** A figure with where it comes from. */
export interface KeptFigure extends Figure {
  readonly benchmark: string;
  readonly about: string;
  readonly date: string;
  readonly machine: string;
  /** Of one minute, when the benchmark began: above the number of cores, others were at work. */
  readonly load: string;
}

/** What figures alone do not say, by benchmark. */
const REMARKS: Readonly<Record<string, string>> = {
  'epoch-sweep': 'Every account is looked at: what the index is measured against.',
  'epoch-index':
    'Equal books and prices for index and sweep, the same accounts closed by both (it fails if they ' +
    'differ): a minute of calm at 60 to 105 % volatility a year, four more, then 15 % down in a minute ' +
    'at eight times that, and half of it back. What is decided of those found is not counted. The first ' +
    'minute is kind: the nearest account stands 0.3 % from its call. Later some 200 accounts an epoch ' +
    'pass a bound and get another certificate, which is what an epoch costs then.',
  'commands-durable':
    'Engine and journal in one process; then through the desk of the server, its history included; then ' +
    'over HTTP on loopback, the clients in another process on the same cores.',
  avalanche:
    'As many liquidations as the most that a live venue recorded in one second (Hyperliquid, 2025-10-10), ' +
    'each ended by one fill, through the desk: engine, journal, sync, history and feed.',
  'mark-to-liquidation':
    'Sent by a timetable and counted from the time that was due, by a client in another process on the ' +
    'same cores, so that a stall counts for all that it delays. What costs a look at everybody ' +
    'is the work of the follower; done by the engine itself, as before there was one, it made p99 171 ms ' +
    'and p99.9 511 ms on this machine.',
  recovery:
    'The journal verified, the snapshot read, every command applied again, the invariants of all accounts ' +
    'checked. A killed server leaves a history that lacks its last moments; with all of it missing, it is ' +
    'written anew at the same time.',
};

/** The document, as it must stand in `docs`. */
export function documentOf(figures: readonly KeptFigure[]): string {
  const names = [...new Set(figures.map(({ benchmark }) => benchmark))];
  const missed = figures.filter((figure) => shareOf(figure) < 1);
  return `# Performance

Made by \`npm run bench -- --keep\` from \`docs/performance.json\`; not written by hand. A name runs one benchmark or one figure of it
(\`npm run bench -- avalanche\`), \`--json\` prints one object a line, \`--keep\` puts what was measured here, in the place of what stood
here before.

Each is the median of several rounds after a warm-up, unless it says otherwise. The processor time
is that of the process with all its threads. Ratios are against what was measured in the same run.
The machine is shared, and the load says how much: above the number of cores a figure by the clock
counts the waiting for a turn too, and the same code has swung by a factor of two within an hour.

Not reached as kept here: ${missed.length === 0 ? 'none' : missed.map(missing).join(', ')}.

${names.map((name) => section(figures.filter(({ benchmark }) => benchmark === name))).join('\n')}`;
}

function section(figures: readonly KeptFigure[]): string {
  const [first] = figures;
  if (first === undefined) return '';
  const remark = REMARKS[first.benchmark];
  return `## ${first.benchmark}

${capital(first.about)}.${remark === undefined ? '' : ` ${remark}`}

| figure | measured | by processor time | against | wanted | reached | when, machine, load |
| --- | ---: | ---: | --- | --- | --- | --- |
${figures.map(row).join('\n')}

\`npm run bench -- ${first.benchmark}\`
`;
}

function row(figure: KeptFigure): string {
  const { name, value, processor, unit, goal, date, machine, load } = figure;
  const own = processor === undefined ? '' : `${amount(processor)} ${unit}`;
  const where = `${date}, ${machine}, ${load}`;
  const cells = [
    name,
    `${amount(value)} ${unit}`,
    own,
    peerOf(figure),
    goal,
    verdict(figure),
    where,
  ];
  return `| ${cells.join(' | ')} |`;
}

function peerOf({ ratio, against }: Figure): string {
  if (ratio === null) return '';
  return `${ratio < 0.01 ? ratio.toFixed(5) : ratio.toFixed(2)} × ${against ?? ''}`;
}

function verdict(figure: Figure): string {
  const share = shareOf(figure);
  if (Number.isNaN(share)) return '';
  return share >= 1 ? 'yes' : `no: ${share.toFixed(2)} ×`;
}

function missing(figure: Figure): string {
  return `\`${figure.name}\` (${shareOf(figure).toFixed(2)} ×)`;
}

/**
 * How much of the goal is reached, at least 1 where it is; NaN where nothing is wanted. A goal that
 * ends in `×` is one of the ratio.
 */
export function shareOf({ value, ratio, goal }: Pick<Figure, 'value' | 'ratio' | 'goal'>): number {
  const [, sign, text = ''] = /^([≤≥]) ([\d.,]*\d)/.exec(goal) ?? [];
  const wanted = Number(text.replaceAll(',', ''));
  if (sign === undefined) return Number.NaN;
  const own = goal.includes('×') ? (ratio ?? Number.NaN) : value;
  return sign === '≥' ? own / wanted : wanted / own;
}

/** A number for people: whole from a thousand on. */
export function amount(value: number): string {
  if (value >= 1_000) return Math.round(value).toLocaleString('en-US');
  return value !== 0 && Math.abs(value) < 0.1 ? value.toPrecision(2) : value.toFixed(2);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
