/**
 * The last resort, recorded: a loss that neither the fund nor deleveraging could bear is shared
 * out. First by rule, or by what accounts have available, then from the fees, then by whatever
 * equity there is: all equity together is what was deposited, so a loss always finds somebody.
 */
import {
  at,
  configured,
  DUST,
  FEES,
  FUND,
  LIQUIDATING,
  NONE,
  positionRows,
  type Engine,
} from './state.ts';
import type { Turn } from './turn.ts';
import { standingOf, type Unit } from './unit.ts';
import { availableOf, poolStanding } from './valuation.ts';

/** In proportion to the weight, and never more than `most`, atoms. */
interface Share {
  readonly unit: Unit;
  readonly weight: number;
  readonly most: number;
}

/**
 * Takes `loss` from others and gives it to the unit that owes it. By rule first from whoever holds
 * a position in the market in which the loss arose, if that is known.
 */
export function socialize(turn: Turn, unit: Unit, loss: number, market: number = NONE): void {
  const { engine } = turn;
  let left = loss;
  if (configured(engine).policy.lossesBySize && market !== NONE)
    left = takeShares(turn, sizeShares(engine, unit, market), left);
  left = takeShares(turn, availableShares(engine), left);
  const fees = Math.min(left, Math.max(0, at(engine.accounts.balance, FEES)));
  if (fees > 0) takeFrom(turn, { account: FEES, isolated: NONE }, fees);
  left -= fees;
  if (left > 0) left = takeShares(turn, equityShares(engine), left);
  give(engine, unit, loss - left);
  engine.counters.socialized += 1;
}

/** Adds atoms to a unit's balance or isolated margin. */
export function give(engine: Engine, unit: Unit, atoms: number): void {
  const { accounts, positions } = engine;
  if (unit.isolated === NONE)
    accounts.balance[unit.account] = at(accounts.balance, unit.account) + atoms;
  else positions.margin[unit.isolated] = at(positions.margin, unit.isolated) + atoms;
}

/** Settled money that no position and no order needs. */
function availableShares(engine: Engine): Share[] {
  const { accounts } = engine;
  const found: Share[] = [];
  for (let account = DUST + 1; account < accounts.count; account += 1) {
    if (accounts.standing[account] === LIQUIDATING) continue;
    const available = availableOf(engine, account, poolStanding(engine, account));
    const atoms = Math.min(available, at(accounts.balance, account));
    if (atoms > 0) found.push({ unit: { account, isolated: NONE }, weight: atoms, most: atoms });
  }
  return found;
}

/** Equity above zero of every pool and isolated position, the fund's included. */
function equityShares(engine: Engine): Share[] {
  const units: Unit[] = [{ account: FUND, isolated: NONE }];
  for (let account = DUST + 1; account < engine.accounts.count; account += 1) {
    units.push({ account, isolated: NONE });
    for (const row of positionRows(engine, account)) {
      if (at(engine.positions.isolated, row) === 1) units.push({ account, isolated: row });
    }
  }
  return units.flatMap((unit) => {
    const { equity } = standingOf(engine, unit);
    return equity > 0 ? [{ unit, weight: equity, most: equity }] : [];
  });
}

/** Lots held in a market, long or short, by whoever has equity and is not liquidated. */
function sizeShares(engine: Engine, owing: Unit, market: number): Share[] {
  const { positions, accounts } = engine;
  const found: Share[] = [];
  for (let row = 0; row < positions.count; row += 1) {
    const account = at(positions.account, row);
    const weight = Math.abs(at(positions.lots, row));
    if (positions.market[row] !== market || weight === 0 || account <= DUST) continue;
    const isolated = at(positions.isolated, row) === 1;
    const table = isolated ? positions : accounts;
    const unit = { account, isolated: isolated ? row : NONE };
    const owes = unit.account === owing.account && unit.isolated === owing.isolated;
    if (owes || table.standing[isolated ? row : account] === LIQUIDATING) continue;
    const { equity } = standingOf(engine, unit);
    if (equity > 0) found.push({ unit, weight, most: equity });
  }
  return found;
}

/** In proportion, each share rounded up until the loss is covered; gives what is left of it. */
function takeShares(turn: Turn, from: readonly Share[], loss: number): number {
  const total = from.reduce((sum, share) => sum + BigInt(share.weight), 0n);
  let left = loss;
  for (const { unit, weight, most } of from) {
    const due = Number((BigInt(weight) * BigInt(loss) + total - 1n) / total);
    const taken = Math.min(left, due, most);
    if (taken > 0) takeFrom(turn, unit, taken);
    left -= taken;
  }
  return left;
}

function takeFrom(turn: Turn, unit: Unit, atoms: number): void {
  const { accounts } = turn.engine;
  give(turn.engine, unit, -atoms);
  turn.touched.add(unit.account);
  const account = accounts.ids[unit.account] ?? '';
  turn.emit({ kind: 'loss-socialized', account, amountAtoms: atoms });
}
