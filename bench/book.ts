/**
 * A large book built straight into the engine's columns: accounts with a few positions each in many
 * markets, every long held against a short. Through commands it would take minutes; the state that
 * comes out is the same kind, and the engine's own invariants hold on it.
 */
import type { MarketRules } from '../packages/core/src/engine/config.ts';
import { Dice } from '../packages/core/src/engine/kit/dice.ts';
import { plainConfig, plainRules, Scene } from '../packages/core/src/engine/kit/scene.ts';
import {
  accountColumns,
  addAccount,
  at,
  DUST,
  NONE,
  positionColumns,
  RESERVED_ACCOUNTS,
  type Engine,
} from '../packages/core/src/engine/state.ts';
import { positionMaintenance, positionValue } from '../packages/core/src/engine/valuation.ts';

export interface BookSize {
  readonly accounts: number;
  readonly positions: number;
  readonly markets: number;
  readonly seed: number;
}

/** The book of the published figures: 1,000,000 accounts, 3.4 M positions, 30 markets. */
export const FULL_BOOK: BookSize = {
  accounts: 1_000_000,
  positions: 3_400_000,
  markets: 30,
  seed: 7,
};

/** Five tiers, in atoms of 1e-6. */
const RULES: MarketRules = plainRules({
  tick: '0.01',
  lot: '0.001',
  maintenance: {
    basis: 'mark',
    closingFeeRate: '0',
    closingFeeAt: 'mark',
    schedule: {
      kind: 'brackets',
      levels: [
        { from: '0', rate: '0.004' },
        { from: '50000', rate: '0.005' },
        { from: '250000', rate: '0.01' },
        { from: '1000000', rate: '0.025' },
        { from: '10000000', rate: '0.05' },
      ],
    },
  },
});

/** Marks before anything moves, in ticks of 0.01: from 10 to 60,000 in the money of the book. */
export function openingMarks(markets: number): Record<string, number> {
  const marks: Record<string, number> = {};
  for (let market = 0; market < markets; market += 1) {
    marks[`M${market}`] = Math.round(1_000 * 1.35 ** market);
  }
  return marks;
}

/** An engine with that many accounts, all of them healthy, most of them far from their line. */
export function buildBook(size: BookSize): Engine {
  const scene = new Scene(plainConfig({ asset: { symbol: 'USDT', decimals: 6 } }));
  const marks = openingMarks(size.markets);
  for (const market of Object.keys(marks)) {
    scene.accept({ kind: 'open-market', market, rules: RULES });
  }
  scene.mark(marks);
  const { engine } = scene;
  addAccounts(engine, size.accounts);
  addPositions(engine, size);
  giveBalances(engine, size.seed);
  return engine;
}

function addAccounts(engine: Engine, count: number): void {
  engine.accounts = accountColumns(count + RESERVED_ACCOUNTS.length);
  for (const id of RESERVED_ACCOUNTS) addAccount(engine.accounts, id);
  for (let k = 0; k < count; k += 1) addAccount(engine.accounts, `account-${k}`);
}

/** Spread evenly over the accounts; each second position in a market is the other side. */
function addPositions(engine: Engine, size: BookSize): void {
  const { accounts } = engine;
  const dice = new Dice(size.seed);
  const positions = positionColumns(size.positions);
  engine.positions = positions;
  const pending = new Float64Array(size.markets);
  for (let row = 0; row < size.positions; row += 1) {
    const account = DUST + 1 + Math.floor((row * size.accounts) / size.positions);
    const first = at(accounts.first, account);
    const nth = first === NONE ? 0 : row - first;
    const market = (account * 7 + nth * 11) % size.markets;
    if (nth === 0) accounts.first[account] = row;
    else positions.next[row - 1] = row;
    const open = at(pending, market);
    const lots = open === 0 ? drawLots(engine, market, dice) : -open;
    pending[market] = open === 0 ? lots : 0;
    fill(engine, row, { account, market, lots });
  }
  closeOdd(engine, pending);
}

/** Worth 100 to 50,000 in the money of the book, in lots of 0.001. */
function drawLots(engine: Engine, market: number, dice: Dice): number {
  const mark = engine.markets[market]?.markTicks ?? 1;
  const value = dice.between(100, 50_000) * 100_000;
  return Math.max(1, Math.floor(value / mark)) * (dice.chance(50) ? 1 : -1);
}

function fill(
  engine: Engine,
  row: number,
  one: { readonly account: number; readonly market: number; readonly lots: number },
): void {
  const { positions } = engine;
  const market = engine.markets[one.market];
  positions.account[row] = one.account;
  positions.market[row] = one.market;
  positions.rules[row] = market?.rules ?? 0;
  positions.lots[row] = one.lots;
  positions.cost[row] = one.lots * (market?.markTicks ?? 0);
  positions.leverage[row] = 2000;
  positions.count = row + 1;
  if (market !== undefined) market.largestLots = Math.max(market.largestLots, Math.abs(one.lots));
}

/** A last position without its other side is made flat. */
function closeOdd(engine: Engine, pending: Float64Array): void {
  const { positions } = engine;
  for (
    let row = positions.count - 1, left = pending.filter((lots) => lots !== 0).length;
    left > 0;
    row -= 1
  ) {
    const market = at(positions.market, row);
    if (at(pending, market) !== at(positions.lots, row)) continue;
    positions.lots[row] = 0;
    positions.cost[row] = 0;
    pending[market] = 0;
    left -= 1;
  }
}

/** From twice the maintenance margin up to all of the value. */
function giveBalances(engine: Engine, seed: number): void {
  const { accounts, positions } = engine;
  const dice = new Dice(seed + 1);
  for (let account = DUST + 1; account < accounts.count; account += 1) {
    let maintenance = 0;
    let value = 0;
    for (let row = at(accounts.first, account); row !== NONE; row = at(positions.next, row)) {
      maintenance += positionMaintenance(engine, row);
      value += positionValue(engine, row);
    }
    const share = dice.between(0, 1_000_000) / 1_000_000;
    const balance = Math.ceil(2 * maintenance + share * share * value);
    accounts.balance[account] = balance;
    engine.deposited += BigInt(balance);
  }
}
