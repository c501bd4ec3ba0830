/**
 * `npm run faults -- KIND [--times N] [--inputs N] [--seconds N] [--seed S] [--step N] [--from N]
 * [--shortage tmpfs|file-size] [--json FILE]`: one kind of fault at real processes and real bytes.
 * Prints what was counted, keeps it in FILE as it grows, and ends with 1 when anything was wrong.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { damageLogs } from './damage.ts';
import { fillDisk, type Shortage } from './full-disk.ts';
import { fuzz } from './fuzz.ts';
import { killUnderLoad } from './kill.ts';
import { stopUnderLoad } from './stop.ts';

interface Counted {
  readonly kind: string;
  readonly faults: readonly string[];
}

const OPTIONS = {
  times: { type: 'string', default: '1000' },
  inputs: { type: 'string', default: '1000000' },
  seconds: { type: 'string', default: '30' },
  seed: { type: 'string', default: '1' },
  step: { type: 'string', default: '1' },
  from: { type: 'string', default: '0' },
  shortage: { type: 'string', default: 'file-size' },
  json: { type: 'string' },
} as const;

type Asked = { readonly [K in Exclude<keyof typeof OPTIONS, 'json'>]: string };
type Progress = (counted: Counted) => void;

const KINDS: Readonly<Record<string, (asked: Asked, progress: Progress) => Promise<Counted>>> = {
  kill: ({ times, seed }, progress) =>
    killUnderLoad({ times: Number(times), seed: Number(seed), progress }),
  stop: ({ seconds }) => stopUnderLoad({ seconds: Number(seconds) }),
  'full-disk': ({ shortage }) => fillDisk(shortage as Shortage),
  damage: ({ step }) => damageLogs({ step: Number(step) }),
  fuzz: ({ inputs, seed, from }, progress) =>
    fuzz({ inputs: Number(inputs), seed: Number(seed), from: Number(from), progress }),
};

async function main(args: string[]): Promise<0 | 1 | 2> {
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  const [kind = ''] = positionals;
  const run = KINDS[kind];
  if (run === undefined) {
    console.error(`there is no fault "${kind}"; there are ${Object.keys(KINDS).join(', ')}`);
    return 2;
  }
  const startedMs = performance.now();
  const date = new Date().toISOString().slice(0, 10);
  const command = `npm run faults -- ${args.join(' ')}`.replace(/ --json \S+/, '');
  const keep = (counted: Counted): void => {
    const seconds = Math.round((performance.now() - startedMs) / 1_000);
    const text = JSON.stringify({ ...counted, seconds, command, date }, null, 2);
    if (values.json !== undefined) writeFileSync(values.json, `${text}\n`);
  };
  const counted = await run(values, keep);
  keep(counted);
  console.log(JSON.stringify(counted, null, 2));
  return counted.faults.length === 0 ? 0 : 1;
}

process.exit(await main(process.argv.slice(2)));
