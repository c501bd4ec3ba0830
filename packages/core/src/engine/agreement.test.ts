/** The engine beside the exact definition in `margin`: the same figures, to one atom a position. */
import { describe, expect, test } from 'vitest';
import { check, type Report } from '../margin/index.ts';
import { rulebooks } from '../rulebook/index.ts';
import { compare, decimal, integer, minus, plus, rational, absolute } from '../units/index.ts';
import { accountView, type AccountView } from './account-view.ts';
import type { MarketRules } from './config.ts';
import { toDocument, type AccountDocument } from './document.ts';
import { apply } from './reducer.ts';
import { Rehearsal } from './kit/rehearsal.ts';
import { createEngine, type Engine } from './state.ts';

const SEEDS = Number(process.env['ENGINE_SEEDS'] ?? 150);
const COMMANDS = 160;

const RANK = { healthy: 0, 'margin-call': 1, liquidation: 2, bankrupt: 3 } as const;
const ENGINE_RANK = { healthy: 0, called: 1, liquidating: 3 } as const;

/** `Report` prints 12 significant digits; what is asked here is exact to an atom besides that. */
function near(printed: string, atoms: number, slack: number): string | null {
  const difference = absolute(minus(decimal(printed), integer(atoms)));
  const digits = rational(BigInt(Math.abs(atoms)), 100_000_000_000n);
  if (compare(difference, plus(integer(slack), digits)) <= 0) return null;
  return `${printed} beside ${atoms}`;
}

interface RulesWritten {
  readonly contract: string;
  readonly maintenance: MarketRules['maintenance'];
}

/** One atom; one more for each further rounding: an inverse value, a fee on another value. */
function slackOf(document: AccountDocument, market: string): number {
  const { contract, maintenance } = document.markets[market] as RulesWritten;
  const { basis, schedule, closingFeeRate, closingFeeAt } = maintenance;
  const together =
    (schedule.kind === 'flat' || schedule.kind === 'steps' || schedule.kind === 'brackets') &&
    !('by' in schedule && schedule.by === 'size');
  const once = closingFeeRate === '0' || (basis === 'mark' && closingFeeAt === 'mark' && together);
  return 1 + (contract === 'inverse' ? 1 : 0) + (once ? 0 : 1);
}

interface Compared {
  readonly view: AccountView;
  readonly document: AccountDocument;
  readonly report: Report;
  readonly newRules: boolean;
}

function differences({ view, document, report, newRules }: Compared): string[] {
  const found: string[] = [];
  const compareTo = (what: string, printed: string, atoms: number, slack: number): void => {
    const difference = near(printed, atoms, slack);
    if (difference !== null) found.push(`${what}: ${difference}`);
  };
  const cross = view.positions.filter((one) => one.marginMode === 'cross').length;
  const orders = view.orders.length;
  compareTo('equity', report.equity, view.equityAtoms, cross);
  compareTo('maintenance', report.maintenanceMargin, view.maintenanceMarginAtoms, 3 * cross);
  // Each partial fill of an order may leave an atom of its reservation behind, and an order that
  // was placed before rules for new positions came into force keeps what it reserved then.
  if (orders === 0 || !newRules)
    compareTo('initial', report.initialMargin, view.initialMarginAtoms, cross + 9 * orders);
  view.positions.forEach((one, k) => {
    const other = report.positions[k];
    if (other === undefined) return found.push(`no position ${k}`);
    compareTo(`${one.market} profit`, other.unrealizedPnl, one.profitAtoms, 1);
    const slack = slackOf(document, one.market);
    compareTo(
      `${one.market} maintenance`,
      other.maintenanceMargin,
      one.maintenanceMarginAtoms,
      slack,
    );
    compareTo(`${one.market} initial`, other.initialMargin, one.initialMarginAtoms, 1);
    return compareTo(`${one.market} value`, other.value, one.valueAtoms, 1);
  });
  return found;
}

function disagreements(engine: Engine, id: string, newRules: boolean): string[] {
  const view = accountView(engine, id);
  const document = toDocument(engine, id);
  if (view === null || document === null) return [`no account ${id}`];
  const report = check(document, rulebooks);
  if ('error' in report) return [`${id}: ${report.error.path} ${report.error.message}`];
  const found = differences({ view, document, report, newRules }).map((one) => `${id}: ${one}`);
  if (ENGINE_RANK[view.state] < RANK[report.state]) {
    found.push(`${id}: the engine says ${view.state}, the document ${report.state}`);
  }
  return found;
}

describe('an account of the engine, written as a document and checked', () => {
  test('has the same figures, and is never healthier in the engine', { timeout: 3_600_000 }, () => {
    let positions = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const rehearsal = new Rehearsal(seed);
      const engine = createEngine();
      let newRules = false;
      const opening = rehearsal.opening();
      for (let step = 0; step < COMMANDS; step += 1) {
        const { events } = apply(engine, opening[step] ?? rehearsal.next(engine));
        newRules ||= events.some((one) => one.kind === 'market-updated' && one.appliesTo === 'new');
        if (step < opening.length || step % 16 !== 0) continue;
        for (const id of ['ann', 'bob', 'house', '__proto__']) {
          positions += accountView(engine, id)?.positions.length ?? 0;
          expect(disagreements(engine, id, newRules), `seed ${seed}, step ${step}`).toEqual([]);
        }
      }
    }
    expect(positions).toBeGreaterThan(SEEDS);
  });
});
