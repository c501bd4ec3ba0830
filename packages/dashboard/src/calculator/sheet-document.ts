/**
 * From a sheet to the account document that the command line reads. A text that is no number is
 * handed on as it is: the core refuses it with its path and the remedy.
 */
import {
  decimal,
  formatDecimal,
  isZero,
  over,
  parseDecimal,
  times,
  type Rational,
} from '@plimsoll/core/units';
import { catalogue, marketNamed, settlementOf, type Market, type Venue } from './catalogue.ts';
import { FIRST_LINE, type OrderLine, type PositionLine, type Sheet } from './sheet.ts';

/** Digits of a size that is a quotient. */
const DIGITS = 15;
const HUNDRED: Rational = decimal('100');

/** An account document; its keys are those of the published shape. */
export type AccountDocument = Readonly<Record<string, unknown>>;

export function documentOf(sheet: Sheet): AccountDocument {
  const { asOf, collateral, positions, orders } = sheet;
  const venue = venueOf(sheet);
  const first = marketNamed(venue, positions[0]?.market ?? '');
  const cash = { asset: settlementOf(first), amount: collateral };
  const markets = marketsOf(sheet, venue);
  return {
    venue: venue.id,
    ...(asOf === '' ? {} : { asOf }),
    collateral: collateral === '' ? [] : [cash],
    positions: positions.map((line) => positionOf(line, marketNamed(venue, line.market))),
    ...(orders.length === 0 ? {} : { orders: orders.map(orderOf) }),
    ...(Object.keys(markets).length === 0 ? {} : { markets }),
  };
}

function venueOf({ venue }: Sheet): Venue {
  return catalogue.find(({ id }) => id === venue) ?? { id: venue, title: venue, markets: [] };
}

function positionOf(line: PositionLine, market: Market): AccountDocument {
  const entry = line.entry === '' ? line.mark : line.entry;
  const mark = line.mark === '' ? line.entry : line.mark;
  const size = contractsOf({ ...line, mark }, market);
  const isolated = line.mode === 'isolated';
  return {
    market: line.market,
    side: line.side,
    size,
    entryPrice: entry,
    markPrice: mark,
    marginMode: line.mode,
    ...(line.leverage === '' ? {} : { leverage: line.leverage }),
    ...(isolated ? { isolatedMargin: marginOf({ ...line, size, entry }, market) } : {}),
  };
}

/** A size in contracts; of a coin or a value when it is counted in these. */
export function contractsOf({ size, unit, mark }: PositionLine, market: Market): string {
  const amount = parseDecimal(size);
  const price = parseDecimal(mark);
  if (unit === 'contracts' || amount === undefined) return size;
  if (price === undefined || isZero(price)) return size;
  return formatDecimal(contractsFor(amount, { unit, price, market }), DIGITS);
}

interface Counting {
  readonly unit: 'coin' | 'value';
  readonly price: Rational;
  readonly market: Market;
}

function contractsFor(amount: Rational, { unit, price, market }: Counting): Rational {
  const each = decimal(market.unit);
  if (market.contract === 'linear')
    return over(unit === 'coin' ? amount : over(amount, price), each);
  return over(unit === 'coin' ? times(amount, price) : amount, each);
}

/** The margin that opening takes, unless it is given. */
function marginOf({ margin, size, entry, leverage }: PositionLine, market: Market): string {
  if (margin !== '') return margin;
  const [contracts, price, divisor] = [size, entry, leverage === '' ? '1' : leverage].map(
    parseDecimal,
  );
  if (contracts === undefined || price === undefined || divisor === undefined) return '0';
  if (isZero(price) || isZero(divisor)) return '0';
  const units = times(contracts, decimal(market.unit));
  const value = market.contract === 'linear' ? times(units, price) : over(units, price);
  return formatDecimal(over(value, divisor), DIGITS);
}

function orderOf({ market, side, size, price, reduceOnly }: OrderLine): AccountDocument {
  return { market, side, size, price, ...(reduceOnly ? { reduceOnly } : {}) };
}

/** What the reader says of markets beside the venue: funding, and the rules without a venue. */
function marketsOf(sheet: Sheet, venue: Venue): AccountDocument {
  const lines = [...sheet.positions, ...sheet.orders.map(({ market }) => ({ market }))];
  const entries = lines.map(({ market }): [string, AccountDocument] => {
    const told = sheet.positions.find((line) => line.market === market) ?? FIRST_LINE;
    return [market, { ...ownRules(sheet, venue), ...fundingOf(told) }];
  });
  return Object.fromEntries(entries.filter(([, rules]) => Object.keys(rules).length > 0));
}

function ownRules({ rate }: Sheet, { id }: Venue): AccountDocument {
  if (id !== 'custom') return {};
  return { maintenance: { schedule: { kind: 'flat', rate: shareOf(rate) } } };
}

function fundingOf({ funding, hours }: PositionLine): AccountDocument {
  if (funding === '') return {};
  return { funding: { rate: shareOf(funding), intervalHours: hours } };
}

/** A percentage as the share that documents and requests are in. */
export function shareOf(percent: string): string {
  const value = parseDecimal(percent);
  return value === undefined ? percent : formatDecimal(over(value, HUNDRED), 40);
}
