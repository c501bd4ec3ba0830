/** The clients of the HTTP figure, in a process of their own: arguments are address and turns. */
import { Agent, request } from 'node:http';
import { CLIENTS, MARKET, accountOf, sendAll } from './load.ts';

const [address = '', turns = '0'] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });

function post(path: string, body: object): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const sent = request(new URL(path, address), { method: 'POST', agent, headers }, (reply) => {
      reply.on('end', () =>
        reply.statusCode === 200 ? resolve() : reject(new Error(`${path}: ${reply.statusCode}`)),
      );
      reply.on('error', reject).resume();
    });
    sent.on('error', reject).end(JSON.stringify(body));
  });
}

function send(client: number, turn: number): Promise<void> {
  const own = accountOf(client);
  if (turn % 2 === 0) return post(`/v1/accounts/${own}/deposits`, { amount: '1' });
  const other = accountOf(client + 1);
  const [buyer, seller] = turn % 4 === 1 ? [own, other] : [other, own];
  const trade = { market: MARKET, buyer, seller, size: '0.01', price: '50000', taker: 'buy' };
  return post('/v1/trades', trade);
}

const started = performance.now();
const count = await sendAll(Number(turns), send);
console.log(JSON.stringify({ count, milliseconds: performance.now() - started }));
agent.destroy();
