/** The markets with their marks, open interest and funding. */
import { marketIds, marketView, type Engine, type MarketView } from '@plimsoll/core/engine';
import { decimal, formatDecimal, over, times, type Rational } from '@plimsoll/core/units';
import type { Candles } from './candles.ts';
import { present, timeText, type Plain, type PlainObject, type Scales } from './present.ts';
import { decimalScale, unitsToText } from './scale.ts';

const DAY_SECONDS = 86_400;
const E9 = decimalScale(9);

export interface MarketSources {
  readonly engine: Engine;
  readonly scales: Scales;
  readonly candles: Candles;
  readonly openInterest: ReadonlyMap<string, number>;
}

export function marketList(sources: MarketSources): PlainObject[] {
  return marketIds(sources.engine)
    .map((id) => marketView(sources.engine, id))
    .filter((view) => view !== null)
    .map((view) => marketOf(view, sources));
}

/** The value of the open interest of each market at its mark, in the settlement asset. */
export function openInterestValues(
  sources: Omit<MarketSources, 'candles'>,
): Readonly<Record<string, string>> {
  const views = marketIds(sources.engine).map((id) => marketView(sources.engine, id));
  const known = views.filter((view) => view !== null);
  return Object.fromEntries(known.map((view) => [view.market, interestOf(view, sources).value]));
}

interface Interest {
  /** Contracts held long. */
  readonly size: string;
  readonly value: string;
  readonly mark: string | null;
}

function interestOf(
  view: MarketView,
  { scales, openInterest }: Omit<MarketSources, 'candles'>,
): Interest {
  const scale = scales.market(view.market);
  if (scale === undefined) return { size: '0', value: '0', mark: null };
  const size = unitsToText(openInterest.get(view.market) ?? 0, scale.lot);
  if (view.markTicks === 0) return { size, value: '0', mark: null };
  const mark = unitsToText(view.markTicks, scale.tick);
  return { size, value: formatDecimal(valueAt(view, decimal(size), decimal(mark))), mark };
}

function marketOf(view: MarketView, sources: MarketSources): PlainObject {
  const { size, value, mark } = interestOf(view, sources);
  const isFunded = view.fundedUntilMs > 0;
  return {
    market: view.market,
    mode: view.mode,
    mark,
    markTime: mark === null ? null : timeText(view.markMs),
    validity: view.validity,
    sources: view.sources.map((source) => present(source, sources.scales, view.market)),
    change24h: changeOf(view, sources),
    openInterest: size,
    openInterestValue: value,
    fundingRate: isFunded ? unitsToText(view.fundingRateE9, E9) : null,
    fundingAt: isFunded ? timeText(view.fundedUntilMs) : null,
    rules: view.rules as unknown as Plain,
  };
}

/** Value of a size in contracts at a price above 0, in the settlement asset. */
export function valueAt({ rules }: MarketView, size: Rational, mark: Rational): Rational {
  if (rules.contract === 'inverse') return over(times(size, decimal(rules.face ?? '1')), mark);
  return times(times(size, decimal(rules.multiplier ?? '1')), mark);
}

/** Against the mark of a day before, or the oldest known. */
function changeOf(view: MarketView, { candles }: MarketSources): string | null {
  const before = candles.markAt(view.market, Math.floor(view.markMs / 1_000) - DAY_SECONDS);
  if (before === undefined || before === 0) return null;
  return formatDecimal(decimal(((view.markTicks - before) / before).toFixed(6)));
}
