/**
 * A real headless Chromium for the tests of the page: Debian's if it is installed, else the one
 * that comes in an npm package. Whatever goes wrong in the page is collected as a fault.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';

const DEBIAN = '/usr/bin/chromium';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A browser, or why there is none. */
export async function openBrowser(): Promise<Browser | string> {
  try {
    return await chromium.launch({ executablePath: await findChromium(), args: FLAGS });
  } catch (error) {
    return `no browser: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`;
  }
}

async function findChromium(): Promise<string> {
  if (existsSync(DEBIAN)) return DEBIAN;
  const packaged = await import('@sparticuz/chromium');
  return packaged.default.executablePath();
}

export interface View {
  readonly width: number;
  readonly height: number;
  readonly theme: 'dark' | 'light';
}

export const DESKTOP = { width: 1440, height: 900 } as const;
export const PHONE = { width: 390, height: 844 } as const;
export const WALL = { width: 1920, height: 1080 } as const;

export interface Watched {
  readonly page: Page;
  /** Console errors, uncaught errors and failed requests, in the order in which they came. */
  readonly faults: string[];
}

export async function openPage(browser: Browser, url: string, view: View): Promise<Watched> {
  const context = await browser.newContext({
    viewport: { width: view.width, height: view.height },
    colorScheme: view.theme,
    locale: 'en-US',
  });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    // The page itself drops a question that a newer one has overtaken.
    if (reason !== 'net::ERR_ABORTED') faults.push(`request: ${request.url()} ${reason}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) faults.push(`answer: ${response.url()} ${response.status()}`);
  });
  await page.goto(url);
  return { page, faults };
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** The rules of axe-core that the page as it is now breaks, with the first places. */
export async function findViolations(page: Page): Promise<string[]> {
  // Evaluated, not added as a script: the page's content security policy forbids inline scripts.
  await page.evaluate(readFileSync(AXE, 'utf8'));
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run: () => Promise<AxeResults> } };
    const { violations } = await axe.run();
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`,
    );
  });
}

/** What is wider than the screen, or cut off sideways without saying so with an ellipsis. */
export function findOverflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const root = document.documentElement;
    const wide = root.scrollWidth > root.clientWidth ? [`page: ${root.scrollWidth}px wide`] : [];
    const cut = [...document.querySelectorAll('*')].filter((element) => {
      const style = getComputedStyle(element);
      const hidden = style.overflowX === 'hidden' && style.textOverflow !== 'ellipsis';
      return hidden && element.clientWidth > 1 && element.scrollWidth > element.clientWidth + 1;
    });
    return [...wide, ...cut.map((element) => `${element.className}: ${element.textContent}`)];
  });
}
