/**
 * Executions of liquidation orders: asked first, carried out, and the fee, or what the fund pays
 * beyond the bankruptcy price, settled with them.
 */
import { isRefusal, tradableAccount } from './admission.ts';
import type { CommandOf } from './command.ts';
import { coverDeficit, fundReach, noteLoss } from './fund.ts';
import { closingSide, giveToFund } from './liquidation.ts';
import { cappedFee, feeOn, gainOf } from './liquidation-fee.ts';
import { termsOf } from './liquidation-terms.ts';
import { refusePaused } from './mode.ts';
import { refuse, type Refusal } from './refusal.ts';
import { at, FUND, marketAt, type Engine, type Liquidation } from './state.ts';
import { execute, refuseExecution, type Execution, type ExecutionRealized } from './trade.ts';
import type { Turn } from './turn.ts';

export function fillLiquidation(
  turn: Turn,
  command: CommandOf<'fill-liquidation'>,
): Refusal | null {
  const open = turn.engine.liquidations.get(command.liquidation);
  const refusal = tryFill(turn, command, open);
  return refusal === null || open === undefined ? refusal : inMarketOf(turn.engine, open, refusal);
}

/** Whoever repeats a refused fill learns from its answer in whose units it was. */
function inMarketOf(engine: Engine, open: Liquidation, refusal: Refusal): Refusal {
  const market = marketAt(engine, at(engine.positions.market, open.position)).id;
  return { ...refusal, figures: { ...refusal.figures, market } };
}

function tryFill(
  turn: Turn,
  command: CommandOf<'fill-liquidation'>,
  open: Liquidation | undefined,
): Refusal | null {
  const { engine } = turn;
  const counterparty = tradableAccount(engine, command.counterparty);
  if (isRefusal(counterparty)) return counterparty;
  if (open === undefined) {
    return refuse('unknown-liquidation', 'there is no such liquidation in progress', {
      liquidation: command.liquidation,
    });
  }
  const refusal = refuseFill(engine, open, command, counterparty);
  if (refusal !== null) return refusal;
  const { sizeLots: lots, priceTicks: ticks } = command;
  const deal = dealOf(engine, open, { counterparty, lots, ticks });
  const unaffordable = refuseExecution(engine, deal) ?? refuseBeyondFund(engine, open, deal);
  if (unaffordable !== null) return unaffordable;
  closeFor(turn, open, deal);
  turn.touched.add(open.account);
  return null;
}

function refuseFill(
  engine: Engine,
  open: Liquidation,
  command: CommandOf<'fill-liquidation'>,
  counterparty: number,
): Refusal | null {
  if (counterparty === open.account) {
    return refuse('same-account', 'an account cannot fill its own liquidation', {
      account: command.counterparty,
    });
  }
  const paused = refusePaused(marketAt(engine, at(engine.positions.market, open.position)));
  if (paused !== null) return paused;
  if (command.sizeLots > open.orderedLots) {
    return refuse('exceeds-order', 'the fill is larger than what is left of the order', {
      sizeLots: command.sizeLots,
      openLots: open.orderedLots,
    });
  }
  const selling = closingSide(engine, open) === 'sell';
  const worse = selling
    ? command.priceTicks < open.limitTicks
    : command.priceTicks > open.limitTicks;
  if (!worse) return null;
  return refuse('worse-than-limit', 'the price is worse than the limit of the order', {
    priceTicks: command.priceTicks,
    limitTicks: open.limitTicks,
  });
}

/** An execution of the order in force. */
export function dealOf(
  engine: Engine,
  open: Liquidation,
  fill: { readonly counterparty: number; readonly lots: number; readonly ticks: number },
): Execution {
  return {
    market: at(engine.positions.market, open.position),
    side: closingSide(engine, open),
    closing: open.account,
    ...fill,
  };
}

/** What the fund, or all, would have to pay for a fill beyond the bankruptcy price, atoms. */
function fundShare(engine: Engine, open: Liquidation, deal: Execution): number {
  const { limit } = termsOf(engine, open.position);
  if (limit.kind === 'bankruptcy' || limit.beyond === 'never' || open.backstop) return 0;
  return Math.max(0, -gainOf(engine, open.position, deal));
}

function refuseBeyondFund(engine: Engine, open: Liquidation, deal: Execution): Refusal | null {
  const { limit } = termsOf(engine, open.position);
  if (limit.kind !== 'bankruptcy' && limit.beyond === 'all-pay') return null;
  const neededAtoms = fundShare(engine, open, deal);
  const reachAtoms = fundReach(engine);
  if (neededAtoms <= reachAtoms) return null;
  return refuse('fund-exhausted', 'the fund cannot pay what this fill is beyond bankruptcy', {
    neededAtoms,
    reachAtoms,
  });
}

/** Carries out an execution of the order in force, to an account or to the fund. */
export function closeFor(turn: Turn, open: Liquidation, deal: Execution): void {
  const { engine } = turn;
  const terms = termsOf(engine, open.position);
  const asked = feeOn(engine, open.position, deal);
  const paid = deal.counterparty === FUND ? 0 : fundShare(engine, open, deal);
  const fee = terms.fee.eachFill
    ? cappedFee(asked, terms.fee, gainOf(engine, open.position, deal))
    : 0;
  const realized = execute(turn, deal);
  open.leftLots -= deal.lots;
  open.feeDue += terms.fee.eachFill ? 0 : asked;
  open.feePaid += fee;
  giveToFund(engine, open, fee);
  report(turn, open, deal, { ...realized, fee });
  if (paid === 0) return;
  noteLoss(engine, paid);
  coverDeficit(turn, open, paid);
}

function report(
  turn: Turn,
  open: Liquidation,
  deal: Execution,
  outcome: ExecutionRealized & { readonly fee: number },
): void {
  const { engine } = turn;
  turn.emit({
    kind: deal.counterparty === FUND ? 'liquidation-taken-over' : 'liquidation-filled',
    liquidation: open.id,
    account: engine.accounts.ids[open.account] ?? '',
    market: marketAt(engine, deal.market).id,
    side: deal.side,
    sizeLots: deal.lots,
    priceTicks: deal.ticks,
    counterparty: engine.accounts.ids[deal.counterparty] ?? '',
    feeAtoms: outcome.fee,
    realizedAtoms: outcome.closing,
    counterpartyRealizedAtoms: outcome.counterparty,
  });
}
