/**
 * What was not filled in time: the fund takes what it can carry, the rest is deleveraged; where the
 * rules want neither, the order stands for another while.
 */
import { deleverage } from './deleverage.ts';
import { fundCapacity, noteSpending, orderInventory } from './fund.ts';
import { isPaused, orderNext, pricesOf, reprice, sayOrdered } from './liquidation.ts';
import { closeFor, dealOf } from './liquidation-fill.ts';
import { termsOf } from './liquidation-terms.ts';
import { configured, FUND, type Liquidation } from './state.ts';
import type { Turn } from './turn.ts';
import { standingOf } from './unit.ts';

/** Called when the order's time has passed, or the pause before the next order. */
export function expireLiquidation(turn: Turn, open: Liquidation): void {
  if (isPaused(open)) {
    orderNext(turn, open);
    return;
  }
  reprice(turn, open);
  const left = open.leftLots;
  const ticks = pricesOf(turn.engine, open).takeover;
  takeOver(turn, open, ticks);
  deleverageRest(turn, open, ticks);
  if (open.leftLots < left) turn.touched.add(open.account);
  else standLonger(turn, open);
}

function takeOver(turn: Turn, open: Liquidation, ticks: number): void {
  const { engine } = turn;
  if (!termsOf(engine, open.position).takeover && !open.backstop) return;
  const whole = dealOf(engine, open, { counterparty: FUND, lots: open.leftLots, ticks });
  const lots = fundCapacity(engine, whole);
  if (lots === 0) return;
  noteSpending(engine, { ...whole, lots });
  closeFor(turn, open, { ...whole, lots });
  engine.counters.takeovers += 1;
  orderInventory(turn, whole.market);
}

function deleverageRest(turn: Turn, open: Liquidation, ticks: number): void {
  const { engine } = turn;
  if (open.leftLots === 0) return;
  const { deleverages } = termsOf(engine, open.position);
  if (deleverages === 'never') return;
  if (deleverages === 'bankrupt' && standingOf(engine, open).equity >= 0) return;
  const lots = open.leftLots;
  deleverage(turn, { liquidation: open.id, row: open.position, lots, ticks });
  open.leftLots = 0;
}

function standLonger(turn: Turn, open: Liquidation): void {
  const { engine } = turn;
  const { timeoutMs } = configured(engine).config.liquidation;
  open.expiresMs = engine.timeMs + Math.max(1, timeoutMs);
  sayOrdered(turn, open);
}
