/**
 * Halting a market and its way back after an outage, one machine for each market:
 *
 *   open ⇄ reduce-only ⇄ liquidation-only ──halt──▶ halted ──resume──▶ confirming
 *     ▲                                                                    │ prices agree
 *     └───── reduce-only, with liquidations ◀───── recovering, without ◀───┘
 */
import { isRefusal, knownMarket } from './admission.ts';
import type { CommandOf } from './command.ts';
import { isPaused, refuseDelisted, refuseMode, type MarketMode, type Recovery } from './mode.ts';
import type { Refusal } from './refusal.ts';
import { at, configured, marketAt, type Engine, type Market } from './state.ts';
import { touchHolders, type Turn } from './turn.ts';

/** What a tolerance of 1 is in its field. */
const E9 = 1_000_000_000n;

type MarketCommand = CommandOf<'halt-market' | 'resume-market' | 'set-market-mode'>;

function marketOf(turn: Turn, command: MarketCommand): number | Refusal {
  const row = knownMarket(turn.engine, command.market);
  return isRefusal(row) ? row : (refuseDelisted(marketAt(turn.engine, row)) ?? row);
}

export function haltMarket(turn: Turn, command: CommandOf<'halt-market'>): Refusal | null {
  const row = marketOf(turn, command);
  if (isRefusal(row)) return row;
  marketAt(turn.engine, row).recovery = null;
  setMode(turn, row, 'halted');
  return null;
}

/** A market that was halted comes back by `resume-market` alone, so that prices are confirmed. */
export function setMarketMode(turn: Turn, command: CommandOf<'set-market-mode'>): Refusal | null {
  const row = marketOf(turn, command);
  if (isRefusal(row)) return row;
  const market = marketAt(turn.engine, row);
  if (market.mode === 'halted' || market.mode === 'confirming')
    return refuseMode(market, 'resume it first');
  market.recovery = null;
  setMode(turn, row, command.mode);
  return null;
}

export function resumeMarket(turn: Turn, command: CommandOf<'resume-market'>): Refusal | null {
  const row = marketOf(turn, command);
  if (isRefusal(row)) return row;
  const market = marketAt(turn.engine, row);
  if (market.mode !== 'halted' && market.recovery === null)
    return refuseMode(market, 'only a halted market resumes');
  const { confirmations, toleranceE9, reduceOnlyMs, liquidationsMs } = command;
  const asked = { confirmations, toleranceE9, reduceOnlyMs, liquidationsMs };
  market.recovery = { ...asked, confirmed: 0, lastTicks: 0, untilMs: 0 };
  setMode(turn, row, 'confirming');
  return null;
}

/** Counts a new mark of a market whose prices are being confirmed. */
export function confirmMark(market: Market, ticks: number): void {
  const { recovery } = market;
  if (recovery === null || market.mode !== 'confirming') return;
  const { lastTicks, toleranceE9 } = recovery;
  const moved = BigInt(Math.abs(ticks - lastTicks)) * E9;
  const agrees = lastTicks > 0 && moved <= BigInt(lastTicks) * BigInt(toleranceE9);
  recovery.confirmed = agrees ? recovery.confirmed + 1 : 1;
  recovery.lastTicks = ticks;
}

/** Takes every recovery as far as marks and time allow. A phase begins when it is reached. */
export function advanceRecoveries(turn: Turn): void {
  turn.engine.markets.forEach((market, row) => {
    while (market.recovery !== null && isPhaseOver(turn.engine, market, market.recovery)) {
      enterNextPhase(turn, row, market.recovery);
    }
  });
}

function isPhaseOver(engine: Engine, market: Market, recovery: Recovery): boolean {
  if (market.mode === 'confirming') return recovery.confirmed >= recovery.confirmations;
  return engine.timeMs >= recovery.untilMs;
}

function enterNextPhase(turn: Turn, row: number, recovery: Recovery): void {
  const market = marketAt(turn.engine, row);
  const { timeMs } = turn.engine;
  if (market.mode === 'confirming') {
    recovery.untilMs = timeMs + recovery.reduceOnlyMs;
    setMode(turn, row, 'recovering');
  } else if (market.mode === 'recovering') {
    recovery.untilMs = timeMs + recovery.liquidationsMs;
    setMode(turn, row, 'reduce-only');
  } else {
    market.recovery = null;
    setMode(turn, row, 'open');
  }
}

/** Changes the mode, says so, and looks again at everyone whom it may concern. */
export function setMode(turn: Turn, row: number, mode: MarketMode): void {
  const market = marketAt(turn.engine, row);
  const before = market.mode;
  const wasPaused = isPaused(market);
  market.mode = mode;
  const untilMs = market.recovery?.untilMs ?? 0;
  turn.emit({
    kind: 'market-mode-changed',
    market: market.id,
    before,
    mode,
    untilMs: untilMs === 0 ? null : untilMs,
  });
  touchHolders(turn, row);
  if (wasPaused && !isPaused(market)) orderAgain(turn.engine, row);
}

/** Liquidation orders that nobody could fill in the meantime get their whole time again. */
function orderAgain(engine: Engine, row: number): void {
  const { timeoutMs } = configured(engine).config.liquidation;
  for (const open of engine.liquidations.values()) {
    if (at(engine.positions.market, open.position) !== row) continue;
    open.expiresMs = engine.timeMs + timeoutMs;
    // Without a limit the review that follows states the order anew, with its expiry.
    open.limitTicks = 0;
  }
}
