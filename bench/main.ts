/**
 * `npm run bench [-- NAME…] [--json] [--keep]`: runs the benchmarks that are named, or all of them;
 * the name of one of a benchmark's figures measures that figure alone. `--keep` puts what was
 * measured into `docs/performance.md`.
 */
import { cpus, loadavg, totalmem } from 'node:os';
import { avalanche } from './avalanche.ts';
import { checkDocuments } from './check.ts';
import { cliStart } from './cli-start.ts';
import { commandsDurable } from './commands-durable.ts';
import { cross } from './cross.ts';
import { epochIndex } from './epoch-index.ts';
import { epochLarge } from './epoch-large.ts';
import { epochSweep } from './epoch-sweep.ts';
import { amount, type KeptFigure } from './document.ts';
import type { Benchmark, Figure } from './harness.ts';
import { keep } from './keep.ts';
import { markToLiquidation } from './mark-to-liquidation.ts';
import { liquidationPrice } from './liquidation-price.ts';
import { page } from './page.ts';
import { parseTiers } from './parse-tiers.ts';
import { recovery } from './recovery.ts';

const BENCHMARKS: readonly Benchmark[] = [
  epochSweep,
  epochIndex,
  epochLarge,
  commandsDurable,
  avalanche,
  markToLiquidation,
  recovery,
  liquidationPrice,
  checkDocuments,
  cross,
  parseTiers,
  cliStart,
  page,
];

const OPTIONS: readonly string[] = ['--json', '--keep'];

async function main(args: readonly string[]): Promise<void> {
  const isJson = args.includes('--json');
  const names = args.filter((arg) => !OPTIONS.includes(arg));
  const unknown = names.find((name) => !BENCHMARKS.some((each) => isNamed(each, [name])));
  if (unknown !== undefined) return refuse(unknown);
  if (!isJson) console.log(`${machine()}, load ${load()} at the start`);
  const measured: KeptFigure[] = [];
  for (const each of BENCHMARKS) {
    if (names.length > 0 && !isNamed(each, names)) continue;
    if (!isJson) console.log(`\n${each.name}: ${each.about}`);
    const isWhole = names.length === 0 || names.includes(each.name);
    const place = placeOf(each);
    const figures = await each.run((figure) => isWhole || names.includes(figure));
    for (const figure of figures) {
      console.log(isJson ? asJson(figure) : asText(figure));
      measured.push({ ...figure, ...place });
    }
  }
  if (args.includes('--keep'))
    await keep(
      measured,
      BENCHMARKS.map(({ name }) => name),
    );
}

/** Where and when the figures of a benchmark come from. */
function placeOf({ name, about }: Benchmark): Omit<KeptFigure, keyof Figure> {
  const date = new Date().toISOString().slice(0, 10);
  return { benchmark: name, about, date, machine: machine(), load: load() };
}

/** Whether the benchmark or one of its figures is among the names. */
function isNamed({ name, figures = [] }: Benchmark, names: readonly string[]): boolean {
  return [name, ...figures].some((each) => names.includes(each));
}

function refuse(name: string): void {
  const all = BENCHMARKS.flatMap(({ name: group, figures = [] }) => [group, ...figures]);
  const known = [...new Set(all)].join(', ');
  console.error(`there is no benchmark ${name}; there are ${known}`);
  process.exitCode = 2;
}

function machine(): string {
  const [first] = cpus();
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  const cores = `${cpus().length} × ${first?.model.trim() ?? 'unknown processor'}`;
  return `${cores}, ${gibibytes} GiB, Node ${process.versions.node}`;
}

function load(): string {
  return loadavg()[0]?.toFixed(1) ?? '?';
}

function asJson({ name, value, processor, unit, ratio, against }: Figure): string {
  return JSON.stringify({ name, value, processor: processor ?? null, unit, ratio, against });
}

function asText({ name, value, processor, unit, ratio, against, goal }: Figure): string {
  const own = processor === undefined ? '' : `, ${amount(processor)} by processor time`;
  const peer =
    ratio === null ? '' : `, ${ratio < 0.1 ? ratio.toFixed(5) : ratio.toFixed(2)} × ${against}`;
  return `  ${name}  ${amount(value)} ${unit}${own}${peer}  (wanted: ${goal})`;
}

await main(process.argv.slice(2));
