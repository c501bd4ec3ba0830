/** `npm run bench [-- NAME…] [--json]`: runs the benchmarks that are named, or all of them. */
import { cpus, loadavg, totalmem } from 'node:os';
import { checkDocuments } from './check.ts';
import { cliStart } from './cli-start.ts';
import { commandsDurable } from './commands-durable.ts';
import { cross } from './cross.ts';
import { epochSweep } from './epoch-sweep.ts';
import type { Benchmark, Figure } from './harness.ts';
import { liquidationPrice } from './liquidation-price.ts';
import { parseTiers } from './parse-tiers.ts';

const BENCHMARKS: readonly Benchmark[] = [
  epochSweep,
  commandsDurable,
  liquidationPrice,
  checkDocuments,
  cross,
  parseTiers,
  cliStart,
];

async function main(args: readonly string[]): Promise<void> {
  const isJson = args.includes('--json');
  const names = args.filter((arg) => arg !== '--json');
  const unknown = names.find((name) => !BENCHMARKS.some((each) => each.name === name));
  if (unknown !== undefined) return refuse(unknown);
  if (!isJson) console.log(machine());
  for (const each of BENCHMARKS) {
    if (names.length > 0 && !names.includes(each.name)) continue;
    if (!isJson) console.log(`\n${each.name}: ${each.about}`);
    for (const figure of await each.run()) console.log(isJson ? asJson(figure) : asText(figure));
  }
}

function refuse(name: string): void {
  const known = BENCHMARKS.map((each) => each.name).join(', ');
  console.error(`there is no benchmark ${name}; there are ${known}`);
  process.exitCode = 2;
}

function machine(): string {
  const [first] = cpus();
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  const load = loadavg()[0]?.toFixed(1) ?? '?';
  const cores = `${cpus().length} × ${first?.model.trim() ?? 'unknown processor'}`;
  return `${cores}, ${gibibytes} GiB, Node ${process.versions.node}, load ${load} at the start`;
}

function asJson({ name, value, unit, ratio, against }: Figure): string {
  return JSON.stringify({ name, value, unit, ratio, against });
}

function asText({ name, value, unit, ratio, against, goal }: Figure): string {
  const shown = value >= 1000 ? Math.round(value).toLocaleString('en-US') : value.toFixed(2);
  const peer = ratio === null ? '' : `, ${ratio.toFixed(2)} × ${against}`;
  return `  ${name}  ${shown} ${unit}${peer}  (wanted: ${goal})`;
}

await main(process.argv.slice(2));
