/**
 * The page as people use it: a real server, a real browser, mouse, keyboard and phone. Anything
 * that the browser's console complains about fails the test that it happened in.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
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
import { ENTRY, PageScene, traderName, TRADERS } from './page-scene.ts';

const browser = await openBrowser();
const missing = typeof browser === 'string' ? browser : null;
const isWanted = missing === null || process.env['CI'] === 'true';

if (missing !== null)
  console.warn(`The tests of the page are ${isWanted ? 'failing' : 'skipped'}: ${missing}`);

const scene = new PageScene();
let open: Watched[] = [];

async function visit(
  view: { width: number; height: number } = DESKTOP,
  path = '',
  theme: 'dark' | 'light' = 'dark',
): Promise<Page> {
  if (typeof browser === 'string') throw new Error(browser);
  const watched = await openPage(browser, scene.url + path, { ...view, theme });
  open.push(watched);
  await watched.page.getByText('live', { exact: true }).waitFor();
  await watched.page.locator('.item .account').first().waitFor();
  return watched.page;
}

function faults(): string[] {
  return open.flatMap((watched) => watched.faults);
}

function rows(page: Page): Promise<string[]> {
  return page.locator('.item .account').allTextContents();
}

function tile(page: Page, name: string): Promise<string> {
  return page.locator('.tile', { hasText: name }).locator('strong').innerText();
}

/** Waits until the view of an account is there. */
function boarded(page: Page, account: string): Promise<void> {
  const view = page.getByRole('article', { name: `Account ${account}` });
  return view.getByRole('heading', { name: account }).waitFor();
}

/**
 * Before its server goes: a page that is left open asks on, and is told that nobody is there.
 */
async function leave(watched: Watched): Promise<void> {
  await watched.page.context().close();
}

/**
 * Price at which the trader's margin ratio is 1: half a contract, maintenance 0.5 % of its value.
 */
function linePrice(index: number): number {
  const balance = 2_000 - index * 35 - 0.5 * ENTRY * 0.0005;
  return (0.5 * ENTRY - balance) / (0.5 * (1 - 0.005));
}

describe.skipIf(!isWanted)(`the page${missing === null ? '' : ` (${missing})`}`, () => {
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
    const seen = faults();
    await Promise.all(open.map(({ page }) => page.context().close()));
    expect(seen).toEqual([]);
  });

  test('shows totals, the mark, and the accounts nearest their line first', async () => {
    const page = await visit();
    expect(await tile(page, 'accounts')).toBe(String(TRADERS + 1));
    expect(await tile(page, 'fund')).toContain('250.0');
    expect(await page.locator('.mark strong').innerText()).toBe('50,000.0');
    expect((await rows(page)).slice(0, 2)).toEqual([traderName(39), traderName(38)]);
    expect(await page.getByText('Test scene').isVisible()).toBe(true);
    expect(await page.getByText('simulated market').count()).toBe(0);
  });

  describe.each([
    ['desktop', DESKTOP],
    ['phone', PHONE],
    ['wall', WALL],
  ] as const)('on a %s', (_name, view) => {
    test.each(['dark', 'light'] as const)(
      '%s has no axe violation and nothing cut off',
      async (theme) => {
        const page = await visit(view, '', theme);
        expect(await findViolations(page)).toEqual([]);
        expect(await findOverflow(page)).toEqual([]);
      },
    );
  });

  test('the table sorts with the mouse', async () => {
    const page = await visit();
    const header = page.getByRole('columnheader', { name: 'equity' });
    await header.getByRole('button').click();
    await expect.poll(() => rows(page).then(([first]) => first)).toBe('house');
    expect(await header.getAttribute('aria-sort')).toBe('descending');
    await header.getByRole('button').click();
    await expect.poll(() => rows(page).then(([first]) => first)).toBe(traderName(39));
    expect(await header.getAttribute('aria-sort')).toBe('ascending');
  });

  test('the table sorts, scrolls and opens an account with the keyboard alone', async () => {
    const page = await visit();
    await page.getByRole('button', { name: 'distance' }).focus();
    const sorted = page.waitForResponse(/sort=distance/);
    await page.keyboard.press('Enter');
    await sorted;
    const header = page.getByRole('columnheader', { name: 'distance' });
    await expect.poll(() => header.getAttribute('aria-sort')).toBe('ascending');
    await page.locator('.item[tabindex="0"]').focus();
    await page.keyboard.press('End');
    const focused = page.locator('.item:focus');
    await expect.poll(() => focused.getAttribute('aria-rowindex')).toBe(String(TRADERS + 2));
    await page.keyboard.press('ArrowUp');
    await expect.poll(() => focused.getAttribute('aria-rowindex')).toBe(String(TRADERS + 1));
    const account = await focused.locator('.account').innerText();
    await page.keyboard.press('Enter');
    await boarded(page, account);
    await page.keyboard.press('Escape');
    await page.locator('.item .account').first().waitFor();
    expect(await header.getAttribute('aria-sort')).toBe('ascending');
  });

  test('rows stay where they are while somebody points at them', async () => {
    const page = await visit();
    await page.locator('.item').first().hover();
    await page.getByText('order held').waitFor();
    await page.mouse.move(5, 5);
    await page.getByText('order held').waitFor({ state: 'detached' });
  });

  test('search and filters ask the server', async () => {
    const page = await visit();
    await page.getByRole('searchbox', { name: 'Account' }).fill('trader-07');
    await expect.poll(() => rows(page)).toEqual([traderName(7)]);
    await page.getByRole('searchbox', { name: 'Account' }).fill('');
    await page.getByRole('combobox', { name: 'State', exact: true }).selectOption('bankrupt');
    await page.getByText('No account matches.').waitFor();
  });

  test('the fleet says who is deepest, to the keyboard too, and Enter boards it', async () => {
    const page = await visit();
    const fleet = page.getByRole('region', { name: 'The fleet' });
    await fleet.getByText(`${TRADERS + 1} of ${TRADERS + 1}`).waitFor();
    const water = fleet.getByRole('application');
    await water.focus();
    await page.keyboard.press('ArrowDown');
    const tag = fleet.getByRole('status');
    await tag.getByText(traderName(39)).waitFor();
    expect(await tag.innerText()).toMatch(/healthy, ratio 0\.\d{3}\nequity \d+/);
    await page.keyboard.press('ArrowUp');
    await tag.getByText(traderName(38)).waitFor();
    await page.keyboard.press('Enter');
    await boarded(page, traderName(38));
  });

  test('a dot of the fleet is boarded with the mouse', async () => {
    const page = await visit();
    const fleet = page.getByRole('region', { name: 'The fleet' });
    await fleet.getByRole('application').focus();
    await page.keyboard.press('ArrowDown');
    const ring = await fleet.locator('.ring').boundingBox();
    if (ring === null) throw new Error('nobody is pointed at');
    await page.mouse.move(5, 5);
    await page.mouse.click(ring.x + ring.width / 2, ring.y + ring.height / 2);
    await boarded(page, traderName(39));
  });

  test('the fleet is filtered by size, state and market, and counted as a histogram', async () => {
    const page = await visit();
    const fleet = page.getByRole('region', { name: 'The fleet' });
    const all = TRADERS + 1;
    await fleet.getByText(`${all} of ${all}`).waitFor();
    await fleet.getByRole('combobox', { name: 'Size' }).selectOption('100000');
    await fleet.getByText(`1 of ${all}`).waitFor();
    await fleet.getByRole('combobox', { name: 'Size' }).selectOption('0');
    await fleet.getByRole('combobox', { name: 'Market' }).selectOption('ETH-PERP');
    await fleet.getByText(`0 of ${all}`).waitFor();
    await fleet.getByRole('combobox', { name: 'Market' }).selectOption('BTC-PERP');
    await fleet.getByRole('button', { name: 'histogram' }).click();
    await fleet.getByRole('figure', { name: `Margin ratios of ${all} accounts` }).waitFor();
    const bars = await fleet.getByRole('button', { name: /^Ratio/ }).all();
    const names = await Promise.all(bars.map((bar) => bar.getAttribute('aria-label')));
    const counts = names.map((name) => Number(/: (\d+) accounts?/.exec(name ?? '')?.[1]));
    expect(counts.reduce((sum, each) => sum + each, 0)).toBe(all);
    await page.mouse.move(5, 5);
    expect(await findViolations(page)).toEqual([]);
  });

  test('a page at rest asks the server little', async () => {
    const page = await visit();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.waitForTimeout(4_000);
    expect(asked.length).toBeGreaterThan(2);
    expect(asked.length).toBeLessThan(12);
  });

  test('the light switch is remembered', async () => {
    const page = await visit();
    await page.getByRole('button', { name: 'Switch to light colours' }).click();
    await page.reload();
    await page.getByRole('button', { name: 'Switch to dark colours' }).waitFor();
    expect(await page.locator('html').getAttribute('data-theme')).toBe('light');
  });

  test('a number says what it means to the keyboard too', async () => {
    const page = await visit();
    await page.getByRole('button', { name: /^Switch to/ }).focus();
    await page.keyboard.press('Tab');
    await page.getByRole('tooltip').waitFor();
    expect(await page.getByRole('tooltip').innerText()).toContain('Accounts');
    await page.keyboard.press('Escape');
    expect(await page.getByRole('tooltip').count()).toBe(0);
  });

  test('a falling price becomes calls, then liquidations, live', async () => {
    const page = await visit();
    const list = page.getByRole('region', { name: 'Events, newest first' });
    await list.getByText('Quiet water').waitFor();
    await scene.mark(linePrice(39) + 60);
    await list.getByText(`${traderName(39)} is called`).waitFor();
    await expect.poll(() => tile(page, 'called now')).toBe('1');
    expect(await page.locator('.mark strong').innerText()).toMatch(/^49,0/);
    await scene.mark(linePrice(35) - 10);
    await list.getByText(`${traderName(39)} is closed`).waitFor();
    await expect.poll(() => tile(page, 'liquidated')).toBe('5');
    await page.getByRole('button', { name: 'calls', exact: true }).click();
    await list.getByText(`${traderName(39)} is closed`).waitFor({ state: 'detached' });
    expect(await list.getByText(`${traderName(39)} is called`).count()).toBe(1);
  });

  test('what the engine refused is told with its reason and leads to the account', async () => {
    const page = await visit();
    const amount = { amount: '99999999' };
    await expect(scene.post(`accounts/${traderName(1)}/withdrawals`, amount)).rejects.toThrow();
    await page.getByRole('button', { name: 'refusals' }).click();
    const list = page.getByRole('region', { name: 'Events, newest first' });
    await list.getByText('insufficient-balance').waitFor();
    await list.getByRole('button', { name: traderName(1) }).click();
    await boarded(page, traderName(1));
  });

  test('the stream stands still for a reader and counts what is new', async () => {
    const page = await visit();
    const list = page.getByRole('region', { name: 'Events, newest first' });
    await list.hover();
    const before = await list.innerText();
    await scene.mark(linePrice(34) - 10);
    await page.getByRole('button', { name: /new/ }).waitFor();
    expect(await list.innerText()).toBe(before);
    await page.getByRole('button', { name: /new/ }).click();
    await list.getByText(`${traderName(34)} is closed`).waitFor();
  });

  test('a restarted server is found again and nothing is missed or told twice', async () => {
    const page = await visit();
    const watched = open[0];
    await scene.stop();
    await page.getByText('reconnecting', { exact: true }).waitFor();
    await page.getByText('The server is out of reach').waitFor();
    await scene.start();
    await scene.mark(linePrice(33) - 10);
    await page.getByText('live', { exact: true }).waitFor({ timeout: 20_000 });
    await page.getByText('The server had restarted').waitFor();
    const list = page.getByRole('region', { name: 'Events, newest first' });
    await list.getByText(`${traderName(33)} is closed`).waitFor();
    await scene.mark(linePrice(32) - 10);
    await list.getByText(`${traderName(32)} is closed`).waitFor();
    expect(await list.getByText(`${traderName(33)} is closed`).count()).toBe(1);
    expect(watched?.faults.filter((fault) => !fault.includes('ERR_CONNECTION_REFUSED'))).toEqual(
      [],
    );
    if (watched) watched.faults.length = 0;
  });

  test('the demo is labelled as simulated, moves, and fills every panel', async () => {
    if (typeof browser === 'string') throw new Error(browser);
    const demo = new PageScene();
    try {
      await demo.start(true);
      const watched = await openPage(browser, demo.url, { ...WALL, theme: 'dark' });
      open.push(watched);
      const { page } = watched;
      await page.getByText('simulated market').waitFor();
      await page.getByText(/^1,\d{3} of 1,\d{3}$|^2,\d{3} of 2,\d{3}$/).waitFor();
      const mark = page.locator('.mark strong');
      const before = await mark.innerText();
      await expect.poll(() => mark.innerText(), { timeout: 10_000 }).not.toBe(before);
      expect(Number((await tile(page, 'accounts')).replace(',', ''))).toBeGreaterThan(1_900);
      expect(await page.locator('.item .account').count()).toBeGreaterThan(20);
      expect(await findViolations(page)).toEqual([]);
      expect(await findOverflow(page)).toEqual([]);
      await leave(watched);
    } finally {
      await demo.remove();
    }
  }, 180_000);

  test('a server with keys asks for one and shows the page for it', async () => {
    if (typeof browser === 'string') throw new Error(browser);
    const locked = new PageScene();
    try {
      await locked.start();
      await locked.fill();
      await locked.stop();
      const secret = locked.addReader();
      await locked.start();
      const watched = await openPage(browser, locked.url, { ...DESKTOP, theme: 'dark' });
      open.push(watched);
      const { page } = watched;
      await page.getByLabel('Key').fill(secret);
      expect(await findViolations(page)).toEqual([]);
      expect(watched.faults.filter((fault) => !fault.includes('401'))).toEqual([]);
      watched.faults.length = 0;
      await page.getByRole('button', { name: 'Show the page' }).click();
      await page.getByText('live', { exact: true }).waitFor();
      await page.locator('.item', { hasText: traderName(39) }).waitFor();
      await leave(watched);
    } finally {
      await locked.remove();
    }
  });
});
