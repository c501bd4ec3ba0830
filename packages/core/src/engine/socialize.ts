/**
 * The last resort, recorded: a loss that neither the fund nor deleveraging could bear is shared
 * out.
 * First by what accounts have available, then from the fees, then by whatever equity there is: all
 * equity together is what was deposited, so a loss always finds somebody.
 */
import { at, DUST, FEES, FUND, LIQUIDATING, NONE, positionRows, type Engine } from './state.ts';
import type { Turn } from './turn.ts';
import { standingOf, type Unit } from './unit.ts';
import { availableOf, poolStanding } from './valuation.ts';

interface Share {
  readonly unit: Unit;
  readonly atoms: number;
}

/** Takes `loss` from others and gives it to the unit that owes it. */
export function socialize(turn: Turn, unit: Unit, loss: number): void {
  const { engine } = turn;
  let left = takeShares(turn, availableShares(engine), loss);
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
    if (atoms > 0) found.push({ unit: { account, isolated: NONE }, atoms });
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
  const shares = units.map((unit) => ({ unit, atoms: standingOf(engine, unit).equity }));
  return shares.filter((share) => share.atoms > 0);
}

/** In proportion, each share rounded up until the loss is covered; gives what is left of it. */
function takeShares(turn: Turn, from: readonly Share[], loss: number): number {
  const total = from.reduce((sum, share) => sum + BigInt(share.atoms), 0n);
  let left = loss;
  for (const { unit, atoms } of from) {
    const due = Number((BigInt(atoms) * BigInt(loss) + total - 1n) / total);
    const taken = Math.min(left, due, atoms);
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
