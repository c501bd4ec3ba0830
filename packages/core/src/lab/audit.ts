/**
 * An independent check of the engine's breach detection: the book is reckoned again, in doubles by
 * the bulk kernel and, where that is too close to call, exactly by `check`. Nothing of the engine's
 * own arithmetic is used.
 */
import { bookOf, marketIds, toDocument, type Book, type Engine } from '../engine/index.ts';
import { check, standings } from '../margin/index.ts';
import { rulebooks } from '../rulebook/index.ts';
import { bookColumns } from './book-columns.ts';

/** A unit below its line that is not being liquidated. */
export interface MissedBreach {
  readonly account: string;
  readonly market: string | null;
}

const LIQUIDATING = 2;
/** Within this share of the requirement a double does not decide. */
const TOO_CLOSE = 1e-7;

/** Every breach that the engine has missed at the marks in force. */
export function missedBreaches(engine: Engine): MissedBreach[] {
  const book = bookOf(engine);
  const ids = marketIds(engine);
  return suspectUnits(engine, book)
    .filter((unit) => book.standing[unit] !== LIQUIDATING && isBreached(engine, book, unit, ids))
    .map((unit) => ({
      account: book.account[unit] ?? '',
      market: isolatedMarket(book, unit, ids),
    }));
}

function isolatedMarket(book: Book, unit: number, ids: readonly string[]): string | null {
  return ids[book.isolatedMarket[unit] ?? -1] ?? null;
}

/** Units whose equity, in doubles, does not clearly exceed their requirement. */
function suspectUnits(engine: Engine, book: Book): number[] {
  const units = book.account.map((_, unit) => unit);
  const columns = bookColumns(engine, book);
  if (columns === null) return units;
  const { markets, positions, accounts } = columns;
  standings(markets, positions, accounts);
  return units.filter((unit) => {
    const equity = accounts.equity[unit] ?? 0;
    const maintenance = accounts.maintenance[unit] ?? 0;
    return equity <= maintenance * (1 + TOO_CLOSE) + TOO_CLOSE;
  });
}

/** The exact answer, from the account written as a document. */
function isBreached(engine: Engine, book: Book, unit: number, ids: readonly string[]): boolean {
  const document = toDocument(engine, book.account[unit] ?? '');
  const outcome = check(document, rulebooks);
  if ('error' in outcome) throw new Error(`${outcome.error.path} ${outcome.error.message}`);
  const market = isolatedMarket(book, unit, ids);
  const position = outcome.positions.find((one) =>
    market === null
      ? one.marginMode === 'cross'
      : one.marginMode === 'isolated' && one.market === market,
  );
  return (
    position !== undefined && (position.state === 'liquidation' || position.state === 'bankrupt')
  );
}
