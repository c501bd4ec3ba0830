/** The engine beside the exact definition in `margin`: the same figures, to one atom a position. */
import { describe, expect, test } from 'vitest';
import { check, type Report } from '../margin/index.ts';
import { rulebooks } from '../rulebook/index.ts';
import { compare, decimal, integer, minus, plus, rational, absolute } from '../units/index.ts';
import { accountView, type AccountView, type PositionView } from './account-view.ts';
import type { MarketRules } from './config.ts';
import type { EngineEvent } from './event.ts';
import { toDocument, type AccountDocument } from './document.ts';
import { apply } from './reducer.ts';
import { Rehearsal } from './kit/rehearsal.ts';
import { createEngine, type Engine, marketAt } from './state.ts';
import { markAllows } from './validity.ts';
import { marketView } from './view.ts';

const SEEDS = Number(process.env['ENGINE_SEEDS'] ?? 150);
const COMMANDS = 160;

const RANK = { healthy: 0, 'margin-call': 1, liquidation: 2, bankrupt: 3 } as const;
const ENGINE_RANK = { healthy: 0, called: 1, liquidating: 3 } as const;

const MILLION = 1_000_000;

/** `Report` rounds to 12 significant digits; what is asked here is exact to an atom besides. */
function near(printed: string, atoms: number, slack: number): string | null {
  const difference = absolute(minus(decimal(printed), integer(atoms)));
  const digits = rational(BigInt(Math.abs(atoms)), 200_000_000_000n);
  if (
    compare(
      difference,
      plus(rational(BigInt(Math.ceil(slack * MILLION)), BigInt(MILLION)), digits),
    ) <= 0
  )
    return null;
  return `${printed} beside ${atoms}`;
}

interface RulesWritten {
  readonly contract: string;
  readonly maintenance: MarketRules['maintenance'];
  /** Of a market without a position, what leverage asks for comes first. */
  readonly initial?: { readonly schedule: Rated & { readonly of?: readonly Rated[] } };
}

interface Rated {
  readonly rate?: string;
}

/**
 * One atom; one more for each further rounding: an inverse value (as often as it is required, where
 * a schedule that grows with size asks for more than the value), a fee on another value.
 */
function slackOf(document: AccountDocument, one: PositionView): number {
  const { contract, maintenance } = document.markets[one.market] as RulesWritten;
  const { basis, schedule, closingFeeRate, closingFeeAt } = maintenance;
  const together =
    (schedule.kind === 'flat' || schedule.kind === 'steps' || schedule.kind === 'brackets') &&
    !('by' in schedule && schedule.by === 'size');
  const once = closingFeeRate === '0' || (basis === 'mark' && closingFeeAt === 'mark' && together);
  const byValue = Math.max(1, one.maintenanceMarginAtoms / one.valueAtoms);
  return 1 + (contract === 'inverse' ? byValue : 0) + (once ? 0 : 1);
}

/**
 * One atom; an inverse value is rounded up before, which a rate of at most 1 or a leverage below 1
 * carries on.
 */
function initialSlack(document: AccountDocument, one: PositionView): number {
  const { contract } = document.markets[one.market] as RulesWritten;
  return contract === 'inverse' ? 1 + Math.max(1, 100 / one.leverageHundredths) : 1;
}

/** How often each order of an account has been filled in part, by account and order. */
type Fills = Map<string, number>;

function countFills(fills: Fills, events: readonly EngineEvent[]): void {
  for (const event of events) {
    if (event.kind === 'order-placed') fills.set(`${event.account} ${event.order}`, 0);
    if (event.kind !== 'traded') continue;
    const { buyer, seller, buyOrder, sellOrder } = event;
    for (const key of [`${buyer} ${buyOrder}`, `${seller} ${sellOrder}`])
      fills.set(key, (fills.get(key) ?? 0) + 1);
  }
}

/** An atom for each partial fill of an order, and the rounding that its leverage carries on. */
function orderSlack(document: AccountDocument, view: AccountView, fills: Fills): number {
  return view.orders.reduce((sum, { order, market }) => {
    const filled = fills.get(`${view.account} ${order}`) ?? 0;
    return sum + filled + carriedOn(document, view, market);
  }, 0);
}

function carriedOn(document: AccountDocument, view: AccountView, market: string): number {
  const { contract, initial } = document.markets[market] as RulesWritten;
  if (contract !== 'inverse') return 1;
  const held = view.positions.find((one) => one.market === market);
  if (held !== undefined) return Math.max(1, 100 / held.leverageHundredths);
  const { rate, of } = initial?.schedule ?? {};
  return Math.max(1, Number(rate ?? of?.[0]?.rate ?? 1));
}

interface Compared {
  readonly view: AccountView;
  readonly document: AccountDocument;
  readonly report: Report;
  readonly newRules: boolean;
  readonly fills: Fills;
}

function differences({ view, document, report, newRules, fills }: Compared): string[] {
  const found: string[] = [];
  const compareTo = (what: string, printed: string, atoms: number, slack: number): void => {
    const difference = near(printed, atoms, slack);
    if (difference !== null) found.push(`${what}: ${difference}`);
  };
  const pool = view.positions.filter((one) => one.marginMode === 'cross');
  const cross = pool.length;
  const total = (slack: (document: AccountDocument, one: PositionView) => number): number =>
    pool.reduce((sum, one) => sum + slack(document, one), 0);
  const poolSlack = { initial: total(initialSlack), maintenance: total(slackOf) };
  const orders = view.orders.length;
  compareTo('equity', report.equity, view.equityAtoms, cross);
  compareTo(
    'maintenance',
    report.maintenanceMargin,
    view.maintenanceMarginAtoms,
    poolSlack.maintenance,
  );
  // Each partial fill of an order may leave an atom of its reservation behind, and an order that
  // was placed before rules for new positions came into force keeps what it reserved then; one of
  // an owner's accounts reserved for what its other accounts held then.
  if (orders === 0 || !(newRules || view.owner !== null))
    compareTo(
      'initial',
      report.initialMargin,
      view.initialMarginAtoms,
      poolSlack.initial + orderSlack(document, view, fills),
    );
  view.positions.forEach((one, k) => {
    const other = report.positions[k];
    if (other === undefined) return found.push(`no position ${k}`);
    // A cost that was rounded to nothing is written as a millionth of an atom.
    const profitSlack = one.cost === 0 ? 1 + 1 / MILLION : 1;
    compareTo(`${one.market} profit`, other.unrealizedPnl, one.profitAtoms, profitSlack);
    const slack = slackOf(document, one);
    compareTo(
      `${one.market} maintenance`,
      other.maintenanceMargin,
      one.maintenanceMarginAtoms,
      slack,
    );
    compareTo(
      `${one.market} initial`,
      other.initialMargin,
      one.initialMarginAtoms,
      initialSlack(document, one),
    );
    return compareTo(`${one.market} value`, other.value, one.valueAtoms, 1);
  });
  return found;
}

/** Rules under which an order keeps what it reserved while the requirement moves on. */
function isScaled(rules: MarketRules): boolean {
  return (rules.initialByOpenInterest ?? rules.leverageByVolatility ?? null) !== null;
}

const WAITING: ReadonlySet<unknown> = new Set(['halted', 'confirming', 'recovering']);

/** What has happened to orders that a document does not know of. */
type Past = Pick<Compared, 'newRules' | 'fills'>;

function disagreements(engine: Engine, id: string, past: Past): string[] {
  const view = accountView(engine, id);
  const document = toDocument(engine, id);
  if (view === null || document === null) return [`no account ${id}`];
  const report = check(document, rulebooks);
  if ('error' in report) return [`${id}: ${report.error.path} ${report.error.message}`];
  const found = differences({ view, document, report, ...past }).map((one) => `${id}: ${one}`);
  // A document knows of no halt, breaker or doubtful mark: where the engine waits for one, it may
  // say less.
  const waits =
    view.positions.some(({ market }) => WAITING.has(marketView(engine, market)?.mode)) ||
    view.positions.some(({ market }) => {
      const held = marketAt(engine, engine.marketRows.get(market) ?? 0);
      const slowed = (held.breaker?.trippedMs ?? 0) > 0;
      return slowed || !markAllows(engine, held, 'liquidate');
    });
  if (!waits && ENGINE_RANK[view.state] < RANK[report.state]) {
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
      const fills: Fills = new Map();
      const opening = rehearsal.opening();
      for (let step = 0; step < COMMANDS; step += 1) {
        const { events } = apply(engine, opening[step] ?? rehearsal.next(engine));
        countFills(fills, events);
        newRules ||= events.some(
          (one) =>
            (one.kind === 'market-updated' && one.appliesTo === 'new') ||
            (one.kind === 'market-opened' && isScaled(one.rules)) ||
            (one.kind === 'market-updated' && isScaled(one.rules)),
        );
        if (step < opening.length || step % 16 !== 0) continue;
        for (const id of ['ann', 'bob', 'house', '__proto__']) {
          positions += accountView(engine, id)?.positions.length ?? 0;
          expect(
            disagreements(engine, id, { newRules, fills }),
            `seed ${seed}, step ${step}`,
          ).toEqual([]);
        }
      }
    }
    expect(positions).toBeGreaterThan(SEEDS);
  });
});
