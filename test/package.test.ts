/**
 * Both public packages as strangers get them: packed, installed into an empty folder, and used by
 * the command of their READMEs and the example of the library's.
 */
import { execFile, type ExecFileException } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-package-'));
const app = join(folder, 'app');
const UNREACHABLE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|ENOTCACHED/;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, { cwd, maxBuffer: 1 << 24 });
  return stdout;
}

/** Why the packages cannot be installed here, or null when they were. */
async function install(tarballs: readonly string[]): Promise<string | null> {
  const args = ['install', '--no-audit', '--no-fund', '--prefer-offline', '--fetch-retries=0'];
  try {
    await run('npm', [...args, ...tarballs.map((file) => join(folder, file))], app);
    return null;
  } catch (cause) {
    const { stderr = '' } = cause as ExecFileException;
    if (UNREACHABLE.test(stderr)) return 'the package registry cannot be reached';
    throw cause;
  }
}

function exampleOf(readme: string): string {
  return /```js\n([\s\S]*?)```/.exec(readFileSync(readme, 'utf8'))?.[1] ?? '';
}

it('installs and runs from its tarballs', { timeout: 300_000 }, async ({ skip }) => {
  mkdirSync(app);
  writeFileSync(join(app, 'package.json'), '{"name":"app","private":true,"type":"module"}');
  const packages = ['packages/core', 'packages/plimsoll'];
  const packed = packages.map((each) => run('npm', ['pack', '--pack-destination', folder], each));
  const tarballs = (await Promise.all(packed)).map((out) => out.trim().split('\n').at(-1) ?? '');
  const obstacle = await install(tarballs);
  if (obstacle !== null) return skip(obstacle);

  const document = join(process.cwd(), 'examples/textbook-long.json');
  const shown = await run('npx', ['--no-install', 'plimsoll', 'check', document], app);
  expect(shown).toContain('47368.4210526');

  writeFileSync(join(app, 'example.js'), exampleOf('packages/core/README.md'));
  const printed = await run(process.execPath, ['example.js'], app);
  expect(printed).toMatch(/^healthy 47368\.4210526\nBTCUSD long, cross: liquidation price/);
});
