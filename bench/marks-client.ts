/**
 * The client of `mark-to-liquidation`, in a process of its own: arguments are address and epochs.
 * Prints the milliseconds from each epoch's due time to the liquidation that it causes.
 */
import { Agent, request } from 'node:http';
import { WebSocket } from 'ws';
import { MARK_TICKS, MARKET } from './load.ts';
import { FIRST_FALL, victimOf } from './victims.ts';

const [address = '', epochs = '0'] = process.argv.slice(2);
const EVERY_MS = 20;
/** Epochs at the start that are not counted: everything is cold. */
const WARM_UP = 100;
const agent = new Agent({ keepAlive: true, maxSockets: 16 });

function post(sourceSequence: number, ticks: number): void {
  const text = JSON.stringify({
    source: 'bench',
    sourceSequence,
    prices: { [MARKET]: (ticks / 10).toFixed(1) },
  });
  const headers = { 'content-type': 'application/json' };
  const url = new URL('/v1/marks', address);
  request(url, { method: 'POST', agent, headers }, (reply) => {
    if (reply.statusCode !== 200) throw new Error(`marks were answered ${reply.statusCode}`);
    reply.resume();
  }).end(text);
}

interface Told {
  readonly type: string;
  readonly events?: readonly { readonly account: string }[];
}

const fallen = new Map<string, number>();
const socket = new WebSocket(`${address.replace('http', 'ws')}/v1/feed`);
await new Promise((resolve) => socket.once('open', resolve));
socket.send(JSON.stringify({ type: 'subscribe', kinds: ['liquidation-started'] }));
await new Promise((resolve) => socket.once('message', resolve));
socket.on('message', (data) => {
  const now = performance.now();
  const { events = [] } = JSON.parse(Buffer.from(data as Buffer).toString()) as Told;
  for (const { account } of events) fallen.set(account, now);
});

const count = Number(epochs);
const started = performance.now() + EVERY_MS;
const dueOf = (epoch: number): number => started + epoch * EVERY_MS;
let sent = 0;
await new Promise<void>((resolve) => {
  const timer = setInterval(() => {
    for (; sent < count && performance.now() >= dueOf(sent); sent += 1)
      post(sent + 2, MARK_TICKS - FIRST_FALL - sent - 1);
    if (sent < count || !fallen.has(victimOf(count - 1))) return;
    clearInterval(timer);
    resolve();
  }, 1);
});
const taken: number[] = [];
for (let epoch = WARM_UP; epoch < count; epoch += 1) {
  const at = fallen.get(victimOf(epoch));
  if (at === undefined) throw new Error(`${victimOf(epoch)} did not fall`);
  taken.push(at - dueOf(epoch));
}
console.log(JSON.stringify(taken));
socket.terminate();
agent.destroy();
