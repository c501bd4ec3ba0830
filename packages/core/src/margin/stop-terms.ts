/**
 * What stands between a stop and the price at which it is really closed, as a share of the mark.
 */
import { integer, over, plus, squareRoot, sum, times, ZERO } from '../units/index.ts';
import type { DecimalLike, Rational } from '../units/index.ts';
import { readNumber, readWord, step } from './reader.ts';
import type { Fields, Reader } from './reader.ts';

/** What a stop is expected to lose on its way. Every number is not negative. */
export interface WrittenStopTerms {
  /** What must be left to the liquidation price after all of it, as a share of the mark. */
  readonly distance: DecimalLike;
  /** Expected slippage of the closing order, as a share of the price; by default 0. */
  readonly slippage?: DecimalLike | undefined;
  /** From the trigger to the fill; by default 0. */
  readonly latencyMs?: DecimalLike | undefined;
  /**
   * Daily standard deviation of relative price changes; by default 0. Moves the price meanwhile.
   */
  readonly volatility?: DecimalLike | undefined;
  /** How many deviations the price may move against the stop within the latency; by default 3. */
  readonly sigmas?: DecimalLike | undefined;
  /** Of the value closed; by default the market's taker fee, else 0. */
  readonly feeRate?: DecimalLike | undefined;
  /** Which price triggers the stop; liquidation looks at the mark. By default mark. */
  readonly trigger?: 'mark' | 'last' | undefined;
  /** The widest gap seen between last and mark, as a share; by default 0. Counts for `last`. */
  readonly gap?: DecimalLike | undefined;
}

export const STOP_KEYS: readonly string[] = [
  'distance',
  'slippage',
  'latencyMs',
  'volatility',
  'sigmas',
  'feeRate',
  'trigger',
  'gap',
];

export interface StopTerms {
  readonly distance: Rational;
  readonly slippage: Rational;
  /** z·σ·√(latency / a day). */
  readonly latency: Rational;
  readonly fees: Rational;
  readonly trigger: 'mark' | 'last';
  /** null when none was given. */
  readonly gap: Rational | null;
}

const DAY_MS: Rational = integer(86_400_000);
const SIGMAS: Rational = integer(3);

/** The terms; a problem is kept in the reader. */
export function readStopTerms(reader: Reader, fields: Fields, takerFee: Rational): StopTerms {
  const at = (key: string, fallback: Rational): Rational =>
    readNumber(reader, fields.get(key), step(null, key), { range: 'not-negative', fallback });
  const days = over(at('latencyMs', ZERO), DAY_MS);
  const moved = times(at('volatility', ZERO), squareRoot(days));
  const place = step(null, 'trigger');
  const words = { words: ['mark', 'last'], fallback: 'mark' } as const;
  return {
    distance: readNumber(reader, fields.get('distance'), step(null, 'distance'), {
      range: 'not-negative',
    }),
    slippage: at('slippage', ZERO),
    latency: times(at('sigmas', SIGMAS), moved),
    fees: at('feeRate', takerFee),
    trigger: readWord(reader, fields.get('trigger'), place, words),
    gap: fields.has('gap') ? at('gap', ZERO) : null,
  };
}

/** All that must lie between the stop and the liquidation price, as a share of the mark. */
export function cushionOf(terms: StopTerms): Rational {
  const { distance, slippage, latency, fees, trigger, gap } = terms;
  const lost = sum([distance, slippage, latency, fees]);
  return trigger === 'last' ? plus(lost, gap ?? ZERO) : lost;
}
