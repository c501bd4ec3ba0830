/**
 * The view of an account as people use it: a real server, a real browser, mouse, keyboard and
 * phone. What it shows must have the digits of the API and of the command line.
 */
import type { Locator, Page } from 'playwright-core';
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
import { CONFIGURATION, ENTRY, PageScene, RULES, traderName } from './page-scene.ts';
import { runProgram } from './program.ts';

const browser = await openBrowser();
const missing = typeof browser === 'string' ? browser : null;
const isWanted = missing === null || process.env['CI'] === 'true';

/** The account that most tests look at. */
const ACCOUNT = traderName(30);

const scene = new PageScene();
let open: Watched[] = [];

interface Visit {
  readonly size?: { readonly width: number; readonly height: number };
  readonly theme?: 'dark' | 'light';
}

async function visit(
  account: string,
  { size = DESKTOP, theme = 'dark' }: Visit = {},
): Promise<Page> {
  if (typeof browser === 'string') throw new Error(browser);
  const watched = await openPage(browser, `${scene.url}#/account/${account}`, { ...size, theme });
  open.push(watched);
  await watched.page.getByRole('region', { name: 'Positions' }).waitFor();
  return watched.page;
}

async function look(url: string): Promise<Watched> {
  if (typeof browser === 'string') throw new Error(browser);
  const watched = await openPage(browser, url, { ...DESKTOP, theme: 'dark' });
  open.push(watched);
  return watched;
}

/** Two accounts and no fund: one bought a coin from the other with a hundredth of its price. */
async function openSmall(small: PageScene, timeoutMs: number): Promise<void> {
  await small.start();
  const liquidation = { ...CONFIGURATION.liquidation, timeoutMs };
  await small.post('configuration', { ...CONFIGURATION, liquidation });
  for (const market of ['BTC-PERP', 'ETH-PERP'])
    await small.post('markets', { market, rules: RULES });
  await small.mark(ENTRY);
  for (const [account, amount] of Object.entries({ house: '900000', loser: '600' })) {
    await small.post('accounts', { account });
    await small.post(`accounts/${account}/deposits`, { amount });
  }
  await small.post('accounts/loser/leverage', { market: 'BTC-PERP', leverage: '100' });
  const deal = { market: 'BTC-PERP', size: '1', price: String(ENTRY), taker: 'buy' };
  await small.post('trades', { ...deal, buyer: 'loser', seller: 'house' });
}

/** A figure in all its digits, by the name that it has for who cannot see it. */
async function exact(within: Page | Locator, name: string): Promise<string | null> {
  const figure = within.getByRole('button', { name: new RegExp(`^${name}:`) }).first();
  return figure.getAttribute('data-exact', { timeout: 5_000 });
}

async function ask<T = Record<string, string>>(path: string, body?: object): Promise<T> {
  const request =
    body === undefined
      ? {}
      : {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        };
  return (await (await fetch(`${scene.url}v1/${path}`, request)).json()) as T;
}

interface Reported {
  readonly equity: string;
  readonly positions: readonly Readonly<Record<string, string>>[];
}

function position(page: Page, name: string): Locator {
  return page.getByRole('region', { name });
}

const LONG = 'long BTC-PERP, cross';
const SHORT = 'short ETH-PERP, isolated';

/** A second position, isolated and short, and two intervals of funding. */
async function enrich(): Promise<void> {
  const market = 'ETH-PERP';
  await scene.post(`accounts/${ACCOUNT}/margin-mode`, { market, marginMode: 'isolated' });
  await scene.post(`accounts/${ACCOUNT}/leverage`, { market, leverage: '5' });
  const trade = { market, buyer: 'house', seller: ACCOUNT, size: '0.2', price: '3000' };
  await scene.post('trades', { ...trade, taker: 'sell' });
  for (const intervalEnd of ['2026-01-01T00:00:00Z', '2026-01-01T08:00:00Z'])
    await scene.post('funding', { market: 'BTC-PERP', rate: '0.0001', intervalEnd });
}

/** The page has the liquidation price of `name` that the server gives after these changes. */
async function supposes(page: Page, changes: readonly object[], name = LONG): Promise<void> {
  const document = await ask(`accounts/${ACCOUNT}/document`);
  const { after } = await ask<{ after: Reported }>('what-if', { document, changes });
  const wanted = after.positions.find(
    (each) => `${each['side']} ${each['market']}, ${each['marginMode']}` === name,
  );
  expect(wanted).toBeDefined();
  for (const [label, key] of [
    ['liquidation price', 'liquidationPrice'],
    ['value', 'value'],
    ['initial', 'initialMargin'],
  ] as const)
    await expect
      .poll(() => exact(position(page, name), label), { timeout: 5_000 })
      .toBe(wanted?.[key]);
}

function shownEquity(replay: Locator): Promise<string> {
  const figure = replay.locator('dl > div', { hasText: 'equity' }).locator('dd');
  return figure.innerText().then((text) => text.replace(/[^\d.−-]/g, '').replace('−', '-'));
}

describe.skipIf(!isWanted)(`an account${missing === null ? '' : ` (${missing})`}`, () => {
  beforeAll(async () => {
    await scene.start();
    await scene.fill();
    await enrich();
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
        const page = await visit(ACCOUNT, { size, theme });
        await page.getByText('Why this liquidation price').first().click();
        await page.getByText('How these figures come about').click();
        await page.locator('details[open] li').first().waitFor();
        expect(await findViolations(page)).toEqual([]);
        expect(await findOverflow(page)).toEqual([]);
      },
    );
  });

  test('has the digits of the API and of the command line', async () => {
    const page = await visit(ACCOUNT);
    const account = await ask(`accounts/${ACCOUNT}`);
    const document = JSON.stringify(await ask(`accounts/${ACCOUNT}/document`));
    const { out } = await runProgram(['check', '-', '--json'], document);
    const report = JSON.parse(out) as Reported;
    const figures = page.getByRole('region', { name: 'Figures' });
    expect(await exact(figures, 'equity')).toBe(account['equity']);
    expect(await exact(figures, 'maintenance margin')).toBe(account['maintenanceMargin']);
    expect(await exact(figures, 'initial margin')).toBe(account['initialMargin']);
    expect(await exact(figures, 'available')).toBe(account['available']);
    for (const [index, name] of [LONG, SHORT].entries())
      for (const [label, key] of [
        ['liquidation price', 'liquidationPrice'],
        ['bankruptcy price', 'bankruptcyPrice'],
        ['distance', 'distance'],
        ['value', 'value'],
        ['maintenance', 'maintenanceMargin'],
      ] as const)
        expect(await exact(position(page, name), label)).toBe(report.positions[index]?.[key]);
  });

  test('the gauge says in words what it shows, and the derivation why', async () => {
    const page = await visit(ACCOUNT);
    const gauge = page.getByRole('img', {
      name: /^Load line: margin ratio 0\.\d{3} of the cross pool, healthy/,
    });
    await gauge.waitFor();
    const words = await gauge.getAttribute('aria-label');
    expect(words).toMatch(/BTC-PERP may fall \d\.\d\d % before liquidation; called from 0\.800 on/);
    await position(page, LONG).getByText('Why this liquidation price').click();
    const steps = page.locator('details[open] li');
    await expect.poll(() => steps.count()).toBeGreaterThan(5);
    const price = String(await exact(position(page, LONG), 'liquidation price'));
    expect((await steps.allInnerTexts()).join('\n')).toContain(price);
  });

  test('says what funding was paid, and when and how much comes next', async () => {
    const page = await visit(ACCOUNT);
    const history = await ask<{ funding: { market: string; paid: string }[] }>(
      `accounts/${ACCOUNT}/history`,
    );
    const paid = history.funding.find(({ market }) => market === 'BTC-PERP')?.paid;
    expect(Number(paid)).toBe(5);
    await expect.poll(() => exact(position(page, LONG), 'funding so far')).toBe(paid);
    const panel = position(page, LONG);
    await panel.locator('dl > div', { hasText: 'funding paid' }).getByText('5.00').waitFor();
    await panel.locator('dl > div', { hasText: 'next funding, paid' }).getByText('2.50').waitFor();
    await position(page, LONG).getByText('16:00', { exact: true }).waitFor();
    await position(page, SHORT).getByText('none yet').waitFor();
  });

  test('supposes what is slid and typed, everywhere at once, and forgets it', async () => {
    const page = await visit(ACCOUNT);
    const panel = page.getByRole('region', { name: 'What if' });
    const before = await exact(position(page, LONG), 'liquidation price');
    const gauge = page.getByRole('img', { name: /^Load line/ });
    await panel.getByLabel('BTC-PERP price', { exact: true }).fill('48600');
    await page.getByRole('status').getByText('What if').waitFor();
    const changes: object[] = [{ kind: 'prices', prices: { 'BTC-PERP': '48600' } }];
    await supposes(page, changes);
    expect(await gauge.getAttribute('aria-label')).not.toContain('healthy');
    await panel.getByLabel('Deposit', { exact: true }).fill('500');
    changes.unshift({ kind: 'deposit', amount: '500' });
    await supposes(page, changes);
    const group = panel.getByRole('group', { name: 'long BTC-PERP' });
    await group.getByLabel('Size', { exact: true }).fill('0.3');
    const fill = { kind: 'fill', market: 'BTC-PERP', positionSide: 'long', marginMode: 'cross' };
    changes.push({ ...fill, side: 'sell', size: '0.2', price: '48600' });
    await supposes(page, changes);
    expect(await findViolations(page)).toEqual([]);
    await panel.getByRole('button', { name: 'reset' }).click();
    await expect.poll(() => exact(position(page, LONG), 'liquidation price')).toBe(before);
    expect(await page.getByRole('status').getByText('What if').count()).toBe(0);
  });

  test('supposes a position in a market where none is held, at the digits of the server', async () => {
    await scene.post('accounts', { account: 'new' });
    await scene.post('accounts/new/deposits', { amount: '1000' });
    const page = await visit('new');
    const panel = page.getByRole('region', { name: 'What if' });
    await panel.getByLabel('Market', { exact: true }).selectOption('BTC-PERP');
    // Half of 1,000 with leverage 10, on a lot.
    expect(await panel.getByLabel('Size', { exact: true }).inputValue()).toBe('0.1');
    await panel.getByText('short', { exact: true }).click();
    await panel.getByLabel('BTC-PERP price', { exact: true }).fill('52000');
    const document = await ask<{ markets: object }>('accounts/new/document');
    const { maintenance, takerFee, tick } = RULES;
    Object.assign(document.markets, { 'BTC-PERP': { maintenance, takerFee, tick } });
    const fill = { kind: 'fill', market: 'BTC-PERP', side: 'sell', size: '0.1', leverage: '10' };
    const prices = { kind: 'prices', prices: { 'BTC-PERP': '52000' } };
    const changes = [{ ...fill, price: String(ENTRY) }, prices];
    const { after } = await ask<{ after: Reported }>('what-if', { document, changes });
    const opened = position(page, 'short BTC-PERP, cross');
    for (const [label, key] of [
      ['liquidation price', 'liquidationPrice'],
      ['bankruptcy price', 'bankruptcyPrice'],
      ['PnL', 'unrealizedPnl'],
      ['initial', 'initialMargin'],
    ] as const)
      await expect.poll(() => exact(opened, label)).toBe(after.positions[0]?.[key]);
    expect(await findViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByText('This account holds no position').waitFor();
    expect(await panel.getByLabel('Market', { exact: true }).inputValue()).toBe('');
  });

  test('sliders, leverage and mode obey the keyboard', async () => {
    const page = await visit(ACCOUNT);
    const panel = page.getByRole('region', { name: 'What if' });
    const group = panel.getByRole('group', { name: 'short ETH-PERP' });
    await panel.getByRole('slider', { name: 'BTC-PERP price, slider' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Escape');
    await group.getByRole('slider', { name: 'Leverage, slider' }).focus();
    await page.keyboard.press('ArrowLeft');
    const choice = { market: 'ETH-PERP', side: 'short', marginMode: 'isolated' };
    const changes: object[] = [{ kind: 'leverage', position: choice, leverage: '4' }];
    await supposes(page, changes, SHORT);
    await group.getByRole('radio', { name: 'isolated' }).focus();
    await page.keyboard.press('ArrowLeft');
    changes.push({ kind: 'margin-mode', position: choice, marginMode: 'cross' });
    await supposes(page, changes, 'short ETH-PERP, cross');
    await group.getByRole('slider', { name: 'Size, slider' }).focus();
    await page.keyboard.press('Home');
    await position(page, 'short ETH-PERP, cross').waitFor({ state: 'detached' });
  });

  test('what cannot be supposed is refused in words, and the account stays', async () => {
    const page = await visit(ACCOUNT);
    const panel = page.getByRole('region', { name: 'What if' });
    const before = await exact(position(page, LONG), 'liquidation price');
    await panel.getByLabel('BTC-PERP price', { exact: true }).fill('-5');
    await panel.getByText(/changes\[0\]\.prices/).waitFor();
    expect(await page.getByRole('status').getByText('What if').count()).toBe(0);
    expect(await exact(position(page, LONG), 'liquidation price')).toBe(before);
  });

  test('shows the way since the opening, and less of it when asked', async () => {
    const page = await visit(ACCOUNT);
    const past = page.getByRole('region', { name: 'Over time' });
    const { equity } = await ask(`accounts/${ACCOUNT}`);
    const summary = past.locator('figcaption');
    await expect.poll(() => summary.innerText()).toContain(Number(equity).toFixed(2));
    await past.getByRole('button', { name: '1 h' }).click();
    expect(await past.getByRole('button', { name: '1 h' }).getAttribute('aria-pressed')).toBe(
      'true',
    );
    await past.getByRole('figure').hover();
    await past.locator('.readout', { hasText: 'equity' }).waitFor();
  });

  test('Escape and the back button lead to the fleet', async () => {
    const page = await visit(ACCOUNT);
    await page.keyboard.press('Escape');
    await page.locator('.item .account').first().waitFor();
    await page.goBack();
    await page.getByRole('article', { name: `Account ${ACCOUNT}` }).waitFor();
    expect(await page.title()).toBe(`${ACCOUNT} · Plimsoll`);
    await page.getByRole('button', { name: '← fleet' }).click();
    await page.locator('.item .account').first().waitFor();
  });

  test('a field that is emptied supposes nothing, and nobody holds less than nothing', async () => {
    const page = await visit(ACCOUNT);
    const panel = page.getByRole('region', { name: 'What if' });
    const group = panel.getByRole('group', { name: 'long BTC-PERP' });
    const size = group.getByLabel('Size', { exact: true });
    await size.fill('');
    await page.waitForTimeout(300);
    expect(await position(page, LONG).count()).toBe(1);
    expect(await size.inputValue()).toBe('');
    expect(await size.getAttribute('placeholder')).toBe('0.5');
    expect(await page.getByRole('status').getByText('What if').count()).toBe(0);
    await size.fill('-1');
    await panel.getByText(/changes\[0\]\.size/).waitFor();
    expect(await position(page, LONG).count()).toBe(1);
    await size.fill('0.25');
    const fill = { kind: 'fill', market: 'BTC-PERP', positionSide: 'long', marginMode: 'cross' };
    await supposes(page, [{ ...fill, side: 'sell', size: '0.25', price: String(ENTRY) }]);
  });

  test('says whose it is and what is ordered, and leads to the others of its owner', async () => {
    await scene.post('accounts', { account: 'desk-1', owner: 'desk' });
    await scene.post('accounts', { account: 'desk-2', owner: 'desk' });
    await scene.post('accounts/desk-1/deposits', { amount: '1000' });
    const order = { market: 'BTC-PERP', side: 'buy', size: '0.01', price: '49000' };
    await scene.post('accounts/desk-1/orders', { ...order, order: 'o-1', reduceOnly: false });
    const page = await visit('desk-1');
    const orders = page.getByRole('region', { name: 'Open orders' });
    const row = await orders.getByRole('row', { name: /o-1/ }).innerText();
    expect(row.replaceAll(/\s+/g, ' ')).toContain('o-1 BTC-PERP buy 0.01 49,000.0');
    const account = await ask<{ orders: { initialMargin: string }[] }>('accounts/desk-1');
    expect(await exact(orders, 'initial margin')).toBe(account.orders[0]?.initialMargin);
    expect(await findViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'desk-2' }).click();
    await page.getByRole('article', { name: 'Account desk-2' }).waitFor();
    await page.getByRole('button', { name: 'desk-1' }).waitFor();
    const leverage = page.locator('dl > div', { hasText: 'effective leverage' }).locator('dd');
    expect(await leverage.innerText()).toBe('–');
  });

  test('many positions are a table too, the nearest its line first, that leads to each', async () => {
    const account = 'many';
    await scene.post('accounts', { account });
    await scene.post(`accounts/${account}/deposits`, { amount: '3000' });
    await scene.post(`accounts/${account}/leverage`, { market: 'BTC-PERP', leverage: '100' });
    for (const [k, price] of ['100', '200'].entries()) {
      const market = `X${k}-PERP`;
      await scene.post('markets', { market, rules: RULES });
      const prices = { [market]: price };
      await scene.post('marks', { source: market, sourceSequence: 1, prices });
    }
    for (const [market, price, size] of [
      ['X0-PERP', '100', '1'],
      ['X1-PERP', '200', '10'],
      ['BTC-PERP', String(ENTRY), '0.5'],
    ])
      await scene.post('trades', {
        market,
        buyer: account,
        seller: 'house',
        size,
        price,
        taker: 'buy',
      });
    const page = await visit(account);
    const table = page.getByRole('region', { name: 'Positions' }).getByRole('table');
    const { positions } = await ask<Reported>(`accounts/${account}`);
    const known = positions.filter(({ distance }) => distance !== null);
    const nearest = known.toSorted((a, b) => Number(a['distance']) - Number(b['distance']))[0];
    const first = table.locator('tbody tr').first();
    expect(await first.innerText()).toContain(String(nearest?.['market']));
    await table.getByRole('button', { name: 'X1-PERP' }).click();
    const card = position(page, 'long X1-PERP, cross');
    expect(await card.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await findViolations(page)).toEqual([]);
    await page.setViewportSize({ width: 320, height: 640 });
    expect(await findOverflow(page)).toEqual([]);
  });

  test('founders while it is closed, and tells each step as it happens', async () => {
    const small = new PageScene();
    try {
      await openSmall(small, 600_000);
      const watched = await look(`${small.url}#/account/loser`);
      const { page } = watched;
      const ship = page.locator('.ship').first();
      await ship.waitFor();
      const lists = (): Promise<string> => ship.evaluate((element) => element.style.transform);
      expect(await lists()).toContain('rotate(0deg)');
      await small.mark(ENTRY - 400);
      await expect.poll(lists, { timeout: 5_000 }).toContain('rotate(4deg)');
      await page.getByText('below its line: being closed').waitFor();
      const replay = page.getByRole('region', { name: 'Liquidations' });
      await replay.getByRole('button', { name: 'closing' }).waitFor({ timeout: 5_000 });
      const path = 'v1/events?account=loser&kind=liquidation-ordered';
      const told = (await (await fetch(`${small.url}${path}`)).json()) as {
        events: { liquidation: number; limit: string }[];
      };
      const [ordered] = told.events;
      const fill = { size: '1', price: ordered?.limit, counterparty: 'house' };
      await small.post(`liquidations/${ordered?.liquidation}/fills`, fill);
      await replay.getByRole('button', { name: 'filled' }).click({ timeout: 5_000 });
      await expect.poll(lists, { timeout: 5_000 }).toContain('rotate(0deg)');
      await replay.getByText('nothing', { exact: true }).waitFor();
      const events = page.getByRole('region', { name: 'Events' });
      await events.getByRole('button', { name: 'BTC-PERP' }).first().click();
      await page.locator('.item .account').first().waitFor();
      expect(page.url()).toContain('market=BTC-PERP');
    } finally {
      await small.remove();
    }
  });

  test('the curve marks where winners were deleveraged', async () => {
    const small = new PageScene();
    try {
      await openSmall(small, 0);
      await small.mark(ENTRY * 0.95);
      const { page } = await look(`${small.url}#/account/house`);
      const figure = page.getByRole('region', { name: 'Over time' }).getByRole('figure');
      await figure.waitFor();
      const box = await figure.boundingBox();
      if (box === null) throw new Error('no chart');
      const happened = figure.locator('.happened', { hasText: 'ADL' });
      for (let x = box.width - 80; x > 0 && !(await happened.isVisible()); x -= 10)
        await page.mouse.move(box.x + x, box.y + 140);
      expect(await happened.innerText()).toContain('ADL');
    } finally {
      await small.remove();
    }
  });

  test('a liquidation before a thousand payments of funding is still told', async () => {
    const small = new PageScene();
    try {
      await openSmall(small, 0);
      await small.mark(ENTRY * 0.95);
      await small.mark(ENTRY);
      await small.post('accounts/loser/deposits', { amount: '20000' });
      const deal = { market: 'BTC-PERP', size: '0.1', price: String(ENTRY), taker: 'buy' };
      await small.post('trades', { ...deal, buyer: 'loser', seller: 'house' });
      const start = Date.UTC(2026, 0, 1);
      for (let hour = 0; hour < 1_005; hour += 1) {
        const intervalEnd = new Date(start + hour * 3_600_000).toISOString();
        await small.post('funding', { market: 'BTC-PERP', rate: '0.00001', intervalEnd });
      }
      const { page } = await look(`${small.url}#/account/loser`);
      const replay = page.getByRole('region', { name: 'Liquidations' });
      await replay.getByRole('button', { name: 'sinking' }).waitFor({ timeout: 10_000 });
    } finally {
      await small.remove();
    }
  });

  test('Escape hides what a figure means first, and only then leaves', async () => {
    const page = await visit(ACCOUNT);
    await page.getByRole('button', { name: 'spare margin' }).focus();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Tab');
    await page.locator('#tip:popover-open').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('#tip:popover-open').waitFor({ state: 'detached' });
    expect(await page.getByRole('article', { name: `Account ${ACCOUNT}` }).count()).toBe(1);
    await page.keyboard.press('Escape');
    await page.locator('.item .account').first().waitFor();
  });

  test('the longest name fits a phone', async () => {
    const long = 'x'.repeat(64);
    await scene.post('accounts', { account: long });
    const page = await visit(long, { size: { width: 320, height: 640 } });
    expect(await findOverflow(page)).toEqual([]);
  });

  test('nothing shifts while a crash runs', async () => {
    const page = await visit(ACCOUNT);
    await page.waitForTimeout(2_500);
    await page.evaluate(() => {
      Object.assign(globalThis, { shifted: 0 });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          const { value } = entry as PerformanceEntry & { value: number };
          (globalThis as unknown as { shifted: number }).shifted += value;
        }
      }).observe({ type: 'layout-shift' });
    });
    for (let fall = 0; fall < 5; fall += 1) {
      await scene.mark(ENTRY - fall * 150);
      await page.waitForTimeout(700);
    }
    const shifted = await page.evaluate(
      () => (globalThis as unknown as { shifted: number }).shifted,
    );
    expect(shifted).toBeLessThan(0.01);
    await scene.mark(ENTRY);
  });

  test('moves with the market, and nothing jumps', async () => {
    const page = await visit(ACCOUNT);
    const before = await exact(position(page, LONG), 'distance');
    const box = await position(page, LONG).boundingBox();
    await scene.mark(ENTRY - 400);
    const distance = (): Promise<string | null> => exact(position(page, LONG), 'distance');
    await expect.poll(distance, { timeout: 5_000 }).not.toBe(before);
    expect(await position(page, LONG).boundingBox()).toEqual(box);
    await scene.mark(ENTRY);
  });

  test('a phone opens an account by a tap, supposes and goes back', async () => {
    const page = await visit(ACCOUNT, { size: PHONE });
    await page.getByRole('button', { name: '← fleet' }).click();
    await page.locator('.item', { hasText: traderName(31) }).click();
    await page.getByRole('article', { name: `Account ${traderName(31)}` }).waitFor();
    const panel = page.getByRole('region', { name: 'What if' });
    const slider = panel.getByRole('slider', { name: 'BTC-PERP price, slider' });
    await slider.click({ position: { x: 20, y: 8 } });
    await page.getByRole('status').getByText('What if').waitFor();
    expect(await findOverflow(page)).toEqual([]);
    await page.getByRole('status').getByRole('button', { name: 'reset' }).click();
    await page.goBack();
    await page.locator('.item .account').first().waitFor();
  });

  test('who wants little motion gets none', async () => {
    const page = await visit(ACCOUNT);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const moves = await page
      .locator('.sea path')
      .first()
      .evaluate((path) => {
        return getComputedStyle(path).animationName;
      });
    expect(moves).toBe('none');
  });

  test('a liquidation is gone through step by step, with mouse and arrow keys', async () => {
    const sunk = traderName(39);
    const { positions } = await ask<Reported>(`accounts/${sunk}`);
    await scene.mark(Number(positions[0]?.['liquidationPrice']) - 10);
    const page = await visit(sunk);
    const replay = page.getByRole('region', { name: 'Liquidations' });
    const slider = replay.getByRole('slider', { name: 'Step of the liquidation' });
    await slider.waitFor();
    const past = await ask<{ events: { liquidation: number }[] }>(
      `events?account=${sunk}&kind=liquidation-started`,
    );
    const { steps } = await ask<{ steps: { equity: string; event: { kind: string } }[] }>(
      `accounts/${sunk}/liquidations/${past.events[0]?.liquidation}`,
    );
    expect(await slider.getAttribute('aria-valuetext')).toContain(`step 1 of ${steps.length}`);
    expect(await shownEquity(replay)).toBe(Number(steps[0]?.equity).toFixed(2));
    await replay.getByRole('button', { name: 'next' }).click();
    await slider.focus();
    for (let k = 2; k < steps.length; k += 1) await page.keyboard.press('ArrowRight');
    expect(await slider.getAttribute('aria-valuetext')).toContain('is closed (cross)');
    expect(await shownEquity(replay)).toBe(Number(steps.at(-1)?.equity).toFixed(2));
    await replay.getByText('nothing', { exact: true }).waitFor();
    await replay.getByRole('button', { name: 'show among all events' }).click();
    const line = page.getByRole('region', { name: 'Events' }).locator('li:focus');
    expect(await line.innerText()).toContain(`${sunk} is closed (cross)`);
    await replay.getByRole('button', { name: 'sinking' }).click();
    expect(await shownEquity(replay)).toBe(Number(steps[0]?.equity).toFixed(2));
    expect(await findViolations(page)).toEqual([]);
    await scene.mark(ENTRY);
  });

  test('says that the server is out of reach, and goes on when it is back', async () => {
    const page = await visit(ACCOUNT);
    const watched = open[0];
    const equity = await exact(page, 'equity');
    await scene.stop();
    await page.getByText('The server is out of reach').waitFor();
    expect(await exact(page, 'equity')).toBe(equity);
    await scene.start();
    await scene.mark(ENTRY - 200);
    await page.getByText('live', { exact: true }).waitFor({ timeout: 20_000 });
    await expect.poll(() => exact(page, 'equity'), { timeout: 10_000 }).not.toBe(equity);
    const others = watched?.faults.filter((fault) => !fault.includes('ERR_CONNECTION_REFUSED'));
    expect(others).toEqual([]);
    if (watched) watched.faults.length = 0;
  });

  test('the front page does not wait for the scripts of this view', async () => {
    if (typeof browser === 'string') throw new Error(browser);
    const watched = await openPage(browser, 'about:blank', { ...DESKTOP, theme: 'dark' });
    open.push(watched);
    const asked: string[] = [];
    watched.page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await watched.page.goto(scene.url);
    await watched.page.locator('.item .account').first().click();
    await watched.page.getByRole('region', { name: 'Positions' }).waitFor();
    const list = asked.findIndex((path) => path === '/v1/accounts');
    const view = asked.findIndex((path) => path.includes('AccountView'));
    expect(list).toBeGreaterThan(0);
    expect(view).toBeGreaterThan(list);
  });

  test('an unknown account is said so', async () => {
    if (typeof browser === 'string') throw new Error(browser);
    const url = `${scene.url}#/account/nobody`;
    const watched = await openPage(browser, url, { ...DESKTOP, theme: 'dark' });
    open.push(watched);
    await watched.page.getByRole('alert').waitFor();
    expect(await watched.page.getByRole('alert').innerText()).toContain('nobody');
    await scene.post('accounts', { account: 'nobody' });
    await scene.stop();
    await watched.page.getByText('The server is out of reach').waitFor();
    await scene.start();
    await watched.page.getByRole('region', { name: 'Positions' }).waitFor({ timeout: 20_000 });
    watched.faults.length = 0;
  });

  test('a name that no account can have is asked for once', async () => {
    const watched = await look(`${scene.url}#/account/%ZZ<img src=x>`);
    await watched.page.getByRole('alert').getByText('1 to 64').waitFor();
    await watched.page.getByText('live', { exact: true }).waitFor();
    await watched.page.waitForTimeout(1_500);
    const asked = watched.faults.length;
    await watched.page.waitForTimeout(2_500);
    expect(watched.faults.length).toBe(asked);
    watched.faults.length = 0;
  });
});
