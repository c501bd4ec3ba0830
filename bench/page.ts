/**
 * `page`: the page in a headless Chromium: how soon it can be used, and while a thousand events a
 * second come in its frames a second and what its memory grows by; the same with 100,000 dots. A
 * minute; `PAGE_SECONDS=600` measures ten.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { serve, type Desk, type RunningServer } from '../packages/plimsoll/dist/server/index.js';
import { DESKTOP, openBrowser, openPage } from '../test/page-browser.ts';
import { alone, median, type Benchmark, type Figure } from './harness.ts';
import { CLIENTS, MARKET, accountOf, openingDrafts, type Draft } from './load.ts';

const DATA = fileURLToPath(new URL('../data', import.meta.url));
const SECONDS = Number(process.env['PAGE_SECONDS'] ?? 60);
const WARM_UP_SECONDS = 5;
const VISITS = 5;
const DOTS = 100_000;
const DOTS_SECONDS = Math.min(SECONDS, 60);
/** Commands in flight while the dots are opened. */
const WINDOW = 1_000;
const HOUSE = 'house';
const ATOMS = 1_000_000;
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
    // What a busy disk turns away is missing from the count of events.
    last = Promise.allSettled(work);
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

/** Milliseconds from navigation until the figures and the list of accounts stand there. */
async function usableAfter(browser: Browser, url: string): Promise<number> {
  const context = await browser.newContext({ viewport: DESKTOP });
  const page = await context.newPage();
  await page.goto(url, { waitUntil: 'commit' });
  const ms = await page.evaluate<number>(`new Promise((resolve) => {
    requestAnimationFrame(function look() {
      const isThere = document.querySelector('.item .account') && document.querySelector('.tile');
      if (isThere) resolve(performance.now());
      else requestAnimationFrame(look);
    });
  })`);
  await context.close();
  return ms;
}

async function interactive(browser: Browser, url: string): Promise<readonly Figure[]> {
  const visits: number[] = [];
  // Each in a context of its own, so with an empty cache.
  for (let k = 0; k < VISITS; k += 1) visits.push(await usableAfter(browser, url));
  const goal = '≤ 1,000';
  return [alone({ name: 'page-interactive', value: median(visits), unit: 'ms', goal })];
}

/** Frames a second on average, and in the slowest twentieth. */
async function framesFigures(
  page: Page,
  name: string,
  seconds: number,
): Promise<readonly Figure[]> {
  const gaps = (await framesOf(page, seconds)).slice(1).toSorted((a, b) => a - b);
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const slow = gaps[Math.floor(gaps.length * 0.95)] ?? Number.NaN;
  const goal = '≥ 50';
  return [
    alone({ name, value: 1_000 / mean, unit: 'frames/s', goal }),
    alone({ name: `${name}-slowest-20th`, value: 1_000 / slow, unit: 'frames/s', goal }),
  ];
}

async function visit(browser: Browser, url: string): Promise<Page> {
  const { page } = await openPage(browser, url, { ...DESKTOP, theme: 'dark' });
  await page.getByText('live', { exact: true }).waitFor();
  return page;
}

async function underLoad(browser: Browser, url: string): Promise<readonly Figure[]> {
  const page = await visit(browser, url);
  const session = await page.context().newCDPSession(page);
  await framesOf(page, WARM_UP_SECONDS);
  const before = await heapOf(session);
  const frames = await framesFigures(page, 'page-frames', SECONDS);
  const grown = (await heapOf(session)) - before;
  await page.context().close();
  return [...frames, alone({ name: 'page-heap-growth', value: grown, unit: 'MiB', goal: '≤ 5' })];
}

/** A position for each of so many accounts, long and short in turns, at rising leverage. */
async function openDots(desk: Desk): Promise<void> {
  let waiting: Promise<unknown>[] = [];
  const send = (draft: Draft): unknown => waiting.push(desk.execute(draft, { client: 'dots' }));
  send({ kind: 'open-account', account: HOUSE });
  send({ kind: 'deposit', account: HOUSE, amountAtoms: 100_000_000 * ATOMS });
  for (let k = 0; k < DOTS; k += 1) {
    const account = `dot-${k}`;
    const [buyer, seller] = k % 2 === 0 ? [account, HOUSE] : [HOUSE, account];
    send({ kind: 'open-account', account });
    send({ kind: 'deposit', account, amountAtoms: (160 + (k % 97) * 5) * ATOMS });
    send({
      kind: 'trade',
      market: MARKET,
      buyer,
      seller,
      sizeLots: 1 + (k % 3),
      priceTicks: MARK_TICKS,
      taker: 'buy',
      buyOrder: null,
      sellOrder: null,
    });
    if (waiting.length < WINDOW) continue;
    await Promise.all(waiting);
    waiting = [];
  }
  await Promise.all(waiting);
}

async function manyDots(browser: Browser, url: string): Promise<readonly Figure[]> {
  const page = await visit(browser, url);
  const fleet = page.getByRole('region', { name: 'The fleet' });
  await fleet.getByText(/^(9\d|100),\d{3} of/).waitFor({ timeout: 60_000 });
  await framesOf(page, WARM_UP_SECONDS);
  const frames = await framesFigures(page, 'page-dots-frames', DOTS_SECONDS);
  await page.context().close();
  return frames;
}

/** Figures under a thousand commands a second, with how many of them there really were. */
async function driven(
  desk: Desk,
  work: () => Promise<readonly Figure[]>,
): Promise<readonly Figure[]> {
  const stop = drive(desk);
  const [begun, sequence] = [performance.now(), desk.engine.sequence];
  try {
    const figures = await work();
    const seconds = (performance.now() - begun) / 1_000;
    const value = (desk.engine.sequence - sequence) / seconds;
    return [alone({ name: 'page-events', value, unit: '1/s', goal: '≥ 1,000' }), ...figures];
  } finally {
    await stop();
  }
}

async function measure(
  browser: Browser,
  { desk, address }: RunningServer,
  isWanted: (figure: string) => boolean,
): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  if (isWanted('page-interactive')) figures.push(...(await interactive(browser, address)));
  if (UNDER_LOAD.some(isWanted))
    figures.push(...(await driven(desk, () => underLoad(browser, address))));
  if (!WITH_DOTS.some(isWanted)) return figures;
  await openDots(desk);
  // The rate of events is that of before.
  const [, ...dots] = await driven(desk, () => manyDots(browser, address));
  return [...figures, ...dots];
}

async function run(isWanted: (figure: string) => boolean): Promise<readonly Figure[]> {
  const browser = await openBrowser();
  if (typeof browser === 'string') throw new Error(browser);
  mkdirSync(DATA, { recursive: true });
  const folder = mkdtempSync(join(DATA, 'bench-'));
  const server = await serve({ data: folder, port: 0, ratePerSecond: 1e9, log: () => undefined });
  try {
    for (const draft of openingDrafts()) await server.desk.execute(draft, { client: 'bench' });
    return await measure(browser, server, isWanted);
  } finally {
    await browser.close();
    await server.close();
    rmSync(folder, { recursive: true });
  }
}

const UNDER_LOAD = ['page-events', 'page-frames', 'page-frames-slowest-20th', 'page-heap-growth'];
const WITH_DOTS = ['page-dots-frames', 'page-dots-frames-slowest-20th'];

export const page: Benchmark = {
  name: 'page',
  about: `the page in headless Chromium, under 1,000 events a second for ${SECONDS} s, and with 100,000 dots`,
  figures: ['page-interactive', ...UNDER_LOAD, ...WITH_DOTS],
  run,
};
