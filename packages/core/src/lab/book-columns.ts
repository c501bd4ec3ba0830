/**
 * The book of an engine in the columns of the kernel in doubles, at the marks in force: where bulk
 * reckoning beside the engine starts.
 */
import {
  configView,
  marketIds,
  marketView,
  type Book,
  type Engine,
  type MarketRules,
} from '../engine/index.ts';
import { accountColumns, marketColumns, partnerRows } from '../margin/index.ts';
import type { AccountColumns, MarketColumns, PositionColumns } from '../margin/index.ts';
import { decimal, toNumber } from '../units/index.ts';

/** One row of `accounts` a unit of the book; one row of `markets` a set of rules. */
export interface BookColumns {
  readonly markets: MarketColumns;
  readonly positions: PositionColumns;
  readonly accounts: AccountColumns;
}

/** Null when the kernel does not know some market's rules: `check` does, one by one. */
export function bookColumns(engine: Engine, book: Book): BookColumns | null {
  const markets = ruleColumns(engine, book);
  if (markets === null) return null;
  const atoms = 10 ** (configView(engine)?.asset.decimals ?? 0);
  const cash = book.cashAtoms.map((held) => held / atoms);
  const accounts = accountColumns(book.first, cash);
  return { markets, positions: positionColumns(book, atoms), accounts };
}

function ruleColumns(engine: Engine, book: Book): MarketColumns | null {
  const names = book.ruleSets.map((_, set) => String(set));
  const documents = book.ruleSets.map(({ rules }) => kernelRules(rules));
  const columns = marketColumns(
    Object.fromEntries(documents.map((rules, set) => [String(set), rules])),
    names,
  );
  if ('error' in columns) return null;
  const ids = marketIds(engine);
  for (const [set, { market, rules }] of book.ruleSets.entries()) {
    const ticks = marketView(engine, ids[market] ?? '')?.markTicks ?? 0;
    columns.markPrice[set] = ticks * toNumber(decimal(rules.tick));
  }
  return columns;
}

function kernelRules(rules: MarketRules): Readonly<Record<string, unknown>> {
  const { contract, multiplier, face, tick, maintenance, trigger } = rules;
  const unit = contract === 'inverse' ? { face } : { multiplier: multiplier ?? '1' };
  return { contract, ...unit, tick, maintenance, trigger };
}

/** How the whole numbers under a set of rules stand to decimals. */
interface Frame {
  readonly inverse: boolean;
  readonly tick: number;
  /** Base or quote units in a lot. */
  readonly unitsPerLot: number;
}

function frameOf(rules: MarketRules): Frame {
  const inverse = rules.contract === 'inverse';
  const unit = (inverse ? rules.face : rules.multiplier) ?? '1';
  const unitsPerLot = toNumber(decimal(rules.lot)) * toNumber(decimal(unit));
  return { inverse, tick: toNumber(decimal(rules.tick)), unitsPerLot };
}

function positionColumns(book: Book, atoms: number): PositionColumns {
  const frames = book.ruleSets.map(({ rules }) => frameOf(rules));
  const { rules: market } = book;
  const amount = new Float64Array(market.length);
  const entryPrice = new Float64Array(market.length);
  for (let row = 0; row < amount.length; row += 1) {
    const frame = frames[market[row] ?? 0];
    if (frame === undefined) continue;
    const lots = book.lots[row] ?? 0;
    const cost = book.cost[row] ?? 0;
    amount[row] = lots * frame.unitsPerLot;
    entryPrice[row] = frame.inverse
      ? (lots * frame.unitsPerLot * atoms) / cost
      : (cost / lots) * frame.tick;
  }
  const leverage = book.leverage.map((hundredths) => hundredths / 100);
  return { market, amount, entryPrice, leverage, partner: partnerRows(book.first, market) };
}
