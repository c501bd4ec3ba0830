/**
 * What an account held at any time before: its deeds, read from events, are undone from what it
 * holds now. No average price is needed for that: a trade moves equity by its fee alone, so money
 * less cost and the lots say what equity was at any marks, to the atom for linear contracts.
 */
import { mulDiv } from '../units/index.ts';
import type { Deed } from './account-deeds.ts';
import type { CompiledRules } from './compile.ts';
import { leverageMargin, requirementOf } from './requirement.ts';
import {
  at,
  findPosition,
  marketAt,
  NONE,
  positionRows,
  rulesAt,
  type Engine,
  type Market,
} from './state.ts';
import { valueOf } from './value.ts';

/** What an account held at one moment, pool and isolated positions together. */
export interface Holding {
  /** Balance and isolated margins, less what the lots have cost: atoms. */
  readonly netAtoms: number;
  /** Signed, by market; none of them 0. */
  readonly lots: ReadonlyMap<string, number>;
  /** Chosen, in hundredths, by market. */
  readonly leverages: ReadonlyMap<string, number>;
}

/** What an account holds now, or null when there is none of that name. */
export function holdingOf(engine: Engine, id: string): Holding | null {
  const account = engine.accounts.rows.get(id);
  if (account === undefined) return null;
  const { positions } = engine;
  let netAtoms = at(engine.accounts.balance, account);
  const lots = new Map<string, number>();
  const leverages = new Map<string, number>();
  for (const row of positionRows(engine, account)) {
    const market = marketAt(engine, at(positions.market, row));
    const { inverse, unit } = market.contract;
    const cost = at(positions.cost, row);
    netAtoms += at(positions.margin, row) + (inverse ? cost : -cost * unit);
    if (at(positions.lots, row) !== 0) lots.set(market.id, at(positions.lots, row));
    leverages.set(market.id, at(positions.leverage, row));
  }
  return { netAtoms, lots, leverages };
}

/** What was held before a deed, given what was held after it. */
export function holdingBefore(engine: Engine, after: Holding, deed: Deed): Holding {
  const { trade, leverage } = deed;
  const lots = new Map(after.lots);
  const leverages = new Map(after.leverages);
  let netAtoms = after.netAtoms - deed.cashAtoms;
  if (trade !== null) {
    const held = (lots.get(trade.market) ?? 0) - trade.lots;
    if (held === 0) lots.delete(trade.market);
    else lots.set(trade.market, held);
    netAtoms += costOf(marketNamed(engine, trade.market), trade);
  }
  if (leverage !== null && leverage.before !== null)
    leverages.set(leverage.market, leverage.before);
  return { netAtoms, lots, leverages };
}

/** What a trade takes from the money, less cost, of who made it: atoms. */
function costOf({ contract }: Market, trade: { lots: number; ticks: number }): number {
  const { inverse, unit } = contract;
  if (!inverse) return trade.lots * trade.ticks * unit;
  return -mulDiv(trade.lots, unit, trade.ticks, 'down');
}

function marketNamed(engine: Engine, id: string): Market {
  const market = engine.markets.find((each) => each.id === id);
  if (market === undefined) throw new Error(`no market "${id}"`);
  return market;
}

/** Figures of a whole account at certain marks, atoms. */
export interface PastStanding {
  readonly equityAtoms: number;
  readonly initialMarginAtoms: number;
  readonly maintenanceMarginAtoms: number;
}

/**
 * Where a holding stands at marks in ticks; null when one of its markets has none. Requirements
 * are those of the rules in force now, at the marks also where rules look at the entry price, and
 * without open orders.
 */
export function pastStanding(
  engine: Engine,
  id: string,
  { holding, marks }: { readonly holding: Holding; readonly marks: ReadonlyMap<string, number> },
): PastStanding | null {
  const account = engine.accounts.rows.get(id) ?? NONE;
  const sums = { equityAtoms: holding.netAtoms, initialMarginAtoms: 0, maintenanceMarginAtoms: 0 };
  for (const [name, lots] of holding.lots) {
    const ticks = marks.get(name);
    if (ticks === undefined) return null;
    const market = marketNamed(engine, name);
    const leverage = holding.leverages.get(name) ?? WHOLE;
    const rules = rulesFor(engine, account, market);
    const asked = askedOf(market, rules, { lots: Math.abs(lots), ticks, leverage });
    sums.equityAtoms += worthOf(market, lots, ticks);
    sums.initialMarginAtoms += asked.initial;
    sums.maintenanceMarginAtoms += asked.maintenance;
  }
  return sums;
}

interface Exposed {
  readonly lots: number;
  readonly ticks: number;
  readonly leverage: number;
}

/** Both requirements of a position, atoms. */
function askedOf(
  market: Market,
  rules: CompiledRules,
  { lots, ticks, leverage }: Exposed,
): { readonly initial: number; readonly maintenance: number } {
  const value = valueOf(market, lots, ticks);
  const bySchedule = rules.initial === null ? 0 : requirementOf(rules.initial, value, lots);
  return {
    initial: Math.max(leverageMargin(value, leverage), bySchedule),
    maintenance: requirementOf(rules.maintenance, value, lots, rules.closingFeeRate),
  };
}

/** A leverage of one: what an account has in a market where it chose none. */
const WHOLE = 100;

function worthOf({ contract }: Market, lots: number, ticks: number): number {
  const { inverse, unit } = contract;
  return inverse ? -mulDiv(lots, unit, ticks, 'up') : lots * ticks * unit;
}

function rulesFor(engine: Engine, account: number, market: Market): CompiledRules {
  const row = findPosition(engine, account, engine.markets.indexOf(market));
  const isOpen = row !== NONE && at(engine.positions.lots, row) !== 0;
  return rulesAt(engine, isOpen ? at(engine.positions.rules, row) : market.rules);
}
