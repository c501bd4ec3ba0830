/** A copy of the sources in which bugs are planted, one at a time, and those who should notice. */
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Mutant } from './mutant.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const COPIED = [
  'package.json',
  'tsconfig.base.json',
  'packages/plimsoll/tsconfig.json',
  'vitest.config.ts',
  'test',
  'sim',
  'packages/core/package.json',
  'packages/core/src',
  'packages/plimsoll/package.json',
  'packages/plimsoll/src',
  // The server starts its threads from the build; no bug is planted in what they do.
  'packages/core/dist',
  'packages/plimsoll/dist',
];
const SIMULATOR = ['--conditions=source', '--import', 'tsx', 'sim/main.ts', '--first-failure'];
const TESTS = ['node_modules/vitest/vitest.mjs', 'run'];
/** Seeds that are tried before the tests: they take no longer than one file of tests. */
const FIRST_SEEDS = 4;
/** Of the processor, for what takes a few when the sources are sound: beyond it, it hangs. */
const CPU_SECONDS_FIRST = 60;
const CPU_SECONDS_EACH_SEED = 6;
/** Of the clock; nothing is concluded when it is over, since the machine may only be busy. */
const PATIENCE_MS = 1_200_000;

/** Who noticed, and by what. */
export interface Caught {
  /** `simulator`, or the file of tests. */
  readonly by: string;
  /** The seed, if it was the simulator and came so far as to name one. */
  readonly seed: number | null;
  /** The violation, the test that failed, or how long it went on without an end. */
  readonly reason: string;
}

interface Ended {
  /** null when it had used up its time of the processor. */
  readonly code: number | null;
  readonly text: string;
  readonly cpuSeconds: number;
}

export class Copy {
  readonly #root: string;

  constructor() {
    this.#root = mkdtempSync(join(tmpdir(), 'plimsoll-mutants-'));
    for (const path of COPIED) {
      mkdirSync(dirname(join(this.#root, path)), { recursive: true });
      cpSync(join(ROOT, path), join(this.#root, path), { recursive: true });
    }
    this.#linkModules();
  }

  /** Everything that is installed, but our own packages from the copy. */
  #linkModules(): void {
    const own = 'packages/plimsoll/node_modules';
    if (existsSync(join(ROOT, own))) symlinkSync(join(ROOT, own), join(this.#root, own));
    const modules = join(this.#root, 'node_modules');
    mkdirSync(join(modules, '@plimsoll'), { recursive: true });
    symlinkSync(join(this.#root, 'packages/core'), join(modules, '@plimsoll/core'));
    for (const name of readdirSync(join(ROOT, 'node_modules'))) {
      if (name === '@plimsoll' || name === 'plimsoll' || name === '.vite') continue;
      symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
    }
  }

  /** Plants a bug, looks who notices, and takes it out again; null when nobody did. */
  async try(mutant: Mutant, seeds: number): Promise<Caught | null> {
    const file = join(this.#root, mutant.file);
    const text = readFileSync(file, 'utf8');
    if (text.split(mutant.from).length !== 2)
      throw new Error(`${mutant.name}: its text is not in ${mutant.file} exactly once`);
    writeFileSync(
      file,
      text.replace(mutant.from, () => mutant.to),
    );
    try {
      return await this.#notice(mutant, seeds);
    } finally {
      writeFileSync(file, text);
    }
  }

  /** Why the sources as they are do not pass what the bugs are to be caught by; if so. */
  async complaint(mutants: readonly Mutant[]): Promise<string | undefined> {
    const tests = [...new Set(mutants.flatMap((mutant) => mutant.tests ?? []))];
    const simulated = await this.#simulate({ first: 1, last: FIRST_SEEDS });
    const tested = tests.length === 0 ? null : await this.#test(tests);
    const failed = simulated ?? tested;
    return failed === null ? undefined : `without any planted bug: ${failed.by}, ${failed.reason}`;
  }

  remove(): void {
    rmSync(this.#root, { recursive: true });
  }

  /** The cheapest first: a few seeds, then the tests, then all seeds. */
  async #notice({ tests = [], testsOnly = false }: Mutant, seeds: number): Promise<Caught | null> {
    const first = Math.min(seeds, FIRST_SEEDS);
    const soon = testsOnly ? null : await this.#simulate({ first: 1, last: first });
    if (soon !== null) return soon;
    for (const test of tests) {
      const caught = await this.#test([test]);
      if (caught !== null) return caught;
    }
    if (testsOnly || seeds === first) return null;
    return this.#simulate({ first: first + 1, last: seeds });
  }

  async #simulate({ first, last }: { first: number; last: number }): Promise<Caught | null> {
    const limit = CPU_SECONDS_FIRST + (last - first) * CPU_SECONDS_EACH_SEED;
    const ended = await this.#run([...SIMULATOR, '--seeds', `${first}..${last}`], limit);
    if (ended.code === 0) return null;
    const by = 'simulator';
    if (ended.code === null) return { by, seed: null, reason: hangs(ended) };
    const found = /^seed (\d+) fails.*\n.*\n {2}(.*)$/m.exec(ended.text);
    if (found === null) throw new Error(`the simulator does not run: ${ended.text}`);
    const [, seed, reason = ''] = found;
    return { by, seed: Number(seed), reason };
  }

  async #test(files: readonly string[]): Promise<Caught | null> {
    const ended = await this.#run([...TESTS, ...files], CPU_SECONDS_FIRST * files.length);
    if (ended.code === 0) return null;
    const by = files.join(' ');
    if (ended.code === null || /Worker .*exited/.test(ended.text))
      return { by, seed: null, reason: hangs(ended) };
    const failed = /^ FAIL {2}\S+ > (.*)$/m.exec(ended.text);
    if (failed === null) throw new Error(`${by} does not run: ${ended.text}`);
    return { by, seed: null, reason: failed[1] ?? '' };
  }

  async #run(args: readonly string[], cpuSeconds: number): Promise<Ended> {
    const limited = ['-c', `ulimit -t ${cpuSeconds}; exec "$@"`, 'sh', process.execPath, ...args];
    const child = spawn('sh', limited, {
      cwd: this.#root,
      timeout: PATIENCE_MS,
      env: { ...process.env, NO_COLOR: '1' },
    });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => {
      child.on('close', (...end) => resolve(end));
    });
    if (signal === 'SIGTERM')
      throw new Error(`no end of ${args.join(' ')} within ${PATIENCE_MS} ms`);
    return { code, text, cpuSeconds };
  }
}

function hangs({ cpuSeconds }: Ended): string {
  return `no end within ${cpuSeconds} s of the processor`;
}
