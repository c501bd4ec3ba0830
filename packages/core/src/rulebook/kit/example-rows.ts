/** The columns in which worked examples are written, and the accounts that they are about. */

export type Fields = Readonly<Record<string, unknown>>;

export const LP: string = 'positions[0].liquidationPrice';
export const BANKRUPT: string = 'positions[0].bankruptcyPrice';
export const MM: string = 'maintenanceMargin';
export const OWN_MM: string = 'positions[0].maintenanceMargin';
export const IM: string = 'initialMargin';
export const CENT: string = '0.00501';

function position(fields: Fields): object {
  const { price, ...rest } = fields;
  return { side: 'long', entryPrice: price, markPrice: price, ...rest };
}

export function isolated(venue: string, fields: Fields, more: Fields = {}): object {
  return { venue, positions: [position({ marginMode: 'isolated', ...fields })], ...more };
}

export function cross(venue: string, fields: Fields, more: Fields = {}): object {
  const { collateral = '0', ...rest } = fields;
  const held = collateral === '0' ? [] : [{ asset: 'money', amount: collateral }];
  const own = position({ marginMode: 'cross', ...rest });
  return { venue, collateral: held, positions: [own], ...more };
}

/** A market that the rulebook does not list, of one rate. */
export function flat(market: string, rate: string, fields: Fields = {}): Fields {
  const maintenance = { schedule: { kind: 'flat', rate } };
  return { markets: { [market]: { maintenance, ...fields } } };
}

/** What, source, document, figure, expected, tolerance. */
export type Row = readonly [string, string, object, string, string, string];
