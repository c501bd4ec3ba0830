/**
 * A real server with a small market of its own: two markets, forty traders at rising leverage, and
 * a price that a test moves. Nothing in it is random, so a test knows who is called at which price.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addKey, serve, type RunningServer } from '../packages/plimsoll/src/server/index.ts';

export const TRADERS = 40;
export const ENTRY = 50_000;

export const RULES = {
  contract: 'linear',
  multiplier: '1',
  tick: '0.1',
  lot: '0.001',
  maintenance: {
    basis: 'mark',
    schedule: {
      kind: 'brackets',
      by: 'value',
      levels: [
        { from: '0', rate: '0.005' },
        { from: '100000', rate: '0.01' },
      ],
    },
    closingFeeRate: '0',
    closingFeeAt: 'mark',
  },
  initial: null,
  maxLeverage: '100',
  makerFee: '0.0002',
  takerFee: '0.0005',
  liquidationFee: '0.001',
  trigger: 'below',
  priceBand: '0.1',
  profitWithdrawable: false,
  staleAfterMs: null,
  invalidAfterMs: null,
} as const;

export const CONFIGURATION = {
  asset: { symbol: 'USDT', decimals: 6 },
  policy: { marginCallAt: '0.8', marginCallClearAt: null, call: null },
  liquidation: { timeoutMs: 0, remainderTo: 'fund', depositCures: true, fundLeverage: '10' },
  rememberedIds: 1_000,
} as const;

/** The server of one test, which can be stopped and started on the same folder and port. */
export class PageScene {
  readonly #data = mkdtempSync(join(tmpdir(), 'plimsoll-page-'));
  #server: RunningServer | null = null;
  #marks = 0;
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  async start(demo = false): Promise<void> {
    const { PLIMSOLL_TEST_LOG: wanted } = process.env;
    const log = wanted === undefined ? (): void => undefined : console.error;
    this.#server = await serve({
      data: this.#data,
      port: this.#port,
      demo,
      name: 'Test scene',
      log,
    });
    this.#port = Number(new URL(this.#server.address).port);
  }

  async stop(): Promise<void> {
    await this.#server?.close();
    this.#server = null;
  }

  /** What a stopped server knew is gone: the next start finds an empty folder. */
  forget(): void {
    for (const name of readdirSync(this.#data))
      rmSync(join(this.#data, name), { recursive: true, force: true });
    this.#marks = 0;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#data, { recursive: true, force: true });
  }

  /** From the next start on the server wants keys; gives one that may read. */
  addReader(): string {
    const createdAt = new Date().toISOString();
    return addKey(this.#data, { name: 'page', role: 'reader', accounts: null, createdAt });
  }

  async post(path: string, body: object): Promise<void> {
    const response = await fetch(`${this.url}v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  }

  /** A new mark of BTC-PERP, the other market following half as far. */
  async mark(price: number): Promise<void> {
    this.#marks += 1;
    const other = 3_000 * (1 + (price / ENTRY - 1) / 2);
    const prices = { 'BTC-PERP': price.toFixed(1), 'ETH-PERP': other.toFixed(1) };
    await this.post('marks', { source: 'test', sourceSequence: this.#marks, prices });
  }

  /** Traders are long against the house, each with a little less margin than the one before. */
  async fill(): Promise<void> {
    await this.post('configuration', CONFIGURATION);
    for (const market of ['BTC-PERP', 'ETH-PERP'])
      await this.post('markets', { market, rules: RULES });
    await this.post('fund/deposits', { amount: '250000' });
    await this.mark(ENTRY);
    await this.#open('house', 50_000_000);
    for (let index = 0; index < TRADERS; index += 1) await this.#trade(index);
  }

  async #trade(index: number): Promise<void> {
    const account = traderName(index);
    await this.#open(account, 2_000 - index * 35);
    const leverage = { market: 'BTC-PERP', leverage: '100' };
    await this.post(`accounts/${account}/leverage`, leverage);
    await this.post('trades', {
      market: 'BTC-PERP',
      buyer: account,
      seller: 'house',
      size: '0.5',
      price: String(ENTRY),
      taker: 'buy',
    });
  }

  async #open(account: string, amount: number): Promise<void> {
    await this.post('accounts', { account });
    await this.post(`accounts/${account}/deposits`, { amount: String(amount) });
  }
}

export function traderName(index: number): string {
  return `trader-${String(index).padStart(2, '0')}`;
}
