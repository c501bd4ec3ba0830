/**
 * From what people write to the engine's whole numbers, the way back of `present.ts`: `amount`
 * becomes `amountAtoms`, `price` `priceTicks`, and so on. What is between two ticks or lots is
 * refused with its neighbours; marks alone are rounded, half-even.
 */
import type { MarkPrice } from '@plimsoll/core/engine';
import { malformed, ProblemError } from './problem.ts';
import type { MarketScale, Scales } from './present.ts';
import { decimalScale, textToNearestUnits, textToUnits, type Scale, type Units } from './scale.ts';

type Body = Readonly<Record<string, unknown>>;

/** Which ending a field of a body gets in the engine's command. */
const SUFFIXES: Readonly<Record<string, string>> = {
  amount: 'Atoms',
  price: 'Ticks',
  size: 'Lots',
  leverage: 'Hundredths',
  rate: 'E9',
  tolerance: 'E9',
};

const HUNDREDTHS = decimalScale(2);
const E9 = decimalScale(9);

/** `body` with every quantity in whole numbers; `path` stands before the fields in messages. */
export function wholeNumbers(body: Body, scales: Scales): Record<string, unknown> {
  const market = typeof body['market'] === 'string' ? body['market'] : undefined;
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(body)) {
    const suffix = SUFFIXES[key];
    if (suffix === undefined) result[key] = value;
    else result[key + suffix] = wholeNumber(key, String(value), scaleFor(suffix, scales, market));
  }
  return result;
}

/** One quantity in whole numbers of `scale`; throws a 400 that names `path` otherwise. */
export function wholeNumber(path: string, text: string, scale: Scale): number {
  return unitsOr400(path, textToUnits(text, scale, path));
}

function unitsOr400(path: string, result: Units): number {
  if ('problem' in result) throw malformed(path, result.problem);
  return result.units;
}

function scaleFor(suffix: string, scales: Scales, market: string | undefined): Scale {
  if (suffix === 'Atoms') return scales.atom;
  if (suffix === 'Hundredths') return HUNDREDTHS;
  if (suffix === 'E9') return E9;
  const known = knownMarket(scales, market ?? '', 'market');
  return suffix === 'Ticks' ? known.tick : known.lot;
}

/** The scales of a market, or a 404 that names it. */
export function knownMarket(scales: Scales, market: string, path: string): MarketScale {
  const known = scales.market(market);
  if (known !== undefined) return known;
  const detail = `there is no market ${market}; GET /v1/markets lists those there are`;
  throw new ProblemError(404, detail, { code: 'unknown-market', path });
}

/** A body's prices by market as marks, rounded to their ticks. */
export function markPrices(prices: Readonly<Record<string, string>>, scales: Scales): MarkPrice[] {
  return Object.entries(prices).map(([market, text]) => {
    const path = `prices.${market}`;
    const { tick } = knownMarket(scales, market, path);
    return { market, priceTicks: positiveMark(path, text, tick) };
  });
}

function positiveMark(path: string, text: string, tick: Scale): number {
  const ticks = unitsOr400(path, textToNearestUnits(text, tick, path));
  if (ticks > 0) return ticks;
  throw malformed(path, `${path} must be a price above 0, at least half a tick`);
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

/** Milliseconds of an ISO 8601 time with a zone; throws a 400 that names `path` otherwise. */
export function timeOf(path: string, text: string): number {
  const ms = TIME.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isSafeInteger(ms) && ms >= 0) return ms;
  throw malformed(path, `${path} must be a time such as "2026-01-31T08:00:00Z"`);
}
