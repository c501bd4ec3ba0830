/**
 * What the core says about an account document, changed or as it is: the figures of the whole
 * account, every position, advice and derivations. Text in, text out, for the worker.
 */
import {
  advise,
  check,
  explain,
  whatIf,
  type Change,
  type Finding,
  type Refusal,
  type Report,
  type State,
  type Step,
} from '@plimsoll/core/margin';
import { rulebooks } from '@plimsoll/core/rulebook';
import { decimal, formatDecimal, sum } from '@plimsoll/core/units';

export interface ReckoningQuestion {
  /** An account document, as `GET /v1/accounts/:account/document` gives it. */
  readonly document: object;
  /** What is supposed to have happened to it; empty for the account as it is. */
  readonly changes: readonly Change[];
  /** Daily standard deviation by market, as decimal text; for advice. */
  readonly volatility: Readonly<Record<string, string>>;
  /** The market's present, as an ISO time. */
  readonly now: string;
}

/** One position as the page shows it; decimal text, in the words of the API. */
export interface ReckonedPosition {
  readonly market: string;
  readonly side: 'long' | 'short';
  readonly size: string;
  readonly entryPrice: string;
  readonly markPrice: string;
  readonly marginMode: 'cross' | 'isolated';
  readonly leverage: string;
  readonly value: string;
  readonly unrealizedPnl: string;
  readonly equity: string;
  readonly initialMargin: string;
  readonly maintenanceMargin: string;
  readonly marginRatio: string | null;
  readonly state: State;
  readonly liquidationPrice: string | null;
  readonly bankruptcyPrice: string | null;
  readonly distance: string | null;
}

/** Pool and isolated positions together, as a row of the API's list. */
export interface Reckoned {
  readonly state: State;
  /** The worst of the pool's and of the isolated positions'. */
  readonly marginRatio: string | null;
  readonly equity: string;
  readonly initialMargin: string;
  readonly maintenanceMargin: string;
  readonly available: string;
  readonly positionValue: string;
  readonly distance: string | null;
  readonly nearestMarket: string | null;
  readonly positions: readonly ReckonedPosition[];
}

/** The derivation of one position's liquidation price. */
export interface Derived {
  readonly market: string;
  readonly marginMode: 'cross' | 'isolated';
  readonly steps: readonly Step[];
}

export type Reckoning =
  | { readonly error: Refusal }
  | {
      readonly account: Reckoned;
      readonly advice: readonly Finding[];
      readonly derivations: readonly Derived[];
    };

export function reckon({ document, changes, volatility, now }: ReckoningQuestion): Reckoning {
  const changed = changes.length === 0 ? asItIs(document) : whatIf(document, changes, rulebooks);
  if ('error' in changed) return changed;
  const findings = advise(changed.document, rulebooks, { now, volatility });
  return {
    account: accountOf(changed.after, changed.document as Written),
    advice: 'error' in findings ? [] : findings,
    derivations: changed.after.positions.map(({ market, marginMode }, index) => {
      const explanation = explain(changed.document, index, rulebooks);
      return { market, marginMode, steps: 'steps' in explanation ? explanation.steps : [] };
    }),
  };
}

interface Subject {
  readonly document: object;
  readonly after: Report;
}

function asItIs(document: object): Subject | { readonly error: Refusal } {
  const after = check(document, rulebooks);
  return 'error' in after ? after : { document, after };
}

/** What is looked at of a document that the engine has written and `check` has taken. */
interface Written {
  readonly positions: readonly Readonly<
    Record<'size' | 'entryPrice' | 'markPrice' | 'leverage', string>
  >[];
}

function accountOf(report: Report, written: Written): Reckoned {
  const isolated = report.positions.filter(({ marginMode }) => marginMode === 'isolated');
  const whole = (pool: string, key: 'equity' | 'initialMargin' | 'maintenanceMargin'): string =>
    total([pool, ...isolated.map((position) => position[key])]);
  const ratios = report.positions.map(({ marginRatio }) => marginRatio);
  const nearest = nearestOf(report);
  return {
    state: report.state,
    marginRatio: ratios.toSorted((a, b) => Number(b) - Number(a))[0] ?? null,
    equity: whole(report.equity, 'equity'),
    initialMargin: whole(report.initialMargin, 'initialMargin'),
    maintenanceMargin: whole(report.maintenanceMargin, 'maintenanceMargin'),
    available: report.available,
    positionValue: total(report.positions.map(({ value }) => value)),
    distance: nearest?.distance ?? null,
    nearestMarket: nearest?.market ?? null,
    positions: report.positions.map((position, k) => positionOf(position, written.positions[k])),
  };
}

function nearestOf({ positions }: Report): Report['positions'][number] | undefined {
  return positions
    .filter(({ distance }) => distance !== null)
    .toSorted((a, b) => Number(a.distance) - Number(b.distance))[0];
}

function positionOf(
  report: Report['positions'][number],
  written: Written['positions'][number] | undefined,
): ReckonedPosition {
  const { forcedPrice: _forced, ...figures } = report;
  return {
    ...figures,
    size: written?.size ?? '',
    entryPrice: written?.entryPrice ?? '',
    markPrice: written?.markPrice ?? '',
    leverage: written?.leverage ?? '1',
  };
}

function total(texts: readonly string[]): string {
  return formatDecimal(sum(texts.map(decimal)));
}
