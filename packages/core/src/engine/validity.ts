/**
 * How far a mark can be trusted, and what that allows. Reducing, funding and margin calls ask for
 * nothing but a mark: who reduces lowers the risk of all, and a warning harms nobody. A stale mark
 * still liquidates, because a held price is the best that is known; a doubtful one never does.
 *
 *              adds risk   withdraws   liquidates   takes over, deleverages
 *   unmarked       –           –           –                 –
 *   fresh         yes         yes         yes               yes
 *   stale          –           –          yes               yes
 *   jumping        –           –           –                 –
 *   disputed       –           –           –                 –
 *   invalid        –           –           –                 –
 */
import { isPaused } from './mode.ts';
import { refuse, type Refusal } from './refusal.ts';
import { rulesAt, type Engine, type Market } from './state.ts';

/** In the order in which it is asked: the first that holds is the mark's validity. */
export const VALIDITIES = ['unmarked', 'invalid', 'disputed', 'jumping', 'stale', 'fresh'] as const;

/**
 * `unmarked`: no mark yet. `invalid`: older than `invalidAfterMs`. `disputed`: too few of the fresh
 * sources agree, and the mark is held. `jumping`: they agree on one so far away that it waits for
 * its confirmations, and the mark is held. `stale`: older than `staleAfterMs`, or than the sources'
 * `silentAfterMs`. `fresh`: none of these.
 */
export type Validity = (typeof VALIDITIES)[number];

/** What depends on a mark that can be trusted. */
export type Deed = 'add-risk' | 'withdraw' | 'liquidate' | 'deleverage';

const ALLOWED: Readonly<Record<Validity, readonly Deed[]>> = {
  unmarked: [],
  fresh: ['add-risk', 'withdraw', 'liquidate', 'deleverage'],
  stale: ['liquidate', 'deleverage'],
  jumping: [],
  disputed: [],
  invalid: [],
};

/** The validity of a market's mark at `timeMs`; age is reckoned in event time. */
export function validityAt(engine: Engine, market: Market, timeMs: number): Validity {
  if (market.markTicks === 0) return 'unmarked';
  const { staleAfterMs, invalidAfterMs } = rulesAt(engine, market.rules);
  const ageMs = timeMs - market.markMs;
  if (ageMs > invalidAfterMs) return 'invalid';
  if (market.feed.agreement !== 'agreed') return market.feed.agreement;
  return ageMs > staleAfterMs ? 'stale' : 'fresh';
}

/** The validity of a market's mark now. */
export function validityOf(engine: Engine, market: Market): Validity {
  return validityAt(engine, market, engine.timeMs);
}

/** Whether the market's mark may be used for the deed now: never while liquidations are paused. */
export function markAllows(engine: Engine, market: Market, deed: Deed): boolean {
  return !isPaused(market) && ALLOWED[validityOf(engine, market)].includes(deed);
}

/** Why the deed must wait for another mark, and for which one. */
export function refuseUntrusted(engine: Engine, market: Market, deed: Deed): Refusal | null {
  const validity = validityOf(engine, market);
  return ALLOWED[validity].includes(deed) ? null : refusalOf(engine, market, validity);
}

function refusalOf(engine: Engine, market: Market, validity: Validity): Refusal {
  const { id, feed } = market;
  const { staleAfterMs, invalidAfterMs, prices } = rulesAt(engine, market.rules);
  if (validity === 'disputed') {
    const needed = prices?.minimumAgreeing ?? 1;
    const message = `the sources of "${id}" disagree: only reducing is allowed until ${needed} agree`;
    return refuse('disputed-mark', message, { market: id, minimumAgreeing: needed });
  }
  if (validity === 'jumping') {
    const message = `a jump of the mark of "${id}" is unconfirmed: only reducing is allowed until it is`;
    return refuse('jumping-mark', message, {
      market: id,
      markTicks: market.markTicks,
      awaitedTicks: feed.awaitedTicks,
      confirmations: feed.confirmations,
      confirmationsNeeded: prices?.jump?.confirmations ?? 1,
    });
  }
  const ageMs = engine.timeMs - market.markMs;
  const message = `the mark of "${id}" is ${ageMs} ms old: only reducing is allowed`;
  const limit = validity === 'invalid' ? { invalidAfterMs } : { staleAfterMs };
  return refuse('stale-mark', message, { market: id, ageMs, ...limit });
}
