/**
 * `page`: the page in a headless Chromium while a thousand events a second come in: frames a second
 * and what the page's memory grows by. A minute; `PAGE_SECONDS=600` measures ten.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CDPSession, Page } from 'playwright-core';
import { serve, type Desk } from '../packages/plimsoll/dist/server/index.js';
import { DESKTOP, openBrowser, openPage } from '../test/page-browser.ts';
import { alone, type Benchmark, type Figure } from './harness.ts';
import { CLIENTS, MARKET, accountOf, openingDrafts } from './load.ts';

const DATA = fileURLToPath(new URL('../data', import.meta.url));
const SECONDS = Number(process.env['PAGE_SECONDS'] ?? 60);
const WARM_UP_SECONDS = 5;
const TICK_MS = 50;
const EVENTS_PER_TICK = 50;
const MARK_TICKS = 500_000;
const MARK_EVERY_TICKS = 4;

/** Deposits and a moving mark, a thousand commands a second, until it is told to stop. */
function drive(desk: Desk): () => Promise<void> {
  let sent = 0;
  let beats = 1;
  let last: Promise<unknown> = Promise.resolve();
  const beat = (): void => {
    beats += 1;
    const work: Promise<unknown>[] = [];
    if (beats % MARK_EVERY_TICKS === 0) {
      const priceTicks = MARK_TICKS + Math.round(2_000 * Math.sin(beats / 60));
      const prices = [{ market: MARKET, priceTicks }];
      const marks = { kind: 'marks', source: 'bench', sourceSequence: beats, prices } as const;
      work.push(desk.execute(marks, { client: 'bench' }));
    }
    for (let k = 0; k < EVENTS_PER_TICK; k += 1) {
      sent += 1;
      const deposit = { kind: 'deposit', account: accountOf(sent), amountAtoms: 1 } as const;
      work.push(desk.execute(deposit, { client: `client-${sent % CLIENTS}` }));
    }
    last = Promise.all(work);
  };
  const timer = setInterval(beat, TICK_MS);
  return async () => {
    clearInterval(timer);
    await last;
  };
}

/** Milliseconds between the frames of so many seconds. */
function framesOf(page: Page, seconds: number): Promise<number[]> {
  // As text: a function would bring helpers of the compiler that the page does not have.
  return page.evaluate<number[]>(`new Promise((resolve) => {
    const gaps = [];
    const started = performance.now();
    let before = started;
    requestAnimationFrame(function look(now) {
      gaps.push(now - before);
      before = now;
      if (now - started < ${seconds * 1_000}) requestAnimationFrame(look);
      else resolve(gaps);
    });
  })`);
}

/** Megabytes in use after everything unused was collected. */
async function heapOf(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize / 2 ** 20;
}

async function watch(page: Page): Promise<readonly Figure[]> {
  await page.getByText('live', { exact: true }).waitFor();
  const session = await page.context().newCDPSession(page);
  await framesOf(page, WARM_UP_SECONDS);
  const before = await heapOf(session);
  const gaps = (await framesOf(page, SECONDS)).slice(1).toSorted((a, b) => a - b);
  const grown = (await heapOf(session)) - before;
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const slow = gaps[Math.floor(gaps.length * 0.95)] ?? Number.NaN;
  const goal = '≥ 50';
  return [
    alone({ name: 'page-frames', value: 1_000 / mean, unit: 'frames/s', goal }),
    alone({ name: 'page-frames-slowest-20th', value: 1_000 / slow, unit: 'frames/s', goal }),
    alone({ name: 'page-heap-growth', value: grown, unit: 'MiB', goal: '≤ 5' }),
  ];
}

async function run(): Promise<readonly Figure[]> {
  const browser = await openBrowser();
  if (typeof browser === 'string') throw new Error(browser);
  mkdirSync(DATA, { recursive: true });
  const folder = mkdtempSync(join(DATA, 'bench-'));
  const server = await serve({ data: folder, port: 0, ratePerSecond: 1e9, log: () => undefined });
  try {
    for (const draft of openingDrafts()) await server.desk.execute(draft, { client: 'bench' });
    const stop = drive(server.desk);
    const { page } = await openPage(browser, server.address, { ...DESKTOP, theme: 'dark' });
    const figures = await watch(page);
    await stop();
    return figures;
  } finally {
    await browser.close();
    await server.close();
    rmSync(folder, { recursive: true });
  }
}

export const page: Benchmark = {
  name: 'page',
  about: `the page in headless Chromium under 1,000 events a second, ${SECONDS} s`,
  run,
};
