/**
 * The view of an account as people use it: a real server, a real browser, mouse, keyboard and
 * phone. What it shows must have the digits of the API and of the command line.
 */
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
import { PageScene, traderName } from './page-scene.ts';
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

async function visit(account: string, { size = DESKTOP, theme = 'dark' }: Visit = {}) {
  if (typeof browser === 'string') throw new Error(browser);
  const watched = await openPage(browser, `${scene.url}#/account/${account}`, { ...size, theme });
  open.push(watched);
  await watched.page.getByRole('region', { name: 'Positions' }).waitFor();
  return watched.page;
}

/** A figure in all its digits, by the name that it has for who cannot see it. */
async function exact(page: Page, name: string): Promise<string | null> {
  const figure = page.getByRole('button', { name: new RegExp(`^${name}:`) }).first();
  return figure.getAttribute('data-exact', { timeout: 5_000 });
}

async function ask(path: string): Promise<Record<string, unknown>> {
  return (await (await fetch(`${scene.url}v1/${path}`)).json()) as Record<string, unknown>;
}

describe.skipIf(!isWanted)(`an account${missing === null ? '' : ` (${missing})`}`, () => {
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
        const page = await visit(ACCOUNT, { size, theme });
        await page.getByText('Why this liquidation price').click();
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
    const report = JSON.parse(out) as { equity: string; positions: Record<string, string>[] };
    expect(await exact(page, 'equity')).toBe(account['equity']);
    expect(await exact(page, 'equity')).toBe(report.equity);
    expect(await exact(page, 'maintenance margin')).toBe(account['maintenanceMargin']);
    expect(await exact(page, 'initial margin')).toBe(account['initialMargin']);
    for (const [name, key] of [
      ['liquidation price', 'liquidationPrice'],
      ['bankruptcy price', 'bankruptcyPrice'],
      ['distance', 'distance'],
      ['value', 'value'],
    ] as const)
      expect(await exact(page, name)).toBe(report.positions[0]?.[key]);
  });

  test('the gauge says in words what it shows, and the derivation why', async () => {
    const page = await visit(ACCOUNT);
    const gauge = page.getByRole('img', {
      name: /^Load line: margin ratio 0\.\d{3} of 1, healthy/,
    });
    await gauge.waitFor();
    expect(await gauge.getAttribute('aria-label')).toContain('called from 0.800 on');
    await page.getByText('Why this liquidation price').click();
    const steps = page.locator('details[open] li');
    await expect.poll(() => steps.count()).toBeGreaterThan(5);
    const price = String(await exact(page, 'liquidation price'));
    expect((await steps.allInnerTexts()).join('\n')).toContain(price);
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

  test('an unknown account is said so', async () => {
    if (typeof browser === 'string') throw new Error(browser);
    const url = `${scene.url}#/account/nobody`;
    const watched = await openPage(browser, url, { ...DESKTOP, theme: 'dark' });
    open.push(watched);
    await watched.page.getByRole('alert').waitFor();
    expect(await watched.page.getByRole('alert').innerText()).toContain('nobody');
    watched.faults.length = 0;
  });
});
