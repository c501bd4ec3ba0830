/**
 * An independent check of the engine's breach detection: the book is reckoned again, in doubles by
 * the bulk kernel and, where that is too close to call, exactly by `check`. Nothing of the engine's
 * own arithmetic is used.
 */
import {
  bookOf,
  configView,
  marketIds,
  marketView,
  toDocument,
  type Book,
  type Engine,
} from '../engine/index.ts';
import { accountColumns, check, marketColumns, partnerRows, standings } from '../margin/index.ts';
import type { MarketColumns, PositionColumns } from '../margin/index.ts';
import { rulebooks } from '../rulebook/index.ts';
import { decimal, toNumber } from '../units/index.ts';

/** A unit below its line that is not being liquidated. */
export interface MissedBreach {
  readonly account: string;
  readonly market: string | null;
}

export interface Audit {
  /** Every breach that the engine has missed at the marks in force. */
  missed(engine: Engine): MissedBreach[];
}

const LIQUIDATING = 2;
/** Within this share of the requirement a double does not decide. */
const TOO_CLOSE = 1e-7;

/** Prepares an audit of an engine whose markets keep their rules. */
export function createAudit(engine: Engine): Audit {
  const frames = marketIds(engine).map((id) => frameOf(engine, id));
  const columns = kernelColumns(engine);
  return { missed: (current) => missedBreaches(current, frames, columns) };
}

/** How a market's whole numbers stand to decimals. */
interface Frame {
  readonly id: string;
  readonly inverse: boolean;
  readonly tick: number;
  /** Base or quote units in a lot. */
  readonly unitsPerLot: number;
}

function frameOf(engine: Engine, id: string): Frame {
  const { rules } = viewOf(engine, id);
  const inverse = rules.contract === 'inverse';
  const unit = (inverse ? rules.face : rules.multiplier) ?? '1';
  const unitsPerLot = toNumber(decimal(rules.lot)) * toNumber(decimal(unit));
  return { id, inverse, tick: toNumber(decimal(rules.tick)), unitsPerLot };
}

function viewOf(engine: Engine, id: string): NonNullable<ReturnType<typeof marketView>> {
  const view = marketView(engine, id);
  if (view === null) throw new Error(`no market ${id}`);
  return view;
}

/** The kernel's columns, or null when a market's rules need the exact check for every account. */
function kernelColumns(engine: Engine): MarketColumns | null {
  const ids = marketIds(engine);
  const markets: Record<string, unknown> = {};
  for (const id of ids) {
    const { contract, multiplier, face, tick, maintenance, trigger } = viewOf(engine, id).rules;
    // The book has no column for the leverage that each position has chosen.
    if (maintenance.closingFeeAt === 'leverage') return null;
    const unit = contract === 'inverse' ? { face } : { multiplier: multiplier ?? '1' };
    markets[id] = { contract, ...unit, tick, maintenance, trigger };
  }
  const columns = marketColumns(markets, ids);
  return 'error' in columns ? null : columns;
}

function missedBreaches(
  engine: Engine,
  frames: readonly Frame[],
  columns: MarketColumns | null,
): MissedBreach[] {
  const book = bookOf(engine);
  const suspects =
    columns === null ? everyUnit(book) : suspectUnits(engine, book, { frames, columns });
  return suspects
    .filter((unit) => book.standing[unit] !== LIQUIDATING && isBreached(engine, book, unit, frames))
    .map((unit) => ({
      account: book.account[unit] ?? '',
      market: isolatedMarket(book, unit, frames),
    }));
}

function everyUnit(book: Book): number[] {
  return book.account.map((_, unit) => unit);
}

function isolatedMarket(book: Book, unit: number, frames: readonly Frame[]): string | null {
  return frames[book.isolatedMarket[unit] ?? -1]?.id ?? null;
}

interface Scale {
  readonly frames: readonly Frame[];
  readonly columns: MarketColumns;
}

/** Units whose equity, in doubles, does not clearly exceed their requirement. */
function suspectUnits(engine: Engine, book: Book, { frames, columns }: Scale): number[] {
  frames.forEach((frame, market) => {
    columns.markPrice[market] = viewOf(engine, frame.id).markTicks * frame.tick;
  });
  const atoms = 10 ** (configView(engine)?.asset.decimals ?? 0);
  const cash = book.cashAtoms.map((held) => held / atoms);
  const accounts = accountColumns(book.first, cash);
  standings(columns, kernelPositions(book, frames, atoms), accounts);
  return everyUnit(book).filter((unit) => {
    const equity = accounts.equity[unit] ?? 0;
    const maintenance = accounts.maintenance[unit] ?? 0;
    return equity <= maintenance * (1 + TOO_CLOSE) + TOO_CLOSE;
  });
}

function kernelPositions(book: Book, frames: readonly Frame[], atoms: number): PositionColumns {
  const { market } = book;
  const amount = new Float64Array(book.market.length);
  const entryPrice = new Float64Array(book.market.length);
  for (let row = 0; row < amount.length; row += 1) {
    const frame = frames[book.market[row] ?? 0];
    if (frame === undefined) continue;
    const lots = book.lots[row] ?? 0;
    const cost = book.cost[row] ?? 0;
    amount[row] = lots * frame.unitsPerLot;
    entryPrice[row] = frame.inverse
      ? (lots * frame.unitsPerLot * atoms) / cost
      : (cost / lots) * frame.tick;
  }
  const leverage = new Float64Array(amount.length).fill(1);
  return { market, amount, entryPrice, leverage, partner: partnerRows(book.first, market) };
}

/** The exact answer, from the account written as a document. */
function isBreached(engine: Engine, book: Book, unit: number, frames: readonly Frame[]): boolean {
  const document = toDocument(engine, book.account[unit] ?? '');
  const outcome = check(document, rulebooks);
  if ('error' in outcome) throw new Error(`${outcome.error.path} ${outcome.error.message}`);
  const market = isolatedMarket(book, unit, frames);
  const position = outcome.positions.find((one) =>
    market === null
      ? one.marginMode === 'cross'
      : one.marginMode === 'isolated' && one.market === market,
  );
  return (
    position !== undefined && (position.state === 'liquidation' || position.state === 'bankrupt')
  );
}
