/**
 * Funding: one cumulative index per market, Σ rate × mark, and for each interval the difference
 * paid by every position, rounded against it; the residue goes to `dust`. Each interval is settled
 * once.
 */
import { divideRounded } from '../units/index.ts';
import type { CommandOf } from './command.ts';
import { isRefusal, knownMarket, refuseWithoutMark } from './admission.ts';
import { credit } from './exchange.ts';
import { refusePaused } from './mode.ts';
import { refuse, type Refusal } from './refusal.ts';
import { at, DUST, marketAt, type Engine, type Market } from './state.ts';
import type { Turn } from './turn.ts';

const E9 = 1_000_000_000n;

export function settleFunding(turn: Turn, command: CommandOf<'settle-funding'>): Refusal | null {
  const { engine } = turn;
  const row = knownMarket(engine, command.market);
  if (isRefusal(row)) return row;
  const market = marketAt(engine, row);
  const refusal =
    refusePaused(market) ??
    refuseWithoutMark(market) ??
    refuseSettled(market, command.intervalEndMs) ??
    refuseUnended(engine, command.intervalEndMs);
  if (refusal !== null) return refusal;
  market.fundingIndex += BigInt(command.rateE9) * BigInt(market.markTicks);
  market.fundingRateE9 = command.rateE9;
  market.fundedUntilMs = command.intervalEndMs;
  const sums = payAll(turn, row, command.rateE9);
  engine.accounts.balance[DUST] = at(engine.accounts.balance, DUST) + sums.paid - sums.received;
  const { market: id, rateE9, intervalEndMs } = command;
  const sumsAtoms = { paidAtoms: sums.paid, receivedAtoms: sums.received };
  const dustAtoms = sums.paid - sums.received;
  const priceTicks = market.markTicks;
  turn.emit({
    kind: 'funding-settled',
    market: id,
    rateE9,
    priceTicks,
    intervalEndMs,
    ...sumsAtoms,
    dustAtoms,
  });
  return null;
}

function refuseSettled(market: Market, intervalEndMs: number): Refusal | null {
  if (intervalEndMs > market.fundedUntilMs) return null;
  return refuse(
    'interval-settled',
    `funding of "${market.id}" is settled up to a later time already`,
    {
      intervalEndMs,
      settledUntilMs: market.fundedUntilMs,
    },
  );
}

/** An end in the future would shut out every interval until then. */
function refuseUnended(engine: Engine, intervalEndMs: number): Refusal | null {
  const { timeMs } = engine;
  if (intervalEndMs <= timeMs) return null;
  return refuse('interval-open', 'the interval has not ended yet: settle it when it has', {
    intervalEndMs,
    timeMs,
  });
}

function payAll(turn: Turn, market: number, rateE9: number): { paid: number; received: number } {
  const { positions } = turn.engine;
  const sums = { paid: 0, received: 0 };
  for (let row = 0; row < positions.count; row += 1) {
    if (positions.market[row] !== market || positions.lots[row] === 0) continue;
    const owed = fundingOwed(turn.engine, row, rateE9);
    if (owed === 0) continue;
    if (owed > 0) sums.paid += owed;
    else sums.received -= owed;
    pay(turn, row, owed);
  }
  return sums;
}

/** What a position owes for one interval at the mark, atoms rounded up (a receipt rounds down). */
function fundingOwed(engine: Engine, row: number, rateE9: number): number {
  const market = marketAt(engine, at(engine.positions.market, row));
  const { inverse, unit } = market.contract;
  const scaled = BigInt(at(engine.positions.lots, row)) * BigInt(unit) * BigInt(rateE9);
  const ticks = BigInt(market.markTicks);
  const owed = inverse
    ? divideRounded(scaled, ticks * E9, 'up')
    : divideRounded(scaled * ticks, E9, 'up');
  return Number(owed);
}

function pay(turn: Turn, row: number, owed: number): void {
  const { engine } = turn;
  credit(engine, row, -owed);
  const account = at(engine.positions.account, row);
  turn.touched.add(account);
  turn.emit({
    kind: 'funding-paid',
    account: engine.accounts.ids[account] ?? '',
    market: marketAt(engine, at(engine.positions.market, row)).id,
    amountAtoms: owed,
  });
}
