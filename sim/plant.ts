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
];
const SIMULATOR = ['--conditions=source', '--import', 'tsx', 'sim/main.ts', '--first-failure'];
const TESTS = ['node_modules/vitest/vitest.mjs', 'run'];
const PATIENCE_MS = 900_000;

/** Who noticed, and with which seed if it was the simulator. */
export interface Caught {
  readonly by: string;
  readonly seed: number | null;
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
  async complaint(mutants: readonly Mutant[], seeds: number): Promise<string | undefined> {
    const tests = [...new Set(mutants.flatMap((mutant) => mutant.tests ?? []))];
    const simulated = await this.#run([...SIMULATOR, '--seeds', `1..${seeds}`]);
    const tested = tests.length === 0 ? null : await this.#run([...TESTS, ...tests]);
    const failed = [simulated, tested].find((one) => one !== null && one.code !== 0);
    return failed ? `without any planted bug there is a failure:\n${failed.text}` : undefined;
  }

  remove(): void {
    rmSync(this.#root, { recursive: true });
  }

  async #notice({ tests = [], testsOnly = false }: Mutant, seeds: number): Promise<Caught | null> {
    const found = testsOnly ? null : await this.#simulate(seeds);
    if (found !== null) return found;
    for (const test of tests) {
      const caught = await this.#test(test);
      if (caught !== null) return caught;
    }
    return null;
  }

  async #simulate(seeds: number): Promise<Caught | null> {
    const { code, text } = await this.#run([...SIMULATOR, '--seeds', `1..${seeds}`]);
    if (code === 0) return null;
    return { by: 'simulator', seed: Number(/^seed (\d+) fails/m.exec(text)?.[1] ?? 0) };
  }

  async #test(file: string): Promise<Caught | null> {
    const { code } = await this.#run([...TESTS, file]);
    return code === 0 ? null : { by: file, seed: null };
  }

  async #run(args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
    const child = spawn(process.execPath, args, { cwd: this.#root, timeout: PATIENCE_MS });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => {
      child.on('close', resolve);
    });
    if (code === null) throw new Error(`no end of ${args.join(' ')} within ${PATIENCE_MS} ms`);
    return { code, text };
  }
}
