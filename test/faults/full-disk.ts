/**
 * `full-disk`: the program on a disk that has no room left. It says 503 and stops; nothing that it
 * acknowledged is lost, and with room again a restart goes on. A small tmpfs where mounting is
 * allowed, and everywhere a limit on the size of files, which stops the journal's file mid-segment.
 */
import { execFileSync } from 'node:child_process';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, RULES } from '../venue.ts';
import { Auditor } from './audit.ts';
import { withFolder } from './folder.ts';
import { Program } from './program.ts';
import { isAcknowledged, MARKET, openStage, send, sendAllUntilGone, type Sent } from './traffic.ts';

/** How the room is taken away. */
export type Shortage = 'tmpfs' | 'file-size';

export interface FullDiskResult {
  readonly kind: 'full-disk';
  readonly shortage: Shortage;
  readonly acknowledged: number;
  /** Commands that were answered 503 or not at all. */
  readonly turnedAway: number;
  /** Of these, what the journal holds after all: their outcome was said to be unknown. */
  readonly keptUnanswered: number;
  readonly exitCode: number | null;
  /** Why the program stopped, as it said; the history may complain after it. */
  readonly reason: string;
  /** Commands asked again after the restart. */
  readonly askedAgain: number;
  readonly faults: readonly string[];
}

const MEBIBYTE = 1 << 20;
/** Room for one segment of 64 MiB with the history beside it, not for a second one. */
const TMPFS_MEBIBYTES = 112;
const BALLAST_LEAVES = 3 * MEBIBYTE;
const FILE_BYTES_MAX = 96 * 1024;
const UNWRITTEN = 'could not be written';
/** Of one command, within the API's limit; some seventy of them fill a segment. */
const LONG_BYTES = 900_000;

/** Why a tmpfs cannot be used here; undefined when it can. */
export function tmpfsFault(): Promise<string | undefined> {
  return withFolder(async (folder) => {
    try {
      mount(folder, 1);
      unmount(folder);
      return undefined;
    } catch {
      return 'mounting is not allowed here';
    }
  });
}

/** Takes the room away under load, gives it back, and counts what was found. */
export function fillDisk(shortage: Shortage): Promise<FullDiskResult> {
  return withFolder(async (folder) => {
    if (shortage === 'file-size') return starve(folder, { fileBytesMax: FILE_BYTES_MAX });
    mount(folder, TMPFS_MEBIBYTES);
    try {
      return await starve(folder, {});
    } finally {
      unmount(folder);
    }
  });
}

function mount(folder: string, mebibytes: number): void {
  const args = ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder];
  execFileSync('mount', args, { stdio: 'ignore' });
}

function unmount(folder: string): void {
  execFileSync('umount', ['-l', folder], { stdio: 'ignore' });
}

async function starve(
  folder: string,
  limit: { readonly fileBytesMax?: number },
): Promise<FullDiskResult> {
  const data = join(folder, 'data');
  const first = await Program.start({ data });
  await openStage(first);
  await first.end('SIGTERM');
  const program = await Program.start({ data, ...limit });
  const ballast = join(folder, 'ballast');
  const bulk = limit.fileBytesMax === undefined ? takeRoom(program, folder, ballast) : undefined;
  const account = await sendAllUntilGone(program, 'full');
  const health = await ask(program, 'GET /healthz').catch(() => undefined);
  await bulk;
  const exitCode = await program.ended();
  rmSync(ballast, { force: true });
  const faults: string[] = [];
  if (health !== undefined && health.status !== 503) faults.push(`healthy: ${health.text}`);
  if (/\n\s+at /.test(program.said)) faults.push(`it broke: ${program.said}`);
  if (exitCode !== 1) faults.push(`the program ended with ${exitCode}`);
  const found = await goOn(data, account, faults);
  const said = program.said.trim().split('\n');
  const reason = said.findLast((line) => line.includes(UNWRITTEN)) ?? said.at(-1) ?? '';
  const shortage = limit.fileBytesMax === undefined ? 'tmpfs' : 'file-size';
  return { kind: 'full-disk', shortage, exitCode, reason, ...found, faults };
}

/** Fills the disk but for a rest, and then the journal's segment with rules that are long. */
async function takeRoom(program: Program, folder: string, ballast: string): Promise<void> {
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - BALLAST_LEAVES)));
  // The market is there already: this is refused, and recorded as it came.
  const schedule = { kind: 'flat', rate: '0.01', note: 'x'.repeat(LONG_BYTES) };
  const rules = { ...RULES, maintenance: { ...RULES.maintenance, schedule } };
  for (;;) {
    const again = { market: MARKET, rules };
    const reply = await ask(program, 'POST /v1/markets', again).catch(() => null);
    if (reply === null || !isAcknowledged(reply)) return;
  }
}

type Found = Pick<FullDiskResult, 'acknowledged' | 'turnedAway' | 'keptUnanswered' | 'askedAgain'>;

/** Starts again with room, holds the account against the journal, and asks everything again. */
async function goOn(data: string, account: readonly Sent[], faults: string[]): Promise<Found> {
  const auditor = new Auditor(data);
  faults.push(...auditor.follow(), ...auditor.compare(account));
  const away = account.filter(({ reply }) => reply === undefined);
  const keptUnanswered = away.filter(({ key }) => auditor.knows(key)).length;
  const program = await Program.start({ data });
  for (const sent of account) {
    const { status, text } = await send(program, sent);
    const isSame = sent.reply === undefined || sent.reply.text === text;
    if (!isSame) faults.push(`${sent.key} was told ${sent.reply?.text}, asked again ${text}`);
    if (status >= 500) faults.push(`${sent.key} was turned away after the restart: ${text}`);
  }
  await program.end('SIGTERM');
  faults.push(...auditor.follow());
  const askedAgain = account.length;
  const acknowledged = account.length - away.length;
  return { acknowledged, turnedAway: away.length, keptUnanswered, askedAgain };
}
