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

function marketOf(view: MarketView, sources: MarketSources): PlainObject {
  const scale = sources.scales.market(view.market);
  const lots = sources.openInterest.get(view.market) ?? 0;
  const size = scale === undefined ? '0' : unitsToText(lots, scale.lot);
  const isMarked = view.markTicks > 0 && scale !== undefined;
  const mark = isMarked ? unitsToText(view.markTicks, scale.tick) : null;
  const isFunded = view.fundedUntilMs > 0;
  return {
    market: view.market,
    mode: view.mode,
    mark,
    markTime: isMarked ? timeText(view.markMs) : null,
    validity: view.validity,
    sources: view.sources.map((source) => present(source, sources.scales, view.market)),
    change24h: changeOf(view, sources),
    openInterest: size,
    openInterestValue:
      mark === null ? '0' : formatDecimal(valueAt(view, decimal(size), decimal(mark))),
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
