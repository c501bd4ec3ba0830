/**
 * The controls of a replayed scene as people use them: mouse, keyboard and phone, on a real server
 * that plays invented candle files. What the page says is compared with where the server stands.
 */
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeProgramme } from '../packages/plimsoll/src/replay/index.ts';
import { addKey, serve, type RunningServer } from '../packages/plimsoll/src/server/index.ts';
import { FIRST_MS, writeCandles } from './invented-candles.ts';
import {
  DESKTOP,
  findOverflow,
  findViolations,
  openBrowser,
  openPage,
  PHONE,
  type Watched,
} from './page-browser.ts';

const browser = await openBrowser();
const missing = typeof browser === 'string' ? browser : null;
const isWanted = missing === null || process.env['CI'] === 'true';

const MINUTE_MS = 60_000;
const POPULATION = { accounts: 200, seed: 7 };
/** A take is an engine, its folder and its history, on a machine that others use too. */
const LONG = { timeout: 20_000 };
const MINUTES = 60;
/** The last price of the last candle. */
const END_MS = FIRST_MS + MINUTES * MINUTE_MS - 15_000;
/** One press of an arrow: a fiftieth of the scene. */
const STRIDE_MS = Math.round((END_MS - FIRST_MS) / 50_000) * 1_000;

const data = mkdtempSync(join(tmpdir(), 'plimsoll-scene-'));
const candles = join(data, 'candles');
let server: RunningServer;
let open: Watched[] = [];

async function start(folder: string): Promise<RunningServer> {
  const programme = makeProgramme({
    paths: [candles],
    folder: join(folder, 'candles'),
    ...POPULATION,
  });
  return serve({ data: folder, port: 0, programme, log: () => undefined });
}

interface Told {
  readonly state: string;
  readonly time: string;
  readonly speed: number;
  readonly file: string;
}

async function told(): Promise<Told> {
  const response = await fetch(`${server.address}/v1/scene`);
  return ((await response.json()) as { control: Told }).control;
}

async function move(wish: object): Promise<void> {
  const response = await fetch(`${server.address}/v1/scene`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(wish),
  });
  if (!response.ok) throw new Error(await response.text());
}

const reachedMs = (): number => server.desk.engine.timeMs;

async function visit(view: { width: number; height: number } = DESKTOP): Promise<Page> {
  if (typeof browser === 'string') throw new Error(browser);
  const watched = await openPage(browser, `${server.address}/`, { ...view, theme: 'dark' });
  open.push(watched);
  await watched.page.getByText('live', { exact: true }).waitFor();
  await watched.page.locator('.item .account').first().waitFor();
  return watched.page;
}

function bar(page: Page): Locator {
  return page.getByRole('region', { name: 'Scene' });
}

/** Lets a file of this machine fall on the page. */
async function dropFile(page: Page, path: string): Promise<void> {
  const dropped = await page.evaluateHandle(
    ([name, text]) => {
      const carried = new DataTransfer();
      carried.items.add(new File([text ?? ''], name ?? ''));
      return carried;
    },
    [basename(path), readFileSync(path, 'utf8')],
  );
  await page.dispatchEvent('main', 'drop', { dataTransfer: dropped });
}

/** The moment in which one take follows another, and the refusal that a test asks for. */
const EXPECTED = /ERR_CONNECTION_(REFUSED|RESET|CLOSED)|ERR_EMPTY|status of 422|ADAUSDT.* 422$/;

function faultsOf({ faults }: Watched): string[] {
  return faults.filter((fault) => !EXPECTED.test(fault));
}

describe.skipIf(!isWanted)(`the scene${missing === null ? '' : ` (${missing})`}`, () => {
  beforeAll(async () => {
    mkdirSync(candles);
    const alone = join(candles, writeCandles(candles, 'SOLUSDT', MINUTES, 200));
    renameSync(alone, join(candles, 'SOLUSDT-1m-alone.csv'));
    for (const market of ['BTCUSDT', 'ETHUSDT']) writeCandles(candles, market, MINUTES);
    server = await start(data);
  });

  afterAll(async () => {
    if (typeof browser !== 'string') await browser.close();
    await server.close();
    rmSync(data, { recursive: true, force: true });
  });

  beforeEach(async () => {
    open = [];
    const before = server.desk;
    await move({ file: 'BTCUSDT+ETHUSDT-1m-invented.csv', playing: false, speed: 60 });
    await expect.poll(() => server.desk !== before, { timeout: 20_000 }).toBe(true);
  });

  afterEach(async () => {
    await Promise.all(open.map(({ page }) => page.context().close()));
    expect(open.flatMap(faultsOf)).toEqual([]);
  });

  test('says what is replayed and when, plays and pauses with the mouse', async () => {
    const page = await visit();
    await page.getByText('replayed market').waitFor();
    await bar(page).getByText('2025-10-10 21:00:00 UTC').waitFor();
    await bar(page).getByRole('button', { name: 'Play', exact: true }).click();
    await expect.poll(reachedMs, { timeout: 20_000 }).toBeGreaterThan(FIRST_MS + MINUTE_MS);
    await bar(page).getByRole('button', { name: 'Pause' }).click();
    await expect.poll(() => told().then(({ state }) => state)).toBe('paused');
    const { time } = await told();
    await bar(page)
      .getByText(`${time.slice(0, 10)} ${time.slice(11, 19)} UTC`)
      .waitFor();
    expect(await bar(page).getByRole('slider').getAttribute('aria-valuetext')).toBe(
      `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`,
    );
  });

  test('plays, pauses and moves with the keyboard, and leaves other keys alone', async () => {
    const page = await visit();
    await page.keyboard.press('Space');
    await expect.poll(() => told().then(({ state }) => state)).toBe('playing');
    await page.keyboard.press('Space');
    await expect.poll(() => told().then(({ state }) => state)).toBe('paused');
    const before = reachedMs();
    for (let press = 0; press < 3; press += 1) await page.keyboard.press('ArrowRight');
    await expect.poll(reachedMs, { timeout: 20_000 }).toBeGreaterThan(before + 2 * STRIDE_MS);
    expect(reachedMs()).toBeLessThanOrEqual(before + 3 * STRIDE_MS + MINUTE_MS);
    const search = page.getByRole('searchbox', { name: 'Account' });
    await search.fill('a');
    await search.press('Space');
    await search.press('ArrowLeft');
    expect((await told()).state).toBe('paused');
    const speed = bar(page).getByRole('combobox', { name: 'Speed' });
    await speed.focus();
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => told().then((control) => control.speed)).toBe(300);
  });

  test('jumps to the crash, marked on the bar, with everything before it', async () => {
    const page = await visit();
    await bar(page)
      .getByRole('button', { name: /^⤓? ?crash −16\.\d %$/ })
      .click();
    await expect.poll(() => told().then(({ state }) => state), { timeout: 20_000 }).toBe('paused');
    const crashMs = FIRST_MS + 20 * MINUTE_MS;
    await expect.poll(reachedMs, { timeout: 20_000 }).toBeGreaterThan(crashMs - 4 * MINUTE_MS);
    expect(reachedMs()).toBeLessThan(crashMs);
    const mark = await bar(page).locator('.crash').boundingBox();
    const slider = await bar(page).getByRole('slider').boundingBox();
    if (mark === null || slider === null) throw new Error('nothing is drawn');
    expect((mark.x - slider.x) / slider.width).toBeCloseTo(19 / 60, 1);
  });

  test('goes forward and back on the bar: back is the file anew', async () => {
    const page = await visit();
    const first = server.desk;
    const slider = bar(page).getByRole('slider');
    const box = await slider.boundingBox();
    if (box === null) throw new Error('there is no bar');
    await page.mouse.click(box.x + box.width * 0.75, box.y + box.height / 2);
    await expect.poll(reachedMs, { timeout: 30_000 }).toBeGreaterThan(FIRST_MS + 42 * MINUTE_MS);
    await expect
      .poll(() => page.locator('.tile', { hasText: 'liquidated' }).innerText())
      .not.toMatch(/\n0\n/);
    await expect.poll(() => bar(page).getAttribute('aria-busy')).toBe('false');
    await page.mouse.click(box.x + box.width * 0.1, box.y + box.height / 2);
    await expect.poll(() => server.desk === first, { timeout: 20_000 }).toBe(false);
    await expect.poll(reachedMs, { timeout: 20_000 }).toBeGreaterThan(FIRST_MS + 4 * MINUTE_MS);
    expect(reachedMs()).toBeLessThan(FIRST_MS + 9 * MINUTE_MS);
    await expect
      .poll(() => page.locator('.tile', { hasText: 'liquidated' }).innerText(), LONG)
      .toMatch(/\n0\n/);
    expect(await page.getByText('The server is out of reach').count()).toBe(0);
    await page.getByText('live', { exact: true }).waitFor();
  });

  test('plays on to the end, and then again from the beginning', async () => {
    const page = await visit();
    await move({ jump: new Date(END_MS).toISOString() });
    const again = bar(page).getByRole('button', { name: 'Play again' });
    await again.waitFor();
    await again.click();
    await expect.poll(() => told().then(({ state }) => state), { timeout: 20_000 }).toBe('playing');
    await expect.poll(reachedMs).toBeLessThan(FIRST_MS + 20 * MINUTE_MS);
    await bar(page).getByRole('button', { name: 'Start again' }).waitFor();
  });

  test('chooses another candle file', async () => {
    const page = await visit();
    await bar(page)
      .getByRole('combobox', { name: 'Candle file' })
      .selectOption({ label: 'SOLUSDT-1m-alone' });
    const price = page.getByRole('region', { name: 'Mark price' });
    await price.getByRole('button', { name: /^SOLUSDT/ }).waitFor();
    expect((await told()).file).toBe('SOLUSDT-1m-alone.csv');
    await expect.poll(() => price.locator('.mark strong').innerText()).toMatch(/^200\./);
  });

  test('plays a file of the reader, and says what is wrong with one that it cannot', async () => {
    const page = await visit();
    const own = mkdtempSync(join(data, 'own-'));
    const good = join(own, 'XRPUSDT-1m-mine.csv');
    renameSync(join(own, writeCandles(own, 'XRPUSDT', MINUTES, 2_000)), good);
    const bad = join(own, 'ADAUSDT-1m-mine.csv');
    writeFileSync(bad, 'date,open,high,low,close\n2025-10-10T21:00:00Z,1,0.5,1,1\n');
    const chosen = page.waitForEvent('filechooser');
    await bar(page)
      .getByRole('button', { name: /^open.file…$/ })
      .click();
    await (await chosen).setFiles(bad);
    await bar(page).getByRole('alert').getByText('ADAUSDT-1m-mine.csv line 2: high').waitFor();
    expect((await told()).file).toBe('BTCUSDT+ETHUSDT-1m-invented.csv');
    await dropFile(page, good);
    const files = bar(page).getByRole('combobox', { name: 'Candle file' });
    await expect.poll(() => files.inputValue(), LONG).toBe('XRPUSDT-1m-mine.csv');
    await page.getByRole('button', { name: /^XRPUSDT/ }).waitFor();
    expect(await bar(page).getByRole('alert').count()).toBe(0);
  });

  test('plays a file in place of the demo, which goes on where it was left', async () => {
    if (typeof browser === 'string') throw new Error(browser);
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-demo-'));
    const programme = makeProgramme({ ...POPULATION, paths: [], folder: join(folder, 'candles') });
    const demo = await serve({
      data: folder,
      port: 0,
      demo: true,
      programme,
      log: () => undefined,
    });
    try {
      const watched = await openPage(browser, `${demo.address}/`, { ...PHONE, theme: 'dark' });
      open.push(watched);
      const { page } = watched;
      await bar(page).getByRole('button', { name: 'Pause' }).click();
      await bar(page).getByText('simulated', { exact: true }).waitFor();
      const file = join(candles, 'SOLUSDT-1m-alone.csv');
      await page.locator('input[type=file]').setInputFiles(file);
      await bar(page).getByText('replayed:').waitFor();
      expect(await findOverflow(page)).toEqual([]);
      expect(await findViolations(page)).toEqual([]);
      await bar(page)
        .getByRole('combobox', { name: 'Candle file' })
        .selectOption('simulated market');
      await bar(page).getByText('simulated', { exact: true }).waitFor();
      await expect.poll(() => demo.desk.engine.markets.length, LONG).toBeGreaterThan(1);
      await page.context().close();
    } finally {
      await demo.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('fits a phone, and is moved by a finger', async () => {
    const page = await visit(PHONE);
    expect(await findOverflow(page)).toEqual([]);
    expect(await findViolations(page)).toEqual([]);
    await bar(page).getByRole('button', { name: 'Play', exact: true }).click();
    await bar(page).getByRole('button', { name: 'Pause' }).click();
    await bar(page).getByRole('combobox', { name: 'Speed' }).selectOption('10');
    await expect.poll(() => told().then((control) => control.speed)).toBe(10);
    const tops = await page
      .locator('.status, [aria-label^="Switch to"]')
      .evaluateAll((all) =>
        all.map((one) => one.getBoundingClientRect()).map(({ y, height }) => y + height / 2),
      );
    expect(Math.max(...tops) - Math.min(...tops)).toBeLessThan(4);
  });

  test.each([
    ['dark', 'desktop', DESKTOP],
    ['light', 'desktop', DESKTOP],
    ['light', 'phone', PHONE],
  ] as const)('has no axe violation, %s on a %s', async (theme, _name, view) => {
    if (typeof browser === 'string') throw new Error(browser);
    const watched = await openPage(browser, `${server.address}/`, { ...view, theme });
    open.push(watched);
    await bar(watched.page).waitFor();
    await watched.page.locator('.item .account').first().waitFor();
    expect(await findViolations(watched.page)).toEqual([]);
    expect(await findOverflow(watched.page)).toEqual([]);
  });

  test('tells a reader without the right that the scene is not theirs to move', async () => {
    if (typeof browser === 'string') throw new Error(browser);
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-locked-'));
    const createdAt = '2026-01-01T00:00:00Z';
    const secret = addKey(folder, { name: 'page', role: 'reader', accounts: null, createdAt });
    const locked = await start(folder);
    try {
      const watched = await openPage(browser, `${locked.address}/`, { ...DESKTOP, theme: 'dark' });
      open.push(watched);
      const { page } = watched;
      await page.getByLabel('Key').fill(secret);
      await page.getByRole('button', { name: 'Show the page' }).click();
      await bar(page).getByRole('button', { name: 'Pause' }).click();
      await bar(page).getByRole('alert').getByText('a reader may not operate').waitFor();
      expect(watched.faults.filter((fault) => !/401|403/.test(fault))).toEqual([]);
      watched.faults.length = 0;
      // Before its server goes: a page that is left open asks on.
      await page.context().close();
    } finally {
      await locked.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
