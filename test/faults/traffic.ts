/**
 * Concurrent HTTP clients that keep an account of every command: what they sent, under which key,
 * and what they were answered. Each waits for its answer before it sends its next.
 */
import { CONFIGURATION, RULES, ask, type Reply } from '../venue.ts';

export const CLIENTS = 8;
export const MARKET = 'BTC';

/** A command as it was sent; `reply` is there when it was acknowledged. */
export interface Sent {
  readonly key: string;
  readonly route: string;
  readonly body: object;
  reply?: { readonly status: number; readonly text: string };
}

/** An answer of the engine: accepted, or refused with a sequence of its own. */
export function isAcknowledged({ status, body }: Pick<Reply, 'status' | 'body'>): boolean {
  return status < 500 && Number.isInteger((body as { sequence?: unknown } | undefined)?.sequence);
}

interface Place {
  readonly address: string;
}

/** A venue with an account for each client and one for the house. */
export async function openStage(server: Place, rules: object = RULES): Promise<void> {
  const insist = async (route: string, body: object): Promise<void> => {
    const reply = await ask(server, route, body);
    if (reply.status !== 200) throw new Error(`${route}: ${reply.text}`);
  };
  await insist('POST /v1/configuration', { ...CONFIGURATION, rememberedIds: 100_000 });
  await insist('POST /v1/markets', { market: MARKET, rules });
  const first = { source: 'stage', sourceSequence: 1, prices: { [MARKET]: '50000' } };
  await insist('POST /v1/marks', first);
  await insist('POST /v1/fund/deposits', { amount: '100000' });
  const clients = Array.from({ length: CLIENTS }, (_, k) => `client-${k}`);
  for (const account of ['house', ...clients]) {
    await insist('POST /v1/accounts', { account });
    await insist(`POST /v1/accounts/${account}/deposits`, { amount: '1000000' });
  }
}

/** The `turn`-th command of a client: money, orders, trades and what must be refused, in turns. */
export function commandOf(client: number, turn: number): Pick<Sent, 'route' | 'body'> {
  const own = `client-${client}`;
  const size = `0.00${1 + (turn % 9)}`;
  const order = `${own}.${turn - (turn % 7)}`;
  switch (turn % 7) {
    case 0:
      return {
        route: `POST /v1/accounts/${own}/orders`,
        body: { order, market: MARKET, side: 'buy', size, price: '49000' },
      };
    case 1:
      return { route: `DELETE /v1/accounts/${own}/orders/${own}.${turn - 1}`, body: {} };
    case 2:
    case 3: {
      const [buyer, seller] = turn % 7 === 2 ? [own, 'house'] : ['house', own];
      const trade = { market: MARKET, buyer, seller, size, price: '50000', taker: 'buy' };
      return { route: 'POST /v1/trades', body: trade };
    }
    case 4:
      return { route: `POST /v1/accounts/${own}/withdrawals`, body: { amount: '999999999' } };
    default:
      return {
        route: `POST /v1/accounts/${own}/deposits`,
        body: { amount: `0.00000${1 + (turn % 9)}` },
      };
  }
}

/** Asks under the key of `sent`; a deletion carries no body. */
export function send(server: Place, { key, route, body }: Sent): Promise<Reply> {
  const content = route.startsWith('DELETE') ? undefined : body;
  return ask(server, route, content, { 'idempotency-key': key });
}

/** Sends one command after the other until the program does not answer; adds each to `account`. */
export async function sendUntilGone(
  server: Place,
  { client, name }: { readonly client: number; readonly name: string },
  account: Sent[],
): Promise<void> {
  for (let turn = 0; ; turn += 1) {
    const sent: Sent = { key: `${name}.${client}.${turn}`, ...commandOf(client, turn) };
    account.push(sent);
    try {
      const reply = await send(server, sent);
      if (!isAcknowledged(reply)) return;
      sent.reply = { status: reply.status, text: reply.text };
    } catch {
      return;
    }
  }
}

/** All clients together until the program is gone; adds to `account` as they go. */
export async function sendAllUntilGone(
  server: Place,
  name: string,
  account: Sent[] = [],
): Promise<Sent[]> {
  const clients = Array.from({ length: CLIENTS }, (_, client) => client);
  await Promise.all(clients.map((client) => sendUntilGone(server, { client, name }, account)));
  return account;
}
