/**
 * From a document to its figures as decimal text: what the command line, the API and the page show.
 */
import { equals, formatDecimal, greatest, minus, ONE, over, ZERO } from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import type { Account, Refusal } from './account.ts';
import { documentAdvice } from './advice-document.ts';
import type { Finding } from './advice-finding.ts';
import { isRefusal, readAccount } from './document.ts';
import { figuresOf, isCross } from './figures.ts';
import type { Figures, PositionFigures, Standing, State } from './figures.ts';
import { marketTerms } from './funding-drag-terms.ts';
import { relativeDistance } from './geometry.ts';
import type { Rulebook, RuleUsed } from './rulebook.ts';

/** A position's figures; see the account document for the meaning of each. */
export interface PositionReport {
  readonly market: string;
  readonly side: 'long' | 'short';
  readonly marginMode: 'cross' | 'isolated';
  readonly value: string;
  readonly unrealizedPnl: string;
  readonly equity: string;
  readonly initialMargin: string;
  readonly maintenanceMargin: string;
  readonly marginRatio: string;
  readonly state: State;
  readonly liquidationPrice: string | null;
  /** Only with `policy.call`: the price of the forced close, null without `liquidateBelow`. */
  readonly forcedPrice?: string | null;
  readonly bankruptcyPrice: string | null;
  readonly distance: string | null;
}

/** An account's figures: decimal text at 12 significant digits, half-even, plain notation. */
export interface Report {
  readonly equity: string;
  readonly initialMargin: string;
  readonly maintenanceMargin: string;
  readonly marginRatio: string | null;
  readonly available: string;
  readonly state: State;
  readonly effectiveLeverage: string;
  readonly callAmount: string;
  /** Assets that are not the settlement asset and whose price no position's market moves. */
  readonly fixedPrices: readonly string[];
  readonly positions: readonly PositionReport[];
  /** What the document alone gives reason for; `advise` says more, given a context. */
  readonly advice: readonly Finding[];
  /** Of a venue's rulebook: which rules each market came under, and what is not certain in them. */
  readonly rules?: readonly RuleUsed[];
}

/** Figures, or the refusal and nothing computed. */
export type Outcome = Report | { readonly error: Refusal };

/**
 * The figures of one account document (parsed JSON or JavaScript values) under one of the
 * rulebooks. Never throws on bad input: it answers `{ error: { path, message } }`.
 */
export function check(document: unknown, rulebooks: readonly Rulebook[]): Outcome {
  const account = readAccount(document, rulebooks);
  if (isRefusal(account)) return { error: account };
  const figures = figuresOf(account);
  const scene = { account, figures, termsOf: marketTerms(document, rulebooks) };
  return reportOf(account, figures, documentAdvice(scene));
}

/** The printed form of an account's figures. */
function reportOf(account: Account, figures: Figures, advice: readonly Finding[]): Report {
  const { pool, hasCross } = figures;
  const shown = standingText(pool);
  return {
    equity: shown.equity,
    initialMargin: formatDecimal(figures.initial),
    maintenanceMargin: formatDecimal(pool.maintenance),
    marginRatio: hasCross ? shown.marginRatio : null,
    available: formatDecimal(greatest(ZERO, minus(pool.equity, figures.initial))),
    state: figures.state,
    effectiveLeverage: hasCross ? quotient(figures.value, pool.equity) : '0',
    callAmount: formatDecimal(figures.callAmount),
    fixedPrices: fixedPrices(account),
    positions: figures.positions.map((each) =>
      positionReport(account, each, each.standing === pool ? shown : standingText(each.standing)),
    ),
    advice,
    ...(account.rules === null ? {} : { rules: account.rules }),
  };
}

function fixedPrices({ collateral, positions }: Account): readonly string[] {
  const moving = new Set(positions.filter(isCross).map(({ market }) => market.name));
  return collateral
    .filter(({ price, market }) => !equals(price, ONE) && (market === null || !moving.has(market)))
    .map(({ asset }) => asset);
}

type StandingText = Pick<PositionReport, 'equity' | 'marginRatio' | 'state'>;

function standingText({ equity, maintenance, state }: Standing): StandingText {
  return {
    equity: formatDecimal(equity),
    marginRatio: quotient(maintenance, equity),
    state,
  };
}

function quotient(dividend: Rational, divisor: Rational): string {
  return divisor.n <= 0n ? 'Infinity' : formatDecimal(over(dividend, divisor));
}

function positionReport(
  account: Account,
  figures: PositionFigures,
  standing: StandingText,
): PositionReport {
  const { position, liquidation } = figures;
  const distance =
    liquidation.price === null ? null : relativeDistance(position.markPrice, liquidation.price);
  return {
    market: position.market.name,
    side: position.side === 1 ? 'long' : 'short',
    marginMode: isCross(position) ? 'cross' : 'isolated',
    value: formatDecimal(figures.value),
    unrealizedPnl: formatDecimal(figures.pnl),
    equity: standing.equity,
    initialMargin: formatDecimal(figures.initial),
    maintenanceMargin: formatDecimal(figures.maintenance),
    marginRatio: standing.marginRatio,
    state: standing.state,
    liquidationPrice: textOrNull(liquidation.price),
    ...(account.call === null ? {} : { forcedPrice: textOrNull(figures.forced?.price ?? null) }),
    bankruptcyPrice: textOrNull(figures.bankruptcyPrice),
    distance: textOrNull(distance),
  };
}

function textOrNull(value: Rational | null): string | null {
  return value === null ? null : formatDecimal(value);
}
