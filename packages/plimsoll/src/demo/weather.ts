/**
 * How the simulated prices move: twelve hours that repeat, quiet for most of them, with a slide
 * into a crash, a recovery and a squeeze. A price is a function of the seed, the step and the
 * price before.
 */
import { draw, keyOf } from '@plimsoll/core/lab';
import { STEP_MS, type SceneMarket } from './scene.ts';

export interface Weather {
  readonly name: string;
  /** Up to this minute of the twelve hours. */
  readonly untilMinute: number;
  /** Of a step, in millionths of the price. */
  readonly drift: number;
  readonly swing: number;
  /** Share of the way back to the anchor that a step goes, in millionths. */
  readonly pull: number;
  /** How much of the usual depth the book offers, in hundredths. */
  readonly depth: number;
}

export const CYCLE_MS: number = 12 * 3_600_000;
/** The minutes of quiet that are played before the first visitor comes. */
export const WARM_UP: { readonly from: number; readonly until: number } = { from: 90, until: 180 };

/** The minutes in which the price falls most. */
export const CRASH: { readonly from: number; readonly until: number } = { from: 238, until: 254 };

const WEATHERS: readonly Weather[] = [
  { name: 'quiet', untilMinute: 180, drift: 0, swing: 180, pull: 800, depth: 100 },
  { name: 'unsettled', untilMinute: 220, drift: -150, swing: 700, pull: 0, depth: 80 },
  { name: 'slide', untilMinute: CRASH.from, drift: -600, swing: 1_200, pull: 0, depth: 50 },
  { name: 'crash', untilMinute: CRASH.until, drift: -3_000, swing: 3_500, pull: 0, depth: 20 },
  { name: 'trough', untilMinute: 266, drift: -200, swing: 3_500, pull: 0, depth: 30 },
  { name: 'bounce', untilMinute: 300, drift: 800, swing: 1_500, pull: 0, depth: 60 },
  { name: 'recovery', untilMinute: 480, drift: 0, swing: 500, pull: 4_000, depth: 90 },
  { name: 'quiet', untilMinute: 600, drift: 0, swing: 250, pull: 1_500, depth: 100 },
  { name: 'squeeze', untilMinute: 640, drift: 800, swing: 900, pull: 0, depth: 60 },
  { name: 'cooling', untilMinute: 720, drift: 0, swing: 600, pull: 4_000, depth: 80 },
];

const QUIET: Weather = {
  name: 'quiet',
  untilMinute: 0,
  drift: 0,
  swing: 180,
  pull: 800,
  depth: 100,
};

/** What the twelve hours have at this time. */
export function weatherAt(timeMs: number): Weather {
  const minute = Math.floor((timeMs % CYCLE_MS) / 60_000);
  return WEATHERS.find(({ untilMinute }) => minute < untilMinute) ?? QUIET;
}

/** The mark of a market one step on, never below a twentieth of its anchor. */
export function nextTicks(seed: number, step: number, market: SceneMarket, ticks: number): number {
  const weather = weatherAt(step * STEP_MS);
  const beta = market.betaThousandths / 1_000;
  const common = noise(seed, step, 0);
  const own = noise(seed, step, keyOf(market.market));
  const swing = weather.swing * beta * (0.8 * common + 0.6 * own);
  const pull = (weather.pull * (market.anchorTicks - ticks)) / ticks;
  const change = weather.drift * beta + swing + pull;
  const next = Math.round(ticks * (1 + change / 1_000_000));
  return Math.max(Math.ceil(market.anchorTicks / 20), next);
}

/** About normal, with variance 1: the sum of twelve even draws less six. */
function noise(seed: number, step: number, what: number): number {
  let sum = -6;
  for (let i = 0; i < 12; i += 1) sum += draw(seed, step, what, i) / 0x100000000;
  return sum;
}

/** What longs pay shorts for an hour, × 10^-9: more when the price is above its anchor. */
export function fundingRateE9(market: SceneMarket, ticks: number): number {
  const premium = (ticks - market.anchorTicks) / market.anchorTicks;
  return Math.round(Math.max(-400_000, Math.min(400_000, 12_500 + premium * 2_000_000)));
}
