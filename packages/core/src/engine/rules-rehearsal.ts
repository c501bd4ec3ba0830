/**
 * A change of a market's rules, rehearsed on the live book before it is made: who would be called
 * or liquidated by it at the marks of now, and what it would ask of everybody. Nothing is changed.
 */
import { isRefusal, knownMarket } from './admission.ts';
import { compileRules, type CompiledRules } from './compile.ts';
import type { MarketRules } from './config.ts';
import { dueOf } from './judgement.ts';
import { refuseOtherContract } from './market.ts';
import { refuse, type Refusal } from './refusal.ts';
import { at, configured, DUST, LIQUIDATING, marketAt, NONE, rulesAt } from './state.ts';
import type { Engine } from './state.ts';
import { openRows, recordedStanding, standingOf, type Unit } from './unit.ts';
import { positionInitial, positionMaintenance, type Standing } from './valuation.ts';

export interface RehearsedUnit {
  readonly account: string;
  /** The market of an isolated position; null for the cross pool. */
  readonly market: string | null;
  readonly outcome: 'called' | 'liquidated';
  readonly equityAtoms: number;
  readonly maintenanceBeforeAtoms: number;
  readonly maintenanceAfterAtoms: number;
  /** How far equity is below the new maintenance; 0 for a call above it. */
  readonly missingAtoms: number;
}

export interface RulesRehearsal {
  readonly market: string;
  readonly positions: number;
  readonly maintenanceBeforeAtoms: bigint;
  readonly maintenanceAfterAtoms: bigint;
  readonly initialBeforeAtoms: bigint;
  readonly initialAfterAtoms: bigint;
  readonly called: number;
  readonly liquidated: number;
  /** Whoever it would call or liquidate and who is not so already, largest shortfall first. */
  readonly units: readonly RehearsedUnit[];
}

/**
 * What `update-market` with these rules, applied to open positions, would do now; or its refusal.
 * Guards against too many liquidations at once, and marks that may not liquidate, are left out: it
 * says who stands below the new line. A unit in liquidation is not counted again.
 */
export function rehearseRules(
  engine: Engine,
  change: { readonly market: string; readonly rules: MarketRules },
): RulesRehearsal | Refusal {
  const row = knownMarket(engine, change.market);
  if (isRefusal(row)) return row;
  const rules = candidate(engine, row, change.rules);
  if ('code' in rules) return rules;
  const sums = { positions: 0, before: 0n, after: 0n, initialBefore: 0n, initialAfter: 0n };
  const units = holders(engine, row).flatMap((unit) => rehearseUnit(engine, unit, rules, row));
  for (const position of positionsIn(engine, row)) {
    sums.positions += 1;
    sums.before += BigInt(positionMaintenance(engine, position));
    sums.after += BigInt(positionMaintenance(engine, position, rules));
    sums.initialBefore += BigInt(positionInitial(engine, position));
    sums.initialAfter += BigInt(positionInitial(engine, position, rules));
  }
  units.sort((a, b) => b.missingAtoms - a.missingAtoms || (a.account < b.account ? -1 : 1));
  const liquidated = units.filter(({ outcome }) => outcome === 'liquidated').length;
  return {
    market: change.market,
    positions: sums.positions,
    maintenanceBeforeAtoms: sums.before,
    maintenanceAfterAtoms: sums.after,
    initialBeforeAtoms: sums.initialBefore,
    initialAfterAtoms: sums.initialAfter,
    called: units.length - liquidated,
    liquidated,
    units,
  };
}

function candidate(engine: Engine, row: number, written: MarketRules): CompiledRules | Refusal {
  const market = marketAt(engine, row);
  const other = refuseOtherContract(market, rulesAt(engine, market.rules).source, written);
  if (other !== null) return other;
  const { decimals } = configured(engine).config.asset;
  const compiled = compileRules(written, market.contract, decimals);
  return typeof compiled === 'string'
    ? refuse('bad-rules', compiled, { market: market.id })
    : compiled;
}

/** Open positions of ordinary accounts in a market. */
function positionsIn(engine: Engine, market: number): number[] {
  const { positions } = engine;
  const rows: number[] = [];
  for (let row = 0; row < positions.count; row += 1) {
    const open = positions.market[row] === market && positions.lots[row] !== 0;
    if (open && at(positions.account, row) > DUST) rows.push(row);
  }
  return rows;
}

function holders(engine: Engine, market: number): Unit[] {
  const { account, isolated } = engine.positions;
  return positionsIn(engine, market).map((row) => ({
    account: at(account, row),
    isolated: at(isolated, row) === 1 ? row : NONE,
  }));
}

function rehearseUnit(
  engine: Engine,
  unit: Unit,
  rules: CompiledRules,
  market: number,
): RehearsedUnit[] {
  if (recordedStanding(engine, unit) === LIQUIDATING) return [];
  const before = standingOf(engine, unit);
  const after = standingUnder(engine, unit, { rules, market });
  const outcome = dueOf(engine, after);
  if (outcome === null || outcome === dueOf(engine, before)) return [];
  return [
    {
      account: engine.accounts.ids[unit.account] ?? '',
      market: unit.isolated === NONE ? null : marketAt(engine, market).id,
      outcome,
      equityAtoms: after.equity,
      maintenanceBeforeAtoms: before.maintenance,
      maintenanceAfterAtoms: after.maintenance,
      missingAtoms: Math.max(0, after.maintenance - after.equity),
    },
  ];
}

/** A unit's figures with its position in one market under other rules. */
function standingUnder(
  engine: Engine,
  unit: Unit,
  change: { readonly rules: CompiledRules; readonly market: number },
): Standing {
  const standing = standingOf(engine, unit);
  standing.atOrBelow = false;
  for (const row of openRows(engine, unit)) {
    const changed = at(engine.positions.market, row) === change.market;
    const rules = changed ? change.rules : rulesAt(engine, at(engine.positions.rules, row));
    if (rules.atOrBelow) standing.atOrBelow = true;
    standing.maintenance +=
      positionMaintenance(engine, row, rules) - positionMaintenance(engine, row);
  }
  return standing;
}
