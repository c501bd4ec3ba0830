/**
 * What the panels of the front page lead to and warn of: names in events, open interest, marks that
 * cannot be trusted, and the liquidation map as it is painted.
 */
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DESKTOP, findViolations, openBrowser, openPage, type Watched } from './page-browser.ts';
import { ENTRY, PageScene, RULES, traderName, TRADERS } from './page-scene.ts';

const browser = await openBrowser();
const missing = typeof browser === 'string' ? browser : null;
const isWanted = missing === null || process.env['CI'] === 'true';

const scene = new PageScene();
let open: Watched[] = [];

async function visit(path = ''): Promise<Page> {
  if (typeof browser === 'string') throw new Error(browser);
  const watched = await openPage(browser, scene.url + path, { ...DESKTOP, theme: 'dark' });
  open.push(watched);
  await watched.page.getByText('live', { exact: true }).waitFor();
  await watched.page.locator('.item .account').first().waitFor();
  return watched.page;
}

function events(page: Page): Locator {
  return page.getByRole('region', { name: 'Events, newest first' });
}

function marketChip(page: Page, name: string): Locator {
  return page.getByRole('group', { name: 'Market' }).getByRole('button', { name });
}

/** Share of the chart's pixels that have the colour of the map's bars for longs. */
function painted(page: Page): Promise<number> {
  return page.evaluate(() => {
    const styles = getComputedStyle(document.documentElement);
    const channels = (name: string): number[] =>
      (styles.getPropertyValue(name).match(/[0-9a-f]{2}/gi) ?? []).map((two) => parseInt(two, 16));
    const [bar, behind] = [channels('--down'), channels('--panel')];
    const wanted = bar.map((value, k) => 0.85 * value + 0.15 * (behind[k] ?? 0));
    let [all, own] = [0, 0];
    for (const canvas of document.querySelectorAll<HTMLCanvasElement>('figure canvas')) {
      if (canvas.width < 100 || canvas.height < 100) continue;
      const copy = new OffscreenCanvas(canvas.width, canvas.height);
      const pen = copy.getContext('2d', { willReadFrequently: true });
      if (pen === null) continue;
      pen.fillStyle = styles.getPropertyValue('--panel');
      pen.fillRect(0, 0, copy.width, copy.height);
      pen.drawImage(canvas, 0, 0);
      const { data } = pen.getImageData(0, 0, copy.width, copy.height);
      for (let at = 0; at < data.length; at += 4) {
        all += 1;
        if (wanted.every((value, k) => Math.abs(value - (data[at + k] ?? 0)) < 8)) own += 1;
      }
    }
    return own / all;
  });
}

describe.skipIf(!isWanted)(`the panels${missing === null ? '' : ` (${missing})`}`, () => {
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

  test('open interest is that of all markets, and of the one that is chosen', async () => {
    const page = await visit();
    const panel = page.getByRole('region', { name: 'Open interest' });
    // Forty times half a contract at 50,000.
    await panel.getByText('1.000\u202fM USDT').waitFor();
    await marketChip(page, 'ETH-PERP').click();
    await panel.getByRole('button', { name: 'ETH-PERP' }).click();
    await panel.getByText('0 USDT').waitFor();
    await panel.getByRole('button', { name: 'ETH-PERP' }).click();
    await panel.getByText('1.000\u202fM USDT').waitFor();
    expect(await findViolations(page)).toEqual([]);
  });

  test('the liquidation map is painted beside the price, and told where one points', async () => {
    const page = await visit();
    const chart = page.getByRole('figure', { name: 'Candles of the mark price of BTC-PERP' });
    await expect.poll(() => painted(page)).toBeGreaterThan(0.001);
    const box = await chart.boundingBox();
    if (box === null) throw new Error('there is no chart');
    const legend = page.locator('.liquidationMap dd');
    await expect
      .poll(() => legend.innerText())
      .toMatch(/^within ±30 %: 95\d\.\d\u202fK longs below/);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height - 60);
    await expect
      .poll(() => legend.innerText())
      .toMatch(/^at 4\d,\d{3}\.\d: .+ of \d+ longs closed$/);
    await page.mouse.move(5, 5);
    await expect.poll(() => legend.innerText()).toMatch(/^within/);
    await marketChip(page, 'ETH-PERP').click();
    await expect.poll(() => painted(page)).toBeLessThan(0.001);
  });

  test('a mark that cannot be trusted is said so, and what follows from it', async () => {
    const rules = { ...RULES, staleAfterMs: 1_500, invalidAfterMs: 3_600_000 };
    await scene.post('markets', { market: 'SOL-PERP', rules });
    const prices = { 'SOL-PERP': '200' };
    await scene.post('marks', { source: 'sol', sourceSequence: 1, prices });
    const page = await visit('#/?market=SOL-PERP');
    const panel = page.getByRole('region', { name: 'Mark price' });
    const caution = panel.getByRole('button', { name: '⚠ stale' });
    await caution.waitFor();
    expect(await marketChip(page, 'SOL-PERP').innerText()).toContain('⚠');
    expect(await marketChip(page, 'BTC-PERP').innerText()).not.toContain('⚠');
    await caution.focus();
    await page.getByRole('tooltip').getByText('Nothing may add risk').waitFor();
    await page.keyboard.press('Escape');
    expect(await findViolations(page)).toEqual([]);
    await scene.post('marks', { source: 'sol', sourceSequence: 2, prices });
    await caution.waitFor({ state: 'detached' });
    await caution.waitFor();
  });

  test('an event leads to its account and to its market, by mouse and keyboard', async () => {
    const page = await visit('#/?market=ETH-PERP');
    // Below the line of the last trader: half a contract, 635 of equity, maintenance of 0.5 %.
    await scene.mark(ENTRY - 1_150);
    const list = events(page);
    const last = traderName(TRADERS - 1);
    await list.getByText(`${last} is closed`).waitFor();
    expect(await marketChip(page, 'ETH-PERP').getAttribute('aria-pressed')).toBe('true');
    await page.getByRole('button', { name: 'liquidations' }).click();
    await list.getByRole('button', { name: 'BTC-PERP' }).first().click();
    await expect.poll(() => marketChip(page, 'BTC-PERP').getAttribute('aria-pressed')).toBe('true');
    await list.locator('li').first().getByRole('button').first().focus();
    const second = await list.locator('li').nth(1).getByRole('button').first().innerText();
    await page.keyboard.press('ArrowDown');
    expect(await page.locator(':focus').innerText()).toBe(second);
    await page.keyboard.press('Enter');
    await expect.poll(() => new URL(page.url()).hash).toMatch(/^#\/account\/trader-\d\d/);
  });
});
