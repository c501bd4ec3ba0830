/**
 * `stop`: the program frozen by SIGSTOP under load and woken by SIGCONT. Clients give up waiting
 * and ask again under the same key; nothing is lost or doubled, the feed goes on without a gap, and
 * a price that waited in the socket meanwhile liquidates nobody.
 */
import { WebSocket } from 'ws';
import { ask, RULES } from '../venue.ts';
import { Auditor } from './audit.ts';
import { withFolder } from './folder.ts';
import { Program } from './program.ts';
import {
  commandOf,
  CLIENTS,
  isAcknowledged,
  MARKET,
  openStage,
  send,
  type Sent,
} from './traffic.ts';

export interface StopOptions {
  /** How long the program stands still. */
  readonly seconds: number;
}

export interface StopResult {
  readonly kind: 'stop';
  readonly secondsStopped: number;
  /** Clients that gave up waiting at least once. */
  readonly timeouts: number;
  readonly acknowledged: number;
  readonly eventsFollowed: number;
  /** From SIGCONT to the first answer. */
  readonly recoveredMs: number;
  /** Liquidations by the price that waited: must be none. By the fresh one after it: one. */
  readonly liquidatedByStale: number;
  readonly liquidatedByFresh: number;
  readonly faults: readonly string[];
}

const GIVE_UP_MS = 1_000;
/** Long enough to trade on a price on a busy machine, shorter than any stop. */
const STALE_AFTER_MS = 3_000;
const INVALID_AFTER_MS = 4_000;
const AROUND_MS = 1_000;
const ATTEMPTS = 5;
/** Until every event must have come, however busy the machine is. */
const HEARD_MS = 20_000;
const GUARDED = { ...RULES, staleAfterMs: STALE_AFTER_MS, invalidAfterMs: INVALID_AFTER_MS };
const DEBTOR = 'client-0';
/** A fall by which an account with leverage 20 is below its line. */
const CRASH = '47000';

/** Freezes the program once for so many seconds; the result counts what was found. */
export function stopUnderLoad({ seconds }: StopOptions): Promise<StopResult> {
  return withFolder(async (data) => {
    const program = await Program.start({ data });
    try {
      return await freeze(program, data, seconds);
    } finally {
      await program.end('SIGKILL');
    }
  });
}

async function freeze(program: Program, data: string, seconds: number): Promise<StopResult> {
  await openStage(program, GUARDED);
  await indebt(program);
  const feed = await follow(program);
  const clients = Array.from({ length: CLIENTS - 1 }, (_, k) => new Client(program, k + 1));
  const sending = Promise.all(clients.map((client) => client.run()));
  await wait(AROUND_MS);
  program.signal('SIGSTOP');
  const old = new Date().toISOString();
  const waiting = publish(program, { sourceSequence: 2, sourceTime: old, price: CRASH });
  await wait(seconds * 1_000);
  const wokenMs = performance.now();
  program.signal('SIGCONT');
  await ask(program, 'GET /healthz');
  const recoveredMs = Math.round(performance.now() - wokenMs);
  await waiting;
  await wait(AROUND_MS);
  for (const client of clients) client.stop();
  await sending;
  const liquidatedByStale = await liquidations(program);
  await publish(program, { sourceSequence: 3, price: CRASH });
  const liquidatedByFresh = (await liquidations(program)) - liquidatedByStale;
  const account = clients.flatMap(({ sent }) => sent);
  const auditor = new Auditor(data);
  const faults = [...auditor.follow(), ...auditor.compare(account)];
  const unheard = account.filter(({ reply }) => reply === undefined);
  faults.push(...unheard.map(({ key }) => `${key} was never answered`));
  faults.push(...(await feed.close(program)));
  if (liquidatedByStale > 0) faults.push('a price from before the stop has liquidated');
  if (liquidatedByFresh !== 1) faults.push('a fresh price has not liquidated');
  return {
    kind: 'stop',
    secondsStopped: seconds,
    timeouts: clients.reduce((sum, { timeouts }) => sum + timeouts, 0),
    acknowledged: account.length,
    eventsFollowed: feed.events,
    recoveredMs,
    liquidatedByStale,
    liquidatedByFresh,
    faults,
  };
}

/** One account with a large position, which a price of `CRASH` would liquidate. */
async function indebt(program: Program): Promise<void> {
  const trade = { market: MARKET, buyer: DEBTOR, seller: 'house', size: '380', price: '50000' };
  const leverage = { market: MARKET, leverage: '20' };
  await ask(program, `POST /v1/accounts/${DEBTOR}/leverage`, leverage);
  const houseLeverage = { market: MARKET, leverage: '50' };
  await ask(program, 'POST /v1/accounts/house/leverage', houseLeverage);
  for (let attempt = 1; ; attempt += 1) {
    await publish(program, { sourceSequence: attempt, price: '50000', source: 'opening' });
    const reply = await ask(program, 'POST /v1/trades', { ...trade, taker: 'buy' });
    if (reply.status === 200) return;
    // A busy machine may take so long that the price is old by then.
    if (attempt === ATTEMPTS) throw new Error(`the position was not opened: ${reply.text}`);
  }
}

interface Print {
  readonly source?: string;
  readonly sourceSequence: number;
  readonly sourceTime?: string;
  readonly price: string;
}

async function publish(
  program: Program,
  { price, source = 'late', ...rest }: Print,
): Promise<void> {
  const marks = { source, ...rest, prices: { [MARKET]: price } };
  const reply = await ask(program, 'POST /v1/marks', marks);
  if (reply.status !== 200) throw new Error(`the price was not taken: ${reply.text}`);
}

async function liquidations(program: Program): Promise<number> {
  const { body } = await ask(program, 'GET /v1/totals');
  return (body as { liquidations: number }).liquidations;
}

/** Sends one command after the other; asks again under the same key until it is answered. */
class Client {
  readonly sent: Sent[] = [];
  timeouts = 0;
  readonly #program: Program;
  readonly #number: number;
  #isStopping = false;

  constructor(program: Program, number: number) {
    this.#program = program;
    this.#number = number;
  }

  stop(): void {
    this.#isStopping = true;
  }

  async run(): Promise<void> {
    for (let turn = 0; !this.#isStopping; turn += 1) {
      const key = `stop.${this.#number}.${turn}`;
      const sent: Sent = { key, ...commandOf(this.#number, turn) };
      this.sent.push(sent);
      while (sent.reply === undefined) await this.#try(sent);
    }
  }

  async #try(sent: Sent): Promise<void> {
    const asked = send(this.#program, sent);
    const reply = await Promise.race([asked, wait(GIVE_UP_MS)]);
    if (reply === undefined) {
      this.timeouts += 1;
      // What comes after giving up is not read; the next answer must be the same.
      asked.catch(() => undefined);
    } else if (isAcknowledged(reply)) sent.reply = { status: reply.status, text: reply.text };
  }
}

interface Follower {
  readonly events: number;
  /** Closes, and gives what of the server's events did not come, or came twice. */
  close: (program: Program) => Promise<readonly string[]>;
}

/** Follows the feed from the first event on; the socket stays the same throughout. */
async function follow(program: Program): Promise<Follower> {
  const socket = new WebSocket(`${program.address.replace('http', 'ws')}/v1/feed`);
  const heard: string[] = [];
  const faults: string[] = [];
  socket.on('error', (error) => faults.push(`the feed failed: ${error.message}`));
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as {
      readonly type: string;
      readonly events?: readonly { readonly sequence: number; readonly index: number }[];
    };
    if (message.type === 'restart') faults.push(`the feed began anew: ${data.toString()}`);
    for (const { sequence, index } of message.events ?? []) heard.push(`${sequence}.${index}`);
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.send(JSON.stringify({ type: 'subscribe', from: 0 }));
  const close = async (of: Program): Promise<readonly string[]> => {
    const told = await allEvents(of);
    const endMs = performance.now() + HEARD_MS;
    const unheard = (): string[] => told.filter((event) => !heard.includes(event));
    while (unheard().length > 0 && performance.now() < endMs) await wait(AROUND_MS);
    const missing = unheard();
    socket.close();
    const isTwice = new Set(heard).size !== heard.length;
    if (missing.length > 0) faults.push(`the feed left out ${missing.slice(0, 5).join(', ')}`);
    if (isTwice) faults.push('the feed told an event twice');
    return faults;
  };
  return {
    get events() {
      return heard.length;
    },
    close,
  };
}

async function allEvents(program: Program): Promise<readonly string[]> {
  const found: string[] = [];
  let after = '';
  do {
    const { body } = await ask(program, `GET /v1/events?order=oldest&limit=500${after}`);
    const page = body as {
      readonly events: readonly { readonly sequence: number; readonly index: number }[];
      readonly next: string | null;
    };
    found.push(...page.events.map(({ sequence, index }) => `${sequence}.${index}`));
    after = page.next === null ? '' : `&after=${encodeURIComponent(page.next)}`;
  } while (after !== '');
  return found;
}

function wait(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms));
}
