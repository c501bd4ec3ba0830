/** `cli-start`: how long a person waits for `plimsoll check`, beside an empty Node program. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { millisecondsEach, type Benchmark, type Figure } from './harness.ts';

const BIN = fileURLToPath(new URL('../packages/plimsoll/bin/plimsoll.js', import.meta.url));
const FILE = fileURLToPath(new URL('../examples/textbook-long.json', import.meta.url));

function start(args: readonly string[]): number {
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return 1;
}

async function run(): Promise<readonly Figure[]> {
  const works = [() => start([BIN, 'check', FILE]), () => start(['-e', '0'])];
  const rounds = { warmUp: 2, measured: 21 };
  const [own = 0, bare = 0] = await millisecondsEach(works, rounds);
  const against = `node -e 0: ${bare.toFixed(0)} ms`;
  const measured = { value: own, unit: 'ms', ratio: own / bare, against };
  return [{ name: 'cli-start', ...measured, goal: '≤ 3 × node -e 0' }];
}

export const cliStart: Benchmark = {
  name: 'cli-start',
  about: 'plimsoll check on a small file, from the shell to the answer',
  run,
};
