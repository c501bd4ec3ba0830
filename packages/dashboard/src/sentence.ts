/**
 * One plain sentence for each event of the feed, with the figures that decided it and their units.
 * The words are those of the engine's documents: call, line, equity, maintenance, fund, ADL.
 */
import type { Decimal, FeedEvent, FeedKind } from './api.ts';
import { clock, fixed, moment, price, ratio, signed, size } from './format.ts';

export interface Vocabulary {
  /** The settlement asset's symbol, e.g. "USDT". */
  readonly asset: string;
  readonly tickOf: (market: string) => Decimal;
}

/** What colours an event: a warning, a closing, a loss, a relief, or auto-deleveraging. */
export type Tone = 'call' | 'sink' | 'loss' | 'relief' | 'adl';

export interface Told {
  readonly label: string;
  readonly tone: Tone;
  readonly text: string;
}

type Telling = readonly [label: string, tone: Tone];

const TELLINGS: Record<FeedKind, Telling> = {
  'margin-called': ['called', 'call'],
  'call-cleared': ['cleared', 'relief'],
  'liquidation-started': ['sinking', 'sink'],
  'liquidation-ordered': ['closing', 'sink'],
  'liquidation-filled': ['filled', 'sink'],
  'liquidation-taken-over': ['fund takes', 'loss'],
  'liquidation-paused': ['waiting', 'sink'],
  'liquidation-ended': ['liquidated', 'sink'],
  deleveraged: ['ADL', 'adl'],
  bankrupt: ['bankrupt', 'loss'],
  'deficit-covered': ['fund pays', 'loss'],
  'loss-socialized': ['shared loss', 'loss'],
};

export function tell(event: FeedEvent, words: Vocabulary): Told {
  const [label, tone] = TELLINGS[event.kind];
  if (event.kind === 'liquidation-ended' && event.reason !== 'closed')
    return { label: 'saved', tone: 'relief', text: sentence(event, words) };
  return { label, tone, text: sentence(event, words) };
}

function sentence(event: FeedEvent, words: Vocabulary): string {
  switch (event.kind) {
    case 'margin-called':
    case 'call-cleared':
    case 'liquidation-started':
      return decision(event, words);
    case 'liquidation-ordered':
    case 'liquidation-filled':
    case 'liquidation-taken-over':
    case 'deleveraged':
      return execution(event, words);
    case 'liquidation-paused':
    case 'liquidation-ended':
      return ended(event, words);
    default:
      return loss(event, words);
  }
}

type Of<K extends FeedKind> = Extract<FeedEvent, { readonly kind: K }>;

function decision(
  event: Of<'margin-called' | 'call-cleared' | 'liquidation-started'>,
  words: Vocabulary,
): string {
  if (event.kind === 'call-cleared' && event.reason === 'no-position')
    return `${event.account} holds no position any more: its margin call is over.`;
  const figures = `ratio ${ratioOf(event)}, equity ${money(event.equity, words)} against ${money(event.maintenance, words)} maintenance`;
  return `${event.account} ${verb(event)} (${where(event.market)}): ${figures}${coda(event)}.`;
}

function verb(event: Of<'margin-called' | 'call-cleared' | 'liquidation-started'>): string {
  if (event.kind === 'call-cleared') return 'is clear of its margin call';
  if (event.kind === 'margin-called') return event.gap ? 'fell through its call' : 'is called';
  if (event.reason === 'deadline') return 'missed the deadline of its call';
  return event.gap ? 'fell past its line in one epoch' : 'is below its line';
}

function coda(event: Of<'margin-called' | 'call-cleared' | 'liquidation-started'>): string {
  if (event.kind !== 'margin-called' || event.deadline === null) return '';
  return `; margin to be restored by ${moment(event.deadline)}`;
}

function execution(
  event: Of<
    'liquidation-ordered' | 'liquidation-filled' | 'liquidation-taken-over' | 'deleveraged'
  >,
  words: Vocabulary,
): string {
  const lot = `${size(event.size)} ${event.market}`;
  if (event.kind === 'liquidation-ordered')
    return `${event.account} is to ${event.side} ${lot} at ${quote(event.limit, event.market, words)} or better, before ${clock(event.expires)} UTC.`;
  const at = `at ${quote(event.price, event.market, words)}`;
  if (event.kind === 'liquidation-taken-over')
    return `The fund takes over ${lot} from ${event.account} ${at}.`;
  if (event.kind === 'deleveraged')
    return `${event.counterparty} is deleveraged by ${lot} ${at} against ${event.account}, realising ${gain(event.counterpartyRealized, words)}.`;
  const done = event.side === 'sell' ? 'sold' : 'bought';
  return `${event.account} ${done} ${lot} ${at}, realising ${gain(event.realized, words)}.`;
}

function ended(event: Of<'liquidation-paused' | 'liquidation-ended'>, words: Vocabulary): string {
  if (event.kind === 'liquidation-paused')
    return `${event.account} has closed a piece of ${event.market}; the next from ${clock(event.until)} UTC.`;
  if (event.reason === 'deposit') return `${event.account} is saved by a deposit.`;
  if (event.reason === 'recovered')
    return `${event.account} is above its line again; the rest stays open.`;
  const fee = Number(event.fee) > 0 ? `; fee ${money(event.fee, words)}` : '';
  const left =
    Number(event.remainder) > 0
      ? `${money(event.remainder, words)} left for the ${event.remainderTo}`
      : 'nothing is left';
  return `${event.account} is closed (${where(event.market)})${fee}; ${left}.`;
}

function loss(
  event: Of<'bankrupt' | 'deficit-covered' | 'loss-socialized'>,
  words: Vocabulary,
): string {
  if (event.kind === 'bankrupt')
    return `${event.account} stands ${money(event.shortfall, words)} below zero at the mark.`;
  if (event.kind === 'deficit-covered')
    return `The fund pays ${money(event.amount, words)} for ${event.account}; ${money(event.fundBalance, words)} remain.`;
  return `${event.account} bears ${money(event.amount, words)} that the fund could not.`;
}

function ratioOf(event: { readonly equity: Decimal; readonly maintenance: Decimal }): string {
  const equity = Number(event.equity);
  return ratio(String(equity > 0 ? Number(event.maintenance) / equity : Infinity));
}

function where(market: string | null): string {
  return market === null ? 'cross' : `${market} isolated`;
}

function money(amount: Decimal, words: Vocabulary): string {
  return `${fixed(amount, 2)} ${words.asset}`;
}

function gain(amount: Decimal, words: Vocabulary): string {
  return `${signed(fixed(amount, 2))} ${words.asset}`;
}

function quote(value: Decimal, market: string, words: Vocabulary): string {
  return `${price(value, words.tickOf(market))} ${words.asset}`;
}
