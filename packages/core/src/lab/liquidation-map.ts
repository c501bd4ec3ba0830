/**
 * How much of a market would be closed by force at each price: for every unit the liquidation price
 * of its position there, the other markets standing still, gathered on a ladder of prices.
 */
import { bookOf, marketIds, marketView, type Book, type Engine } from '../engine/index.ts';
import { liquidationPrices, standings } from '../margin/index.ts';
import { decimal, toNumber } from '../units/index.ts';
import { bookColumns } from './book-columns.ts';

/** The liquidation prices of a whole book at one moment, from which maps are drawn. */
export interface LiquidationPrices {
  readonly book: Book;
  /** One a position of the book; NaN where no price above 0 liquidates. */
  readonly prices: Float64Array;
}

/** What one rung of the ladder holds: positions closed from `fromTicks` up to the next rung. */
export interface Rung {
  readonly fromTicks: number;
  readonly side: 'long' | 'short';
  readonly positions: number;
  readonly lots: number;
}

export type Sum = Omit<Rung, 'fromTicks'>;

/** Everything open in the market is somewhere in it: on a rung or in one of the three rests. */
export interface LiquidationMap {
  readonly markTicks: number;
  /** Rungs begin at whole multiples of this, so that they stay while the mark moves. */
  readonly stepTicks: number;
  /** Ascending, long before short; a rung with nothing on it is left out. */
  readonly rungs: readonly Rung[];
  /** Beyond the ladder. */
  readonly beyond: readonly Sum[];
  /** No price of this market alone liquidates them. */
  readonly never: readonly Sum[];
  /** Being closed now. */
  readonly underWay: readonly Sum[];
}

const LIQUIDATING = 2;
const STEPS = [1, 2, 5];

/** Null when the kernel does not know some market's rules. */
export function bookLiquidationPrices(engine: Engine): LiquidationPrices | null {
  const book = bookOf(engine);
  const columns = bookColumns(engine, book);
  if (columns === null) return null;
  const { markets, positions, accounts } = columns;
  const prices = new Float64Array(book.market.length);
  standings(markets, positions, accounts);
  liquidationPrices(markets, positions, accounts, prices);
  return { book, prices };
}

export interface LadderShape {
  /** How far from the mark the ladder reaches, as a fraction of it. */
  readonly span: number;
  /** How fine it is: a rung is 1, 2 or 5 × 10ⁿ ticks, no more than this fraction of the mark. */
  readonly fineness: number;
}

/**
 * The map of one market, counting every position whole, whatever part the rules would close first.
 * Null without a market of that name or without its mark.
 */
export function liquidationMap(
  engine: Engine,
  { book, prices }: LiquidationPrices,
  asked: { readonly market: string; readonly shape: LadderShape },
): LiquidationMap | null {
  const view = marketView(engine, asked.market);
  if (view === null || view.markTicks === 0) return null;
  const { markTicks } = view;
  const stepTicks = niceStep(markTicks * asked.shape.fineness);
  const gather = new Gatherer();
  const own = marketIds(engine).indexOf(asked.market);
  const tick = toNumber(decimal(view.rules.tick));
  const reach = markTicks * asked.shape.span;
  for (let unit = 0; unit < book.account.length; unit += 1) {
    for (let row = book.first[unit] ?? 0; row < (book.first[unit + 1] ?? 0); row += 1) {
      if (book.market[row] !== own) continue;
      const ticks = (prices[row] ?? Number.NaN) / tick;
      const place =
        book.standing[unit] === LIQUIDATING
          ? 'underWay'
          : placeOf(ticks, { markTicks, reach, stepTicks });
      gather.add(place, book.lots[row] ?? 0);
    }
  }
  return { markTicks, stepTicks, ...gather.sums() };
}

type Rest = 'beyond' | 'never' | 'underWay';

interface Ladder {
  readonly markTicks: number;
  readonly reach: number;
  readonly stepTicks: number;
}

function placeOf(ticks: number, { markTicks, reach, stepTicks }: Ladder): number | Rest {
  if (Number.isNaN(ticks)) return 'never';
  if (Math.abs(ticks - markTicks) > reach) return 'beyond';
  return Math.floor(ticks / stepTicks) * stepTicks;
}

/** The greatest 1, 2 or 5 × 10ⁿ that is not above `most`; at least 1. */
function niceStep(most: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, most)));
  return power * (STEPS.findLast((step) => step * power <= most) ?? 1);
}

class Gatherer {
  readonly #sums = new Map<string, { place: number | Rest } & Sum>();

  add(place: number | Rest, lots: number): void {
    const side = lots > 0 ? 'long' : 'short';
    const key = `${place} ${side}`;
    const sum = this.#sums.get(key) ?? { place, side, positions: 0, lots: 0 };
    const positions = sum.positions + 1;
    this.#sums.set(key, { ...sum, positions, lots: sum.lots + Math.abs(lots) });
  }

  sums(): Pick<LiquidationMap, 'rungs' | Rest> {
    const all = [...this.#sums.values()];
    const rungs = all.flatMap(({ place, ...sum }) =>
      typeof place === 'number' ? [{ fromTicks: place, ...sum }] : [],
    );
    const rest = (wanted: Rest): Sum[] =>
      all.flatMap(({ place, ...sum }) => (place === wanted ? [sum] : []));
    return {
      rungs: rungs.toSorted((a, b) => a.fromTicks - b.fromTicks || (a.side < b.side ? -1 : 1)),
      beyond: rest('beyond'),
      never: rest('never'),
      underWay: rest('underWay'),
    };
  }
}
