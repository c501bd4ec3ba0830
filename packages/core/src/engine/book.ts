/**
 * The whole book as plain columns, copied: what an audit or bulk reckoning outside the engine
 * starts from.
 */
import type { MarketRules } from './config.ts';
import { DUST, NONE, positionRows, type Engine } from './state.ts';

/** One row a unit (a pool or an isolated position), its open positions end to end. */
export interface Book {
  readonly account: readonly string[];
  /** Row of the market of an isolated position, −1 for a pool. */
  readonly isolatedMarket: Int32Array;
  /** Balance or isolated margin, atoms. */
  readonly cashAtoms: Float64Array;
  /** 0 healthy, 1 called, 2 liquidating. */
  readonly standing: Uint8Array;
  /** Unit u has the positions `first[u]` up to `first[u + 1]`. */
  readonly first: Int32Array;
  /** Row of the market, in the order of `marketIds`. */
  readonly market: Int32Array;
  /** Which of `ruleSets` the position is under: an old position may keep old rules. */
  readonly rules: Int32Array;
  readonly lots: Float64Array;
  readonly cost: Float64Array;
  /** As chosen, in hundredths. */
  readonly leverage: Float64Array;
  /** All rules that the engine has known, each with the market of the positions under it. */
  readonly ruleSets: readonly RuleSet[];
}

export interface RuleSet {
  readonly market: number;
  readonly rules: MarketRules;
}

interface Draft {
  account: string[];
  isolatedMarket: number[];
  cash: number[];
  standing: number[];
  first: number[];
  market: number[];
  rules: number[];
  lots: number[];
  cost: number[];
  leverage: number[];
}

/** Every unit with an open position, in the order of accounts. */
export function bookOf(engine: Engine): Book {
  const draft: Draft = {
    account: [],
    isolatedMarket: [],
    cash: [],
    standing: [],
    first: [0],
    market: [],
    rules: [],
    lots: [],
    cost: [],
    leverage: [],
  };
  for (let account = DUST + 1; account < engine.accounts.count; account += 1) {
    addAccountUnits(engine, account, draft);
  }
  return {
    account: draft.account,
    isolatedMarket: Int32Array.from(draft.isolatedMarket),
    cashAtoms: Float64Array.from(draft.cash),
    standing: Uint8Array.from(draft.standing),
    first: Int32Array.from(draft.first),
    market: Int32Array.from(draft.market),
    rules: Int32Array.from(draft.rules),
    lots: Float64Array.from(draft.lots),
    cost: Float64Array.from(draft.cost),
    leverage: Float64Array.from(draft.leverage),
    ruleSets: ruleSetsOf(engine, draft),
  };
}

/** Rules that no position is under have no market here: −1. */
function ruleSetsOf(engine: Engine, { market, rules }: Draft): RuleSet[] {
  const owner = new Int32Array(engine.rules.length).fill(NONE);
  for (const [row, set] of rules.entries()) owner[set] = market[row] ?? NONE;
  return engine.rules.map(({ source }, set) => ({ market: owner[set] ?? NONE, rules: source }));
}

function addAccountUnits(engine: Engine, account: number, draft: Draft): void {
  const { accounts, positions } = engine;
  const open = positionRows(engine, account).filter((row) => positions.lots[row] !== 0);
  const cross = open.filter((row) => positions.isolated[row] === 0);
  const id = accounts.ids[account] ?? '';
  if (cross.length > 0) {
    const pool = {
      cash: accounts.balance[account] ?? 0,
      standing: accounts.standing[account] ?? 0,
    };
    addUnit(engine, { id, isolatedMarket: NONE, ...pool, rows: cross }, draft);
  }
  for (const row of open) {
    if (positions.isolated[row] === 0) continue;
    const own = { cash: positions.margin[row] ?? 0, standing: positions.standing[row] ?? 0 };
    const isolatedMarket = positions.market[row] ?? 0;
    addUnit(engine, { id, isolatedMarket, ...own, rows: [row] }, draft);
  }
}

interface BookUnit {
  readonly id: string;
  readonly isolatedMarket: number;
  readonly cash: number;
  readonly standing: number;
  readonly rows: readonly number[];
}

function addUnit(engine: Engine, unit: BookUnit, draft: Draft): void {
  const { positions } = engine;
  draft.account.push(unit.id);
  draft.isolatedMarket.push(unit.isolatedMarket);
  draft.cash.push(unit.cash);
  draft.standing.push(unit.standing);
  for (const row of unit.rows) {
    draft.market.push(positions.market[row] ?? 0);
    draft.rules.push(positions.rules[row] ?? 0);
    draft.lots.push(positions.lots[row] ?? 0);
    draft.cost.push(positions.cost[row] ?? 0);
    draft.leverage.push(positions.leverage[row] ?? 0);
  }
  draft.first.push(draft.market.length);
}
