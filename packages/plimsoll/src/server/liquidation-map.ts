/** The liquidation map of a market as the API writes it: decimals, and what each rung is worth. */
import { marketView, type Engine, type MarketView } from '@plimsoll/core/engine';
import { liquidationMap, type LiquidationPrices, type Rung } from '@plimsoll/core/lab';
import { decimal, formatDecimal } from '@plimsoll/core/units';
import { valueAt } from './market-list.ts';
import type { MarketScale, PlainObject } from './present.ts';
import { ProblemError } from './problem.ts';
import { unitsToText } from './scale.ts';

/** A rung is no more than a thousandth of the mark, and the ladder reaches three tenths of it. */
const SHAPE = { span: 0.3, fineness: 0.001 };

/** All liquidation prices at one moment; null where the kernel does not know the rules. */
export interface PricesAt {
  readonly sequence: number;
  readonly known: LiquidationPrices | null;
}

/** Throws a 422 when the market has no mark yet, or rules that only `check` knows. */
export function mapOf(
  engine: Engine,
  { sequence, known }: PricesAt,
  { market, scale }: { readonly market: string; readonly scale: MarketScale },
): PlainObject {
  const view = marketView(engine, market);
  const map = known === null ? null : liquidationMap(engine, known, { market, shape: SHAPE });
  if (view === null || map === null) throw unmapped(market, known === null);
  const mark = unitsToText(map.markTicks, scale.tick);
  const sum = (one: Omit<Rung, 'fromTicks'>, price: string): PlainObject => {
    const size = unitsToText(one.lots, scale.lot);
    const value = worth(view, size, price);
    return { side: one.side, positions: one.positions, size, value };
  };
  return {
    sequence,
    market,
    mark,
    step: unitsToText(map.stepTicks, scale.tick),
    rungs: map.rungs.map(({ fromTicks, ...one }) => {
      const price = unitsToText(fromTicks, scale.tick);
      return { price, ...sum(one, price) };
    }),
    beyond: map.beyond.map((one) => sum(one, mark)),
    never: map.never.map((one) => sum(one, mark)),
    underWay: map.underWay.map((one) => sum(one, mark)),
  };
}

/** The lowest rung of an inverse contract begins at 0, where a value has no bound. */
function worth(view: MarketView, size: string, price: string): string {
  const at = decimal(price);
  return at.n === 0n ? '0' : formatDecimal(valueAt(view, decimal(size), at));
}

function unmapped(market: string, isUnknown: boolean): ProblemError {
  return isUnknown
    ? new ProblemError(422, 'some rules are only known to check; ask for accounts one by one', {
        code: 'not-mapped',
      })
    : new ProblemError(422, `${market} has no mark yet; send one with POST /v1/marks`, {
        code: 'no-mark',
      });
}
