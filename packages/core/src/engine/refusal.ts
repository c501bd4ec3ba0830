/**
 * Why the engine says no: a closed list, in the order in which the checks are made. A refusal is a
 * value that carries the figures which decided, changes nothing, and is remembered like any answer.
 */

export const REFUSAL_CODES = [
  'malformed',
  'id-reused',
  'id-too-old',
  'not-configured',
  'already-configured',
  'unknown-market',
  'market-exists',
  'bad-rules',
  'unknown-account',
  'account-exists',
  'reserved-account',
  'same-account',
  'unknown-order',
  'order-exists',
  'too-many-orders',
  'unknown-liquidation',
  'unknown-source',
  'in-liquidation',
  'market-mode',
  'no-mark',
  'stale-mark',
  'disputed-mark',
  'jumping-mark',
  'interval-settled',
  'interval-open',
  'too-large',
  'leverage-too-high',
  'position-open',
  'no-position',
  'not-isolated',
  'outside-band',
  'position-cap',
  'open-interest-cap',
  'exceeds-position',
  'exceeds-order',
  'worse-than-limit',
  'fund-exhausted',
  'insufficient-balance',
  'insufficient-margin',
] as const;

export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** `message` is one sentence with the place and the remedy; `figures` are what decided. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly message: string;
  readonly figures: Readonly<Record<string, number | string>>;
}

export function refuse(
  code: RefusalCode,
  message: string,
  figures: Readonly<Record<string, number | string>> = {},
): Refusal {
  return { code, message, figures };
}
