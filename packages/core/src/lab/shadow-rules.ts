/**
 * The rules of a market in a stream: written out, or taken from a venue's rulebook. What no call
 * and no liquidation depends on may be left out.
 */
import type { MarketRules } from '../engine/index.ts';
import { inForce, type WrittenMarket } from '../margin/index.ts';
import { rulebooks } from '../rulebook/index.ts';
import { formatDecimal, parseDecimal } from '../units/index.ts';
import { BadLine, type Fields } from './line-fields.ts';

/** What a shadow never asks, or asks so that it decides nothing. */
const UNASKED = {
  contract: 'linear',
  initial: null,
  maxLeverage: '1000',
  makerFee: '0',
  takerFee: '0',
  liquidationFee: '0',
  trigger: 'below',
  priceBand: '1',
  profitWithdrawable: true,
  staleAfterMs: null,
  invalidAfterMs: null,
} as const;

/** The rules that a line gives, completed; their shape is the engine's to judge. */
export function rulesOf(fields: Fields): MarketRules {
  const venue = fields.has('venue') ? fields.text('venue') : null;
  const asOf = fields.has('asOf') ? fields.text('asOf') : null;
  const written = fields.any('rules');
  const market = fields.text('market');
  const given = objectAt(written ?? {}, 'rules');
  const base = venue === null ? {} : venueRules(venue, market, asOf);
  const maintenance = given['maintenance'] ?? base.maintenance;
  if (maintenance === undefined)
    throw new BadLine('rules.maintenance', 'is missing: write it, or name a "venue"');
  return {
    ...UNASKED,
    ...base,
    ...given,
    maintenance: {
      basis: 'mark',
      closingFeeRate: '0',
      closingFeeAt: 'mark',
      ...objectAt(maintenance, 'rules.maintenance'),
    },
  } as MarketRules;
}

function objectAt(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>;
  throw new BadLine(path, 'must be an object');
}

type VenueRules = Partial<Record<keyof MarketRules, unknown>>;

function venueRules(venue: string, market: string, asOf: string | null): VenueRules {
  const rulebook = rulebooks.find(({ id }) => id === venue);
  if (rulebook === undefined)
    throw new BadLine('venue', `there is no rulebook "${venue}": see plimsoll venues`);
  const dated = rulebook.markets[market];
  if (dated === undefined)
    throw new BadLine('market', `${venue} has no rules for "${market}": write them under "rules"`);
  const rules = inForce(dated, asOf);
  if (rules === null)
    throw new BadLine('asOf', `${venue} has no rules for "${market}" on that day: give another`);
  return engineRules(rules.market, venue);
}

/**
 * A rulebook's market in the words of the engine; what the engine cannot do is refused. Initial
 * margin, whose rates no venue writes in the engine's steps, is left to leverage.
 */
function engineRules(market: WrittenMarket, venue: string): VenueRules {
  const { contract, multiplier, face, tick, maintenance, trigger } = market;
  const { basis, schedule, short, closingFeeRate, closingFeeAt } = maintenance;
  if (short !== undefined || closingFeeAt === 'bankruptcy' || market.hedge !== undefined) {
    const message = `asks for more at ${venue} than the engine can do: write rules that come close`;
    throw new BadLine('venue', message);
  }
  return {
    ...present({ contract, trigger }),
    ...present({ multiplier: textOf(multiplier), face: textOf(face), tick: textOf(tick) }),
    maintenance: present({ basis, schedule, closingFeeRate: textOf(closingFeeRate), closingFeeAt }),
  };
}

/** Digits enough for any rate or step that a rulebook writes. */
const DIGITS = 40;

function textOf(value: unknown): string | undefined {
  const number = parseDecimal(value);
  return number === undefined ? undefined : formatDecimal(number, DIGITS);
}

function present(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
