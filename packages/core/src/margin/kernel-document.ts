/** From account documents to the columns of the double-precision kernel. */
import { appendKey, minus, sum, toNumber } from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import type { Account, Position, Refusal } from './account.ts';
import { isRefusal, readAccount } from './document.ts';
import { isCross } from './figures.ts';
import { scaleOf } from './geometry.ts';
import { columnsOf } from './kernel-columns.ts';
import { accountColumns, partnerRows } from './kernel-shape.ts';
import type { AccountColumns, MarketColumns, PositionColumns } from './kernel-shape.ts';
import type { Rulebook } from './rulebook.ts';
import type { Market } from './rules.ts';

/** Everything that `standings` and `liquidationPrices` take, and where each row is from. */
export interface KernelColumns {
  readonly markets: MarketColumns;
  readonly positions: PositionColumns;
  readonly accounts: AccountColumns;
  /** Of each account: the document. */
  readonly document: Int32Array;
  /** Of each position: its place in its document. */
  readonly place: Int32Array;
}

interface Unit {
  readonly document: number;
  readonly account: Account;
  readonly cash: Rational;
  /** Places in the account. */
  readonly places: readonly number[];
}

/**
 * Columns for many documents: of each the cross pool (if it holds a position), then every isolated
 * position. Refused, with the document's number before the path: what is no document, collateral
 * tied to a market, orders that count in maintenance, `policy`, and what `marketColumns` refuses.
 */
export function documentColumns(
  documents: readonly unknown[],
  rulebooks: readonly Rulebook[],
): KernelColumns | { readonly error: Refusal } {
  const units: Unit[] = [];
  for (const [k, document] of documents.entries()) {
    const account = readAccount(document, rulebooks);
    const error = isRefusal(account) ? account : refusalOf(account);
    if (error !== null) return { error: { ...error, path: joinPath(k, error.path) } };
    units.push(...unitsOf(account as Account, k));
  }
  return columnsOfUnits(units);
}

function joinPath(document: number, path: string): string {
  const index = appendKey('', document);
  return path === '' || path.startsWith('[') ? index + path : `${index}.${path}`;
}

function refusalOf({ collateral, orders, marginCallAt, call }: Account): Refusal | null {
  if (marginCallAt !== null || call !== null)
    return { path: 'policy', message: 'is not known to the kernel; use check for it' };
  const counted = orders.findIndex(({ market }) => market.orders.maintenance !== 'none');
  if (counted >= 0) {
    const message = 'counts in maintenance, which the kernel does not reckon; use check for it';
    return { path: `orders[${counted}]`, message };
  }
  const tied = collateral.findIndex(({ market }) => market !== null);
  if (tied < 0) return null;
  const message = 'moves with a market, which the kernel does not reckon; use check for it';
  return { path: `collateral[${tied}].market`, message };
}

function unitsOf(account: Account, document: number): readonly Unit[] {
  const { positions, collateral } = account;
  const places = [...positions.keys()];
  const cross = places.filter((k) => isCross(positions[k] as Position));
  const unitOf = (own: readonly number[], held: Rational): Unit => {
    const unpaid = sum(own.map((k) => (positions[k] as Position).unpaidFunding));
    return { document, account, cash: minus(held, unpaid), places: own };
  };
  const pool = unitOf(cross, sum(collateral.map(({ value }) => value)));
  const isolated = places.flatMap((k) => {
    const { isolatedMargin } = positions[k] as Position;
    return isolatedMargin === null ? [] : [unitOf([k], isolatedMargin)];
  });
  return cross.length === 0 ? isolated : [pool, ...isolated];
}

function columnsOfUnits(units: readonly Unit[]): KernelColumns | { readonly error: Refusal } {
  const held = units.flatMap(({ account, places }) =>
    places.map((k) => account.positions[k] as Position),
  );
  const rows = new Map<Market, number>();
  for (const { market } of held) if (!rows.has(market)) rows.set(market, rows.size);
  const markets = columnsOf([...rows.keys()]);
  if ('error' in markets) return markets;
  for (const { market, markPrice } of held)
    markets.markPrice[rows.get(market) as number] = toNumber(markPrice);
  const market = Int32Array.from(held, (position) => rows.get(position.market) as number);
  const firstPosition = startsOf(units);
  const cash = Float64Array.from(units, (unit) => toNumber(unit.cash));
  return {
    markets,
    positions: {
      market,
      amount: Float64Array.from(held, (each) => each.side * toNumber(scaleOf(each))),
      entryPrice: Float64Array.from(held, ({ entryPrice }) => toNumber(entryPrice)),
      leverage: Float64Array.from(held, ({ leverage }) => toNumber(leverage)),
      partner: partnerRows(firstPosition, market),
    },
    accounts: accountColumns(firstPosition, cash),
    document: Int32Array.from(units, (unit) => unit.document),
    place: Int32Array.from(units.flatMap(({ places }) => places)),
  };
}

function startsOf(units: readonly Unit[]): Int32Array {
  const starts = new Int32Array(units.length + 1);
  for (const [k, { places }] of units.entries())
    starts[k + 1] = (starts[k] as number) + places.length;
  return starts;
}
