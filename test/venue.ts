/** A small venue and the words to ask it with: for tests, and for the faults that run without. */
import type { RunningServer } from '../packages/plimsoll/src/server/index.ts';

export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly headers: Headers;
  readonly text: string;
  // eslint-disable-next-line typescript/no-explicit-any -- tests look into whatever came
  readonly body: any;
}

type Address = Pick<RunningServer, 'address'>;

/** Sends a request; a body that is no text goes as JSON. */
export async function ask(
  server: Address,
  route: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const [method = 'GET', path = '/'] = route.split(' ');
  const isBytes = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(server.address + path, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: isBytes ? (body as string) : JSON.stringify(body) }),
  });
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  const parsed: unknown = type.includes('json') ? JSON.parse(text) : undefined;
  return { status: response.status, type, headers: response.headers, text, body: parsed };
}

export const CONFIGURATION = {
  asset: { symbol: 'USDT', decimals: 6 },
  policy: { marginCallAt: '0.8', marginCallClearAt: null, call: null },
  liquidation: { timeoutMs: 60_000, remainderTo: 'fund', depositCures: true, fundLeverage: '5' },
  rememberedIds: 1024,
} as const;

export const RULES = {
  contract: 'linear',
  multiplier: '1',
  tick: '0.1',
  lot: '0.001',
  maintenance: {
    basis: 'mark',
    schedule: { kind: 'flat', rate: '0.01' },
    closingFeeRate: '0',
    closingFeeAt: 'mark',
  },
  initial: null,
  maxLeverage: '50',
  makerFee: '0',
  takerFee: '0.0005',
  liquidationFee: '0.005',
  trigger: 'below',
  priceBand: '0.5',
  profitWithdrawable: false,
  staleAfterMs: null,
  invalidAfterMs: null,
} as const;

/** Configures USDT and BTC at 50,000, and gives ann 1,000 and the house a million. */
export async function openVenue(
  server: Address,
  headers: Record<string, string> = {},
): Promise<void> {
  const send = async (route: string, body: unknown): Promise<void> => {
    const reply = await ask(server, route, body, headers);
    if (reply.status !== 200) throw new Error(`${route}: ${reply.text}`);
  };
  await send('POST /v1/configuration', CONFIGURATION);
  await send('POST /v1/markets', { market: 'BTC', rules: RULES });
  await send('POST /v1/marks', { source: 'test', sourceSequence: 1, prices: { BTC: '50000' } });
  for (const [account, amount] of [
    ['ann', '1000'],
    ['house', '1000000'],
  ]) {
    await send('POST /v1/accounts', { account });
    await send(`POST /v1/accounts/${account}/deposits`, { amount });
  }
  await send('POST /v1/fund/deposits', { amount: '10000' });
  await send('POST /v1/accounts/ann/leverage', { market: 'BTC', leverage: '20' });
}

/** Ann buys 0.3 BTC of the house at 50,000. */
export const TRADE = {
  market: 'BTC',
  buyer: 'ann',
  seller: 'house',
  size: '0.3',
  price: '50000',
  taker: 'buy',
} as const;
