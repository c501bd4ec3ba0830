/**
 * A change of markets' rules, rehearsed on the live book before it is made: who would be called or
 * liquidated by it at the marks of now, and what it would ask of everybody. Nothing is changed.
 */
import { isRefusal, knownMarket } from './admission.ts';
import { compileRules, type CompiledRules } from './compile.ts';
import type { MarketRules } from './config.ts';
import { dueOf } from './judgement.ts';
import { refuseOtherContract } from './market.ts';
import { refuseDelisted } from './mode.ts';
import { refuse, type Refusal } from './refusal.ts';
import { malformed } from './shape.ts';
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

/** What all open positions of a market must hold. */
export interface RehearsedMarket {
  readonly market: string;
  readonly positions: number;
  readonly maintenanceBeforeAtoms: bigint;
  readonly maintenanceAfterAtoms: bigint;
  readonly initialBeforeAtoms: bigint;
  readonly initialAfterAtoms: bigint;
}

export interface RulesRehearsal {
  readonly called: number;
  readonly liquidated: number;
  /** Sum of what is missing. */
  readonly missingAtoms: bigint;
  /** In the order in which the changes are given. */
  readonly markets: readonly RehearsedMarket[];
  /** Whoever it would call or liquidate and who is not so already, largest shortfall first. */
  readonly units: readonly RehearsedUnit[];
}

export interface RulesChange {
  readonly market: string;
  readonly rules: MarketRules;
}

/** By market row: the rules that would be in force. */
type Candidates = ReadonlyMap<number, CompiledRules>;

/**
 * What `update-market` with these rules, applied to open positions, would do now if all came into
 * force at once; or the first refusal. Guards against too many liquidations at once, and marks that
 * may not liquidate, are left out: it says who stands below the new line. A unit in liquidation is
 * not counted again.
 */
export function rehearseRules(
  engine: Engine,
  changes: readonly RulesChange[],
): RulesRehearsal | Refusal {
  const candidates = new Map<number, CompiledRules>();
  for (const change of changes) {
    const row = knownMarket(engine, change.market);
    if (isRefusal(row)) return row;
    const rules = candidate(engine, row, change);
    if ('code' in rules) return rules;
    candidates.set(row, rules);
  }
  const units = holders(engine, candidates).flatMap((unit) => {
    return rehearseUnit(engine, unit, candidates);
  });
  units.sort((a, b) => b.missingAtoms - a.missingAtoms || (a.account < b.account ? -1 : 1));
  const liquidated = units.filter(({ outcome }) => outcome === 'liquidated').length;
  return {
    called: units.length - liquidated,
    liquidated,
    missingAtoms: units.reduce((sum, { missingAtoms }) => sum + BigInt(missingAtoms), 0n),
    markets: [...candidates].map(([row, rules]) => rehearseMarket(engine, row, rules)),
    units,
  };
}

function candidate(
  engine: Engine,
  row: number,
  { market: id, rules }: RulesChange,
): CompiledRules | Refusal {
  const market = marketAt(engine, row);
  const change = { kind: 'update-market', market: id, rules, appliesTo: 'open', effectiveMs: null };
  const refusal =
    malformed({ ...change, client: 'rehearsal', id: '1', timeMs: 0 }) ??
    refuseDelisted(market) ??
    refuseOtherContract(market, rulesAt(engine, market.rules).source, rules);
  if (refusal !== null) return refusal;
  const { decimals } = configured(engine).config.asset;
  const compiled = compileRules(rules, market.contract, decimals);
  return typeof compiled === 'string' ? refuse('bad-rules', compiled, { market: id }) : compiled;
}

/** Open positions of ordinary accounts in markets whose rules would change. */
function positionsIn(engine: Engine, isMeant: (market: number) => boolean): number[] {
  const { positions } = engine;
  const rows: number[] = [];
  for (let row = 0; row < positions.count; row += 1) {
    const open = positions.lots[row] !== 0 && at(positions.account, row) > DUST;
    if (open && isMeant(at(positions.market, row))) rows.push(row);
  }
  return rows;
}

function rehearseMarket(engine: Engine, market: number, rules: CompiledRules): RehearsedMarket {
  const sums = { positions: 0, before: 0n, after: 0n, initialBefore: 0n, initialAfter: 0n };
  for (const position of positionsIn(engine, (row) => row === market)) {
    sums.positions += 1;
    sums.before += BigInt(positionMaintenance(engine, position));
    sums.after += BigInt(positionMaintenance(engine, position, rules));
    sums.initialBefore += BigInt(positionInitial(engine, position));
    sums.initialAfter += BigInt(positionInitial(engine, position, rules));
  }
  return {
    market: marketAt(engine, market).id,
    positions: sums.positions,
    maintenanceBeforeAtoms: sums.before,
    maintenanceAfterAtoms: sums.after,
    initialBeforeAtoms: sums.initialBefore,
    initialAfterAtoms: sums.initialAfter,
  };
}

/** Each unit once, however many of its markets change. */
function holders(engine: Engine, candidates: Candidates): Unit[] {
  const { account, isolated } = engine.positions;
  const pools = new Set<number>();
  const alone: Unit[] = [];
  for (const row of positionsIn(engine, (market) => candidates.has(market))) {
    if (at(isolated, row) === 1) alone.push({ account: at(account, row), isolated: row });
    else pools.add(at(account, row));
  }
  return [...[...pools].map((row) => ({ account: row, isolated: NONE })), ...alone];
}

function rehearseUnit(engine: Engine, unit: Unit, candidates: Candidates): RehearsedUnit[] {
  if (recordedStanding(engine, unit) === LIQUIDATING) return [];
  const before = standingOf(engine, unit);
  const after = standingUnder(engine, unit, candidates);
  const outcome = dueOf(engine, after);
  if (outcome === null || outcome === dueOf(engine, before)) return [];
  const { market } = engine.positions;
  return [
    {
      account: engine.accounts.ids[unit.account] ?? '',
      market: unit.isolated === NONE ? null : marketAt(engine, at(market, unit.isolated)).id,
      outcome,
      equityAtoms: after.equity,
      maintenanceBeforeAtoms: before.maintenance,
      maintenanceAfterAtoms: after.maintenance,
      missingAtoms: Math.max(0, after.maintenance - after.equity),
    },
  ];
}

/** A unit's figures with its positions in some markets under other rules. */
function standingUnder(engine: Engine, unit: Unit, candidates: Candidates): Standing {
  const standing = standingOf(engine, unit);
  standing.atOrBelow = false;
  for (const row of openRows(engine, unit)) {
    const own = rulesAt(engine, at(engine.positions.rules, row));
    const rules = candidates.get(at(engine.positions.market, row)) ?? own;
    if (rules.atOrBelow) standing.atOrBelow = true;
    standing.maintenance +=
      positionMaintenance(engine, row, rules) - positionMaintenance(engine, row);
  }
  return standing;
}
