/**
 * The calculator and the lesson as people use them: a real server, a real browser, mouse, keyboard
 * and phone. The published cases are pasted one by one and must give what the command line prints.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  DESKTOP,
  findOverflow,
  findViolations,
  openBrowser,
  openPage,
  PHONE,
  WALL,
  type Watched,
} from './page-browser.ts';
import { PageScene } from './page-scene.ts';
import { runProgram } from './program.ts';

const VECTORS = fileURLToPath(new URL('../../shared/vectors/public.json', import.meta.url));
const hasVectors = existsSync(VECTORS);

const browser = await openBrowser();
const missing = typeof browser === 'string' ? browser : null;
const isWanted = missing === null || process.env['CI'] === 'true';

/** Two positions and an order, as a link of version 1. */
const LINK =
  'c=1;1,20,1,0.2,okx-linear,hyperliquid;binance-usdm,,0.5,6000' +
  ';p,BTCUSDT,long,0.5,coin,60000,61000,10,cross,,0.01,8' +
  ';p,ETHUSDT,short,3,coin,3000,3100,5,isolated,,0.01,8;o,BTCUSDT,buy,0.1,59000,';

const scene = new PageScene();
let open: Watched[] = [];

interface Visit {
  readonly size?: { readonly width: number; readonly height: number };
  readonly theme?: 'dark' | 'light';
}

async function visit(hash: string, { size = DESKTOP, theme = 'dark' }: Visit = {}): Promise<Page> {
  if (typeof browser === 'string') throw new Error(browser);
  const watched = await openPage(browser, scene.url + hash, { ...size, theme });
  open.push(watched);
  const isLesson = hash.includes('learn');
  const first = isLesson ? watched.page.locator('.step') : watched.page.locator('.big');
  await first.first().waitFor();
  return watched.page;
}

/** A figure in all its digits, by the name that it has for who cannot see it. */
async function exact(page: Page, name: string): Promise<string | null> {
  const figure = page.getByRole('button', { name: new RegExp(`^${name}:`) }).first();
  return figure.getAttribute('data-exact', { timeout: 5_000 });
}

function field(page: Page, name: string): ReturnType<Page['getByLabel']> {
  return page.getByRole('region', { name: 'Account' }).getByLabel(name, { exact: true });
}

describe.skipIf(!isWanted)(`the calculator${missing === null ? '' : ` (${missing})`}`, () => {
  beforeAll(async () => {
    await scene.start();
    await scene.fill();
  });

  afterAll(async () => {
    if (typeof browser !== 'string') await browser.close();
    await scene.remove();
  });

  beforeEach(() => {
    open = [];
  });

  afterEach(async () => {
    const seen = open.flatMap(({ faults }) => faults);
    await Promise.all(open.map(({ page }) => page.context().close()));
    expect(seen).toEqual([]);
  });

  describe.each([
    ['desktop', DESKTOP],
    ['phone', PHONE],
    ['wall', WALL],
  ] as const)('on a %s', (_name, size) => {
    test.each(['dark', 'light'] as const)(
      '%s has no axe violation and nothing cut off',
      async (theme) => {
        const page = await visit(`#/calculator?${LINK}`, { size, theme });
        await page.getByText('Why this liquidation price').click();
        await page.getByText('For the command line').click();
        await page
          .getByRole('cell', { name: 'BTC-USDT-SWAP' })
          .or(page.getByRole('cell', { name: 'ETH-USDT-SWAP' }))
          .first()
          .waitFor();
        expect(await findViolations(page)).toEqual([]);
        expect(await findOverflow(page)).toEqual([]);
        const lesson = await visit('#/learn', { size, theme });
        expect(await findViolations(lesson)).toEqual([]);
        expect(await findOverflow(lesson)).toEqual([]);
      },
    );
  });

  test('typing moves the answer, the address and nothing else', async () => {
    const page = await visit('#/calculator');
    expect(await exact(page, 'Liquidation price')).toBe('52208.8353414');
    const chart = page.locator('figure');
    const before = await chart.boundingBox();
    await field(page, 'Size').fill('1');
    await expect.poll(() => exact(page, 'Liquidation price')).toBe('56224.8995984');
    expect(await page.locator('.big').innerText()).toContain('56,224.90');
    await page.getByText('short', { exact: true }).click();
    await expect.poll(() => exact(page, 'Liquidation price')).toBe('63745.0199203');
    expect(await chart.boundingBox()).toEqual(before);
    await expect.poll(() => page.url()).toContain('BTCUSDT,short,1,coin');
  });

  test('another venue brings its own market, contracts and tables', async () => {
    const page = await visit('#/calculator');
    await field(page, 'Venue').selectOption('okx-linear');
    await expect.poll(() => exact(page, 'Size now')).toBe('50');
    expect(await field(page, 'Market').inputValue()).toBe('BTC-USDT-SWAP');
    await page.getByText(/BTC-USDT-SWAP: rules from 2026-05-28/).waitFor();
    await page.getByLabel('Compare with, first').selectOption('hyperliquid');
    await page.getByRole('cell', { name: '1 of 2, rate 0.0125' }).waitFor();
  });

  test('a venue that was compared with can be moved to', async () => {
    const page = await visit('#/calculator');
    await page.getByLabel('Compare with, first').selectOption('okx-linear');
    const table = page.getByRole('region', { name: 'Venues side by side' });
    await table.getByRole('columnheader', { name: 'OKX linear swaps' }).waitFor();
    await field(page, 'Venue').selectOption('okx-linear');
    await table.getByText('Choose one or two venues').waitFor();
    expect(await page.getByLabel('Compare with, first').inputValue()).toBe('');
    await expect.poll(() => exact(page, 'Size now')).toBe('50');
    await field(page, 'Venue').selectOption('binance-usdm');
    await table.getByRole('columnheader', { name: 'OKX linear swaps' }).waitFor();
  });

  test('what no field can say beneath itself is said all the same', async () => {
    const page = await visit('#/calculator');
    await page.getByRole('button', { name: 'Add a position' }).click();
    const second = page.getByRole('group', { name: 'Position 2' });
    await second.getByLabel('Market', { exact: true }).selectOption('BTCUSDT');
    expect(await second.getByLabel('Mark price', { exact: true }).inputValue()).toBe('61000');
    await second.getByLabel('Entry price', { exact: true }).fill('60500');
    await second.getByLabel('Size', { exact: true }).fill('1');
    const alert = page.getByRole('region', { name: 'Account' }).getByRole('alert');
    await alert.getByText('positions[1]', { exact: true }).waitFor();
    await page.getByRole('button', { name: /^Remove BTCUSDT long 1/ }).click();
    await alert.waitFor({ state: 'detached' });
    expect(await exact(page, 'Liquidation price')).toBe('52208.8353414');
  });

  test('a position that a link asks for and that is not there is not asked of a shell', async () => {
    const page = await visit(`#/calculator?${LINK.replace('c=1;1,', 'c=1;7,')}`);
    await page.getByText('For the command line').click();
    const commands = await page.locator('.commands').innerText();
    expect(commands).toContain('size account.json --distance 0.2 --position 1');
  });

  test('the keyboard alone fills the form and moves the price', async () => {
    const page = await visit('#/calculator');
    await field(page, 'Leverage').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowRight');
    await field(page, 'Isolated margin').waitFor();
    await expect.poll(() => exact(page, 'equity')).toBe('3500');
    const slider = page.getByRole('slider', { name: 'Price to look at' });
    await slider.focus();
    const before = await slider.getAttribute('aria-valuetext');
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => slider.getAttribute('aria-valuetext')).not.toBe(before);
    await page.keyboard.press('Home');
    await expect.poll(() => slider.getAttribute('aria-valuetext')).toContain('bankrupt');
    await page.keyboard.press('Escape');
    await expect.poll(() => slider.getAttribute('aria-valuetext')).toBe(before);
  });

  test('the mouse drags the price along the chart', async () => {
    const page = await visit('#/calculator');
    const box = await page.getByRole('slider', { name: 'Price to look at' }).boundingBox();
    if (box === null) throw new Error('no chart');
    await page.mouse.move(box.x + box.width * 0.7, box.y + 150);
    await page.mouse.down();
    await page.mouse.move(box.x + 4, box.y + 150, { steps: 8 });
    await page.mouse.up();
    await page.locator('figcaption').getByText('bankrupt').waitFor();
    await page.getByRole('button', { name: 'to the mark' }).click();
    await page.locator('figcaption').getByText('healthy').waitFor();
  });

  test('what is refused says so under its field, and the last figures stay', async () => {
    const page = await visit('#/calculator');
    await field(page, 'Entry price').fill('12x');
    await page
      .getByRole('alert')
      .getByText(/must be/)
      .waitFor();
    expect(await field(page, 'Entry price').getAttribute('aria-invalid')).toBe('true');
    expect(await exact(page, 'Liquidation price')).toBe('52208.8353414');
    await field(page, 'Entry price').fill('60,000.0');
    await page.getByRole('alert').waitFor({ state: 'detached' });
  });

  test('a pasted document is refused at its path, then answered', async () => {
    const page = await visit('#/calculator');
    await page.getByRole('button', { name: 'document', exact: true }).click();
    const text = page.getByLabel('Account document, JSON');
    expect(JSON.parse(await text.inputValue())).toMatchObject({ venue: 'binance-usdm' });
    await text.fill((await text.inputValue()).replace('"0.5"', '"-1"'));
    await page.locator('#document-refusal').getByText('positions[0].size').waitFor();
    await text.fill((await text.inputValue()).replace('"-1"', '"2"'));
    await expect.poll(() => exact(page, 'Size now')).toBe('2');
    await expect.poll(() => page.getByRole('button', { name: 'Copy link' }).isEnabled()).toBe(true);
    expect(page.url()).toContain('c=1d;');
    const other = await visit(new URL(page.url()).hash);
    expect(await exact(other, 'Size now')).toBe('2');
  });

  test('a link brings everything back, and copies are what they say', async () => {
    const page = await visit(`#/calculator?${LINK}`);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const copied = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
    expect(await field(page, 'Cross collateral').inputValue()).toBe('6000');
    expect(await page.getByRole('group', { name: 'Position 2' }).count()).toBe(1);
    await page.getByRole('button', { name: 'Copy link' }).click();
    await expect.poll(copied).toBe(`${scene.url}#/calculator?${LINK}`);
    await page.getByRole('button', { name: 'Copy account document' }).click();
    await expect.poll(copied).toContain('"venue": "binance-usdm"');
    const printed = await runProgram(['check', '-', '--json'], await copied());
    await page.getByText('For the command line').click();
    expect(`${await page.locator('.printed').innerText()}\n`).toBe(printed.out);
    await page
      .getByRole('button', { name: /^Liquidation price:/ })
      .first()
      .click();
    await expect.poll(copied).toBe(await exact(page, 'Liquidation price'));
  });

  test.each([
    ['9;0,20', /version 9/],
    ['1;0', /cut or damaged/],
  ])('the link %s is refused in words', async (link, said) => {
    const page = await visit(`#/calculator?c=${link}`);
    await page.getByRole('status').getByText(said).waitFor();
    expect(await exact(page, 'Liquidation price')).toBe('52208.8353414');
  });

  test('a document too long for a link says so', async () => {
    const page = await visit('#/calculator');
    await page.getByRole('button', { name: 'document', exact: true }).click();
    const text = page.getByLabel('Account document, JSON');
    const noise = Array.from({ length: 4_000 }, (_, k) => ((k * 7_919) % 9_973).toString(36));
    const document = JSON.parse(await text.inputValue()) as { collateral: object[] };
    document.collateral.push({ asset: noise.join(''), amount: '1' });
    await text.fill(JSON.stringify(document));
    await page.getByText('Too long for a link').waitFor();
    expect(await page.getByRole('button', { name: 'Copy link' }).isDisabled()).toBe(true);
  });

  test('on a phone the answer stays in sight while typing', async () => {
    const page = await visit('#/calculator', { size: PHONE });
    const bar = page.locator('.bar strong').first();
    expect(await bar.innerText()).toBe('52,208.84');
    await field(page, 'Cross collateral').fill('5000');
    await expect.poll(() => bar.innerText()).toBe('50,200.80');
    expect(await bar.isVisible()).toBe(true);
  });

  test('the first view loads nothing of the calculator', async () => {
    if (typeof browser === 'string') throw new Error(browser);
    const watched = await openPage(browser, scene.url, { ...DESKTOP, theme: 'dark' });
    open.push(watched);
    await watched.page.locator('.item .account').first().waitFor();
    const loaded = await watched.page.evaluate(() =>
      performance.getEntriesByType('resource').map(({ name }) => name),
    );
    expect(loaded.filter((name) => /Calculator|Learn|worker|rulebook/.test(name))).toEqual([]);
    expect(loaded.some((name) => name.includes('FleetView'))).toBe(true);
  });

  test('whoever comes back from another view finds what was left', async () => {
    const page = await visit('#/calculator');
    await field(page, 'Cross collateral').fill('7777');
    await expect.poll(() => page.url()).toContain('7777');
    await page.getByRole('link', { name: 'learn' }).click();
    await page.getByRole('button', { name: /the calculator/ }).click();
    await expect.poll(() => field(page, 'Cross collateral').inputValue()).toBe('7777');
  });

  test('it needs neither account nor key', async () => {
    const locked = new PageScene();
    try {
      await locked.start();
      await locked.fill();
      await locked.stop();
      locked.addReader();
      await locked.start();
      if (typeof browser === 'string') throw new Error(browser);
      const watched = await openPage(browser, `${locked.url}#/calculator`, {
        ...DESKTOP,
        theme: 'dark',
      });
      open.push(watched);
      await watched.page.locator('.big').waitFor();
      expect(await exact(watched.page, 'Liquidation price')).toBe('52208.8353414');
      expect(watched.faults.filter((fault) => !fault.includes('401'))).toEqual([]);
      watched.faults.length = 0;
    } finally {
      await locked.remove();
    }
  });

  test.skipIf(!hasVectors)(
    'every published case has the figures of the command line (needs ../shared/vectors)',
    async () => {
      const vectors = JSON.parse(readFileSync(VECTORS, 'utf8')) as { account: unknown }[];
      const lines = vectors.map(({ account }) => JSON.stringify(account));
      const { out } = await runProgram(['check', '--jsonl', '-'], `${lines.join('\n')}\n`);
      const printed = out.trimEnd().split('\n');
      expect(printed.length).toBe(vectors.length);
      const page = await visit('#/calculator');
      await page.getByText('For the command line').click();
      await page.getByRole('button', { name: 'document', exact: true }).click();
      const text = page.getByLabel('Account document, JSON');
      const shown = page.locator('.printed');
      for (const [k, line] of lines.entries()) {
        await text.fill(line);
        const wanted = JSON.stringify(JSON.parse(printed[k] ?? ''), null, 2);
        await expect
          .poll(() => shown.textContent(), { timeout: 15_000, interval: 20 })
          .toBe(wanted);
      }
    },
    300_000,
  );

  test('the lesson moves with the keyboard, with figures of the core', async () => {
    const page = await visit('#/learn');
    const step = page.getByRole('region', { name: /Liquidation/ });
    expect(await step.innerText()).toContain('42,105.26');
    await step.getByRole('slider', { name: 'Price', exact: true }).focus();
    await page.keyboard.press('Home');
    await step.getByText('the insurance fund pays').waitFor();
    expect(await step.innerText()).toContain('42,105.26');
    const call = page.getByRole('region', { name: /margin call/ });
    await call.getByRole('slider').focus();
    await page.keyboard.press('End');
    await call.getByText('Afloat').waitFor();
    const pool = page.getByRole('region', { name: /Cross or isolated/ });
    await pool.getByRole('slider').focus();
    await page.keyboard.press('Home');
    await expect
      .poll(() => pool.getByText('liquidating').or(pool.getByText('bankrupt')).count())
      .toBe(2);
  });

  test('nothing moves by itself for who asks for less motion', async () => {
    const page = await visit('#/learn');
    const moving = (): Promise<number> =>
      page.evaluate(
        () => document.getAnimations().filter((each) => each.playState === 'running').length,
      );
    expect(await moving()).toBeGreaterThan(0);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    expect(await moving()).toBe(0);
  });
});
