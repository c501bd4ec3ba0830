/** The kinds of events, and what a page of them is. */
import type { EventKind } from '@plimsoll/core/engine';
import { Type, type TSchema } from 'typebox';
import { Count, oneOf, strict, Time } from './common.ts';

const KINDS: { readonly [K in EventKind]: K } = {
  configured: 'configured',
  'market-opened': 'market-opened',
  'market-updated': 'market-updated',
  'market-mode-changed': 'market-mode-changed',
  'market-delisted': 'market-delisted',
  'position-settled': 'position-settled',
  'leverage-cut': 'leverage-cut',
  'breaker-tripped': 'breaker-tripped',
  'breaker-cleared': 'breaker-cleared',
  'account-opened': 'account-opened',
  'owner-set': 'owner-set',
  deposited: 'deposited',
  withdrawn: 'withdrawn',
  'leverage-set': 'leverage-set',
  'margin-mode-set': 'margin-mode-set',
  'margin-added': 'margin-added',
  'margin-removed': 'margin-removed',
  'order-placed': 'order-placed',
  'order-cancelled': 'order-cancelled',
  traded: 'traded',
  quoted: 'quoted',
  marked: 'marked',
  'validity-changed': 'validity-changed',
  'price-ignored': 'price-ignored',
  'funding-settled': 'funding-settled',
  'funding-paid': 'funding-paid',
  'margin-called': 'margin-called',
  'call-cleared': 'call-cleared',
  'liquidation-started': 'liquidation-started',
  'liquidation-ordered': 'liquidation-ordered',
  'liquidation-filled': 'liquidation-filled',
  'liquidation-taken-over': 'liquidation-taken-over',
  'liquidation-paused': 'liquidation-paused',
  deleveraged: 'deleveraged',
  'liquidation-ended': 'liquidation-ended',
  bankrupt: 'bankrupt',
  'deficit-covered': 'deficit-covered',
  'loss-socialized': 'loss-socialized',
  'inventory-ordered': 'inventory-ordered',
  'inventory-filled': 'inventory-filled',
};

/** Every kind of event that the engine tells. */
export const EVENT_KINDS: readonly EventKind[] = Object.values(KINDS);

/** An event: these fields, and those of its kind with decimals. */
export const Event: TSchema = Type.Object(
  { sequence: Count, index: Count, time: Time, kind: oneOf(...EVENT_KINDS) },
  { additionalProperties: true },
);

export const EventPage: TSchema = strict({
  events: Type.Array(Event),
  next: Type.Union([Type.String(), Type.Null()]),
});
