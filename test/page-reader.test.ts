/**
 * The front page for who reads it otherwise than with a mouse on a large screen: with the keyboard
 * alone, on phones of every width, and before there is anything to read.
 */
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  DESKTOP,
  findOverflow,
  findViolations,
  openBrowser,
  openPage,
  type Watched,
} from './page-browser.ts';
import { ENTRY, PageScene, traderName, TRADERS } from './page-scene.ts';

const browser = await openBrowser();
const missing = typeof browser === 'string' ? browser : null;
const isWanted = missing === null || process.env['CI'] === 'true';

const scene = new PageScene();
let open: Watched[] = [];

async function reach(
  url: string,
  view: { width: number; height: number } = DESKTOP,
): Promise<Watched> {
  if (typeof browser === 'string') throw new Error(browser);
  const watched = await openPage(browser, url, { ...view, theme: 'dark' });
  open.push(watched);
  return watched;
}

async function visit(view: { width: number; height: number } = DESKTOP): Promise<Page> {
  const { page } = await reach(scene.url, view);
  await page.getByText('live', { exact: true }).waitFor();
  await page.locator('.item .account').first().waitFor();
  return page;
}

function tip(page: Page): Locator {
  return page.getByRole('tooltip');
}

/** What is called at the bottom of the list, to which the keyboard has to scroll. */
async function openLastRow(page: Page): Promise<string> {
  await page.locator('.item[tabindex="0"]').focus();
  await page.keyboard.press('End');
  const focused = page.locator('.item:focus');
  await expect.poll(() => focused.getAttribute('aria-rowindex')).toBe(String(TRADERS + 2));
  await expect.poll(() => focused.locator('.account').innerText()).not.toBe('…');
  const account = await focused.locator('.account').innerText();
  await page.keyboard.press('Enter');
  await boarded(page, account);
  return account;
}

function boarded(page: Page, account: string): Promise<void> {
  const view = page.getByRole('article', { name: `Account ${account}` });
  return view.getByRole('heading', { name: account }).waitFor();
}

describe.skipIf(!isWanted)(`every reader${missing === null ? '' : ` (${missing})`}`, () => {
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
    const seen = open.flatMap((watched) => watched.faults);
    await Promise.all(open.map(({ page }) => page.context().close()));
    expect(seen).toEqual([]);
  });

  test('each cell of the table says exactly how much and what it means on focus', async () => {
    const page = await visit();
    await page.locator('.item[tabindex="0"]').focus();
    await page.keyboard.press('ArrowRight');
    await tip(page).getByText(traderName(39)).waitFor();
    await page.keyboard.press('ArrowRight');
    await tip(page).getByText('healthy').first().waitFor();
    await page.keyboard.press('ArrowRight');
    await tip(page)
      .getByText(/^0\.\d{6}\nMargin ratio: maintenance margin ÷ equity/)
      .waitFor();
    expect(await findViolations(page)).toEqual([]);
    await page.keyboard.press('ArrowRight');
    await tip(page)
      .getByText(/^\d\.\d{4} % of BTC-PERP\nDistance/)
      .waitFor();
    await page.keyboard.press('ArrowRight');
    const before = await tip(page).innerText();
    expect(before).toMatch(/^\d{3}\.\d\d USDT\nEquity: balance/);
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => tip(page).innerText()).toMatch(/^\d{3}\.\d\d USDT\nEquity: balance/);
    expect(await tip(page).innerText()).not.toBe(before);
    // Further than the screen: the words stay with the cell while the list scrolls.
    for (let press = 0; press < 12; press += 1) await page.keyboard.press('ArrowDown');
    await page.waitForTimeout(300);
    expect(await page.locator('.cell.equity:focus').count()).toBe(1);
    expect(await tip(page).innerText()).toContain('USDT');
    for (let press = 0; press < 5; press += 1) await page.keyboard.press('ArrowLeft');
    await expect.poll(() => page.locator('.item:focus').count()).toBe(1);
    await page.keyboard.press('ArrowRight');
    const account = await page.locator('.cell:focus').innerText();
    await page.keyboard.press('Enter');
    await boarded(page, account);
  });

  test('totals and the facts of the price say exactly how much on focus', async () => {
    const page = await visit();
    await page.getByRole('region', { name: 'Totals' }).getByRole('button').nth(1).focus();
    await tip(page)
      .getByText(/^50,0\d\d,\d{3}\.\d\d USDT; positions/)
      .waitFor();
    await page.getByRole('button', { name: 'open interest', exact: true }).first().focus();
    await tip(page)
      .getByText(/^20 contracts, 1,000,000\.00 USDT/)
      .waitFor();
    await page.getByRole('button', { name: 'mark price' }).focus();
    await tip(page)
      .getByText(/^50,000\.0 USDT as of .+ UTC, .+ where you are/)
      .waitFor();
  });

  test('what is told follows the figure, and goes with it', async () => {
    const page = await visit();
    await page.getByRole('button', { name: 'mark price' }).focus();
    await tip(page).getByText('50,000.0 USDT').waitFor();
    await scene.mark(ENTRY + 10);
    await tip(page).getByText('50,010.0 USDT').waitFor();
    // The change is of the mark beside it, not of the list of markets, which is asked for rarely.
    await page.locator('.change24h').getByText('+0.02 %').waitFor({ timeout: 3_000 });
    await page.evaluate(() => (location.hash = '#/learn'));
    await tip(page).waitFor({ state: 'detached' });
    await scene.mark(ENTRY);
  });

  test('who comes back by the keyboard stands where the account was opened', async () => {
    const page = await visit();
    const most = page.evaluate(
      () =>
        new Promise<number>((found) => {
          let rows = 0;
          const look = (): void => {
            rows = Math.max(rows, document.querySelectorAll('.item').length);
            if (location.hash.includes('account') && rows > 0 && !document.querySelector('.item'))
              found(rows);
            else requestAnimationFrame(look);
          };
          look();
        }),
    );
    const account = await openLastRow(page);
    // The list keeps its height, and so draws few rows, until the other view has been loaded.
    expect(await most).toBeLessThan(TRADERS);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('.item:focus .account').innerText()).toBe(account);
    const fleet = page.getByRole('region', { name: 'The fleet' });
    await fleet.getByText(`${TRADERS + 1} of ${TRADERS + 1}`).waitFor();
    await fleet.getByRole('application').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await fleet.getByRole('status').getByText(traderName(38)).waitFor();
    await page.keyboard.press('Enter');
    await boarded(page, traderName(38));
    await page.keyboard.press('Escape');
    await fleet.getByRole('status').getByText(traderName(38)).waitFor();
    await expect.poll(() => fleet.locator('canvas:focus').count()).toBe(1);
  });

  test('the map is read price by price with the arrow keys', async () => {
    const page = await visit();
    const reader = page.getByRole('slider', { name: 'Liquidation map at a price' });
    await expect.poll(() => reader.getAttribute('aria-valuetext')).toMatch(/^within ±30 %/);
    await reader.focus();
    await page.keyboard.press('ArrowDown');
    const told = (): Promise<string | null> => reader.getAttribute('aria-valuetext');
    await expect.poll(told).toBe('at 49,850.0: 0 USDT of 0 longs closed');
    await page.keyboard.press('PageDown');
    await page.keyboard.press('PageDown');
    await expect
      .poll(told)
      .toMatch(/^at 47,[34]\d\d\.\d: \d+\.\d\u202fK USDT of \d+ longs closed$/);
    await page.keyboard.press('Tab');
    await expect.poll(told).toMatch(/^within ±30 %/);
  });

  test('a curve is read point by point with the arrow keys', async () => {
    const page = await visit();
    const fund = page.getByRole('slider', { name: 'Fund over time' });
    await fund.focus();
    await page.keyboard.press('End');
    expect(await fund.getAttribute('aria-valuetext')).toMatch(
      /^250,\d{3}\.\d\d USDT at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/,
    );
  });

  test.each([
    [320, 640],
    [360, 740],
    [390, 844],
    [844, 390],
    [720, 450],
    [3840, 2160],
  ])('at %i × %i nothing is cut off and nothing breaks a rule', async (width, height) => {
    const page = await visit({ width, height });
    expect(await findOverflow(page)).toEqual([]);
    expect(await findViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'histogram' }).click();
    expect(await findOverflow(page)).toEqual([]);
  });

  test('on a phone the fleet is on the first screen', async () => {
    const page = await visit({ width: 390, height: 844 });
    const box = await page.getByRole('application').boundingBox();
    expect(box && box.y + box.height).toBeLessThan(844);
    const legend = await page.locator('.liquidationMap dd').evaluate((element) => ({
      cut: element.scrollWidth > element.clientWidth + 1,
      text: element.textContent,
    }));
    expect(legend.text).toMatch(/shorts above/);
    expect(legend.cut).toBe(false);
  });

  test.each([DESKTOP, { width: 390, height: 844 }])('nothing jumps at $width', async (view) => {
    const { page } = await reach('about:blank', view);
    await page.addInitScript(() => {
      const seen = globalThis as unknown as { jumped: number };
      seen.jumped = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
          seen.jumped += (entry as unknown as { value: number }).value;
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await page.goto(scene.url);
    await page.locator('.item .account').first().waitFor();
    await scene.mark(ENTRY + 20);
    await page.getByText('50,020.0').first().waitFor();
    await page.waitForTimeout(2_500);
    // A tenth is what the web's vitals still call good.
    expect(
      await page.evaluate(() => (globalThis as unknown as { jumped: number }).jumped),
    ).toBeLessThan(0.02);
    await scene.mark(ENTRY);
  });

  test('an engine that is not set up says so, and the page goes live when it is', async () => {
    const bare = new PageScene();
    try {
      await bare.start();
      const { page } = await reach(bare.url);
      await page.getByText('not set up', { exact: true }).waitFor();
      await page.getByRole('heading', { name: /has not been set up/ }).waitFor();
      expect(await findViolations(page)).toEqual([]);
      await bare.fill();
      await page.getByText('live', { exact: true }).waitFor();
      await page.locator('.item', { hasText: traderName(39) }).waitFor();
      await bare.stop();
      await page.getByText('reconnecting', { exact: true }).waitFor();
      bare.forget();
      await bare.start();
      await page.getByText('not set up', { exact: true }).waitFor({ timeout: 20_000 });
      expect(await page.getByText(traderName(39)).count()).toBe(0);
      await bare.fill();
      await page.getByText('live', { exact: true }).waitFor();
      await page.locator('.item', { hasText: traderName(39) }).waitFor();
      const [watched] = open;
      if (watched)
        watched.faults.splice(
          0,
          Infinity,
          ...watched.faults.filter((fault) => !fault.includes('ERR_CONNECTION_REFUSED')),
        );
      await page.context().close();
    } finally {
      await bare.remove();
    }
  });
});
