/** The journal under real processes: killed, watched by strace, and locked against each other. */
import {
  execFileSync,
  spawn,
  spawnSync,
  type ChildProcess,
  type StdioOptions,
} from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openJournal } from './index.ts';

const directory = mkdtempSync(join(tmpdir(), 'journal-process-'));
afterAll(() => rmSync(directory, { recursive: true }));

const DOOR = new URL('./index.ts', import.meta.url).href;

/**
 * A program that opens `folder`, then runs `body` with `journal` and `say`, which writes at once.
 */
function program(folder: string, body: string): string[] {
  const source = `
    import { writeSync } from 'node:fs';
    import { openJournal } from ${JSON.stringify(DOOR)};
    const say = (text) => writeSync(1, text + '\\n');
    const { journal } = await openJournal(${JSON.stringify(folder)}, { segmentBytes: 1 << 18 });
    ${body}`;
  return ['--import', 'tsx', '--input-type=module', '--eval', source];
}

const APPEND_FOREVER = `
  const client = async (name) => {
    for (let k = 0; ; k += 1) {
      const text = name + '-' + k + '-'.repeat(k % 90);
      say((await journal.append([Buffer.from(text)])) + ' ' + text);
    }
  };
  for (let n = 0; n < 8; n += 1) void client('client' + n);`;

function firstLine(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`the child ended with ${code}`)));
  });
}

const later = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Runs the program until it has answered for a while, kills it, and returns its answers. */
async function killedRun(folder: string, milliseconds: number): Promise<string[]> {
  // The answers go to a file: a full pipe would end the child before the kill does.
  const path = `${folder}.answers`;
  const answers = openSync(path, 'w');
  const stdio: StdioOptions = ['ignore', answers, 'inherit'];
  const child = spawn(process.execPath, program(folder, APPEND_FOREVER), { stdio });
  const ended = new Promise((resolve) => {
    child.once('close', (_code, signal) => resolve(signal));
  });
  closeSync(answers);
  while (statSync(path).size === 0 && child.exitCode === null) await later(5);
  await later(milliseconds);
  child.kill('SIGKILL');
  expect(await ended).toBe('SIGKILL');
  // A line without its end was not said in full.
  return readFileSync(path, 'utf8').split('\n').slice(0, -1);
}

describe('kill −9', () => {
  it('loses nothing that was acknowledged, ten times over one folder', async () => {
    const folder = join(directory, 'killed');
    const acknowledged: string[] = [];
    for (let round = 0; round < 10; round += 1) {
      acknowledged.push(...(await killedRun(folder, 15 + 23 * round)));
      const { journal } = await openJournal(folder, { segmentBytes: 1 << 18 });
      const kept = Array.from(
        journal.read(),
        (e) => `${e.sequence} ${Buffer.from(e.bytes).toString()}`,
      );
      await journal.close();
      expect(kept.length).toBeGreaterThanOrEqual(acknowledged.length);
      const all = new Set(kept);
      expect(acknowledged.filter((line) => !all.has(line))).toEqual([]);
    }
    expect(acknowledged.length).toBeGreaterThan(500);
  });
});

describe('the lock', () => {
  it('names the folder and the holder to a second writer, in this process or another', async () => {
    const folder = join(directory, 'locked');
    const { journal } = await openJournal(folder, { segmentBytes: 4096 });
    const message = `${folder} is in use by process ${process.pid}: stop it first, or choose another folder`;
    await expect(openJournal(folder)).rejects.toMatchObject({ code: 'locked', message });
    const other = spawnSync(process.execPath, program(folder, ''), { encoding: 'utf8' });
    expect(other.status).not.toBe(0);
    expect(other.stderr).toContain(message);
    await journal.append([Buffer.from('still mine')]);
    await journal.close();
    const next = await openJournal(folder, { segmentBytes: 4096 });
    expect(next.journal.lastSequence).toBe(1);
    await next.journal.close();
  });

  it('ends with its process, however that dies', async () => {
    const folder = join(directory, 'left');
    const child = spawn(
      process.execPath,
      program(folder, "say('open'); setInterval(() => {}, 1000);"),
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    await firstLine(child);
    await expect(openJournal(folder)).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringContaining(`process ${child.pid}`),
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await ended;
    const { journal } = await openJournal(folder);
    await journal.close();
  });
});

function straceFault(): string | undefined {
  try {
    execFileSync('strace', ['-o', '/dev/null', 'true'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'strace is missing or may not trace here: apt-get install strace';
  }
}

describe('the system calls', () => {
  const fault = straceFault();
  it.skipIf(fault !== undefined)(`sync before each answer${fault ? ` (${fault})` : ''}`, () => {
    const folder = join(directory, 'traced');
    const trace = join(directory, 'trace.txt');
    const body = `
      for (let k = 1; k <= 50; k += 1) {
        await journal.append([Buffer.from('entry ' + k)]);
        say('answer ' + k);
      }
      await journal.close();`;
    const calls = 'trace=fdatasync,fsync,write,pwrite64';
    const run = [
      '-f',
      '-y',
      '-s',
      '32',
      '-e',
      calls,
      '-o',
      trace,
      process.execPath,
      ...program(folder, body),
    ];
    execFileSync('strace', run, { stdio: ['ignore', 'ignore', 'inherit'] });
    const due = Array.from({ length: 50 }, () => ['write', 'sync', 'answer']).flat();
    expect(callsIn(readFileSync(trace, 'utf8'))).toEqual(due);
  });
});

const CALLS: readonly (readonly [RegExp, string])[] = [
  [/pwrite64\(\d+<[^>]*segment-/, 'write'],
  [/fdatasync\(\d+<[^>]*segment-[^>]*>\)\s+= 0$/, 'sync'],
  [/fdatasync resumed.*= 0$/, 'sync'],
  [/write\(1<.*answer /, 'answer'],
];

function kindOf(line: string): string | undefined {
  return CALLS.find(([call]) => call.test(line))?.[1];
}

/** The calls of a trace that matter, from the first write of a frame on. */
function callsIn(trace: string): string[] {
  const calls = trace
    .split('\n')
    .map(kindOf)
    .filter((kind) => kind !== undefined);
  return calls.slice(calls.indexOf('write'));
}
