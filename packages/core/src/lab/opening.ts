/**
 * The opening of a replay: house and fund are funded, every member deposits, sets leverage and
 * margin mode and trades with the house, an ordinary account that must afford it like any other.
 */
import { mulDiv } from '../units/index.ts';
import { FUND_ACCOUNT, marketView, type Engine } from '../engine/index.ts';
import type { Intention, Member } from './population.ts';
import type { CommandBody, ReplayPlan } from './replay.ts';

export interface Opening {
  /** Positions that were opened. */
  readonly opened: number;
  readonly fundAtoms: number;
}

type Send = (body: CommandBody) => boolean;

/** What an intention comes to at the mark. */
interface Ticket {
  readonly member: Member;
  readonly intention: Intention;
  readonly market: string;
  readonly lots: number;
  readonly valueAtoms: number;
  readonly leverage: number;
}

/** Sends what opens the book and says what came of it. */
export function openingCommands(plan: ReplayPlan, engine: Engine, send: Send): Opening {
  const tickets = plan.members.flatMap((member) =>
    member.intentions.map((intention) => ticketOf(plan, engine, member, intention)),
  );
  const totalAtoms = tickets.reduce((sum, ticket) => sum + ticket.valueAtoms, 0);
  const fundAtoms = Math.max(1, mulDiv(totalAtoms, plan.fundMillionths, 1_000_000, 'down'));
  send({ kind: 'deposit', account: FUND_ACCOUNT, amountAtoms: fundAtoms });
  openHouse(plan, engine, { send, totalAtoms });
  for (const member of plan.members) send({ kind: 'open-account', account: member.account });
  let opened = 0;
  for (const ticket of tickets) if (openPosition(engine, ticket, send)) opened += 1;
  return { opened, fundAtoms };
}

/** The house stands behind as much as the whole population holds. */
function openHouse(
  plan: ReplayPlan,
  engine: Engine,
  { send, totalAtoms }: { readonly send: Send; readonly totalAtoms: number },
): void {
  send({ kind: 'open-account', account: 'house' });
  send({ kind: 'deposit', account: 'house', amountAtoms: Math.max(1, totalAtoms) });
  for (const { id } of plan.markets) {
    const leverageHundredths = Math.min(2000, maxLeverage(engine, id) * 100);
    send({ kind: 'set-leverage', account: 'house', market: id, leverageHundredths });
  }
}

function maxLeverage(engine: Engine, market: string): number {
  return Math.max(1, Math.floor(Number(marketView(engine, market)?.rules.maxLeverage ?? '1')));
}

function ticketOf(plan: ReplayPlan, engine: Engine, member: Member, intention: Intention): Ticket {
  const market = plan.markets[intention.market]?.id ?? '';
  const lotAtoms = lotValue(engine, market);
  const wanted = mulDiv(plan.medianValueAtoms, intention.valueThousandths, 1000, 'down');
  const lots = Math.max(1, mulDiv(wanted, 1, lotAtoms, 'half-even'));
  const leverage = Math.min(intention.leverage, maxLeverage(engine, market));
  return { member, intention, market, lots, valueAtoms: lots * lotAtoms, leverage };
}

/** Value of one lot at the mark, atoms, at least 1. */
function lotValue(engine: Engine, id: string): number {
  return Math.max(1, marketView(engine, id)?.lotValueAtoms ?? 1);
}

/** Deposits enough for initial margin, its spare and fees; more, as often as the venue asks. */
function openPosition(engine: Engine, ticket: Ticket, send: Send): boolean {
  const { market, leverage, intention, valueAtoms } = ticket;
  const { account, spareThousandths } = ticket.member;
  const margin = mulDiv(valueAtoms, 1, leverage, 'up');
  const fees = mulDiv(valueAtoms, 2, 1000, 'up');
  const spare = mulDiv(margin, spareThousandths, 1000, 'down');
  send({ kind: 'deposit', account, amountAtoms: margin + fees + Math.max(1, spare) });
  send({ kind: 'set-leverage', account, market, leverageHundredths: leverage * 100 });
  send({ kind: 'set-margin-mode', account, market, marginMode: intention.marginMode });
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    if (send(tradeOf(engine, ticket))) {
      if (intention.marginMode === 'isolated' && spare > 0) {
        send({ kind: 'add-margin', account, market, amountAtoms: spare });
      }
      return true;
    }
    send({ kind: 'deposit', account, amountAtoms: margin + fees });
  }
  return false;
}

const MOST_ATTEMPTS = 6;

function tradeOf(engine: Engine, { market, lots, intention, member }: Ticket): CommandBody {
  const buys = intention.side === 'buy';
  return {
    kind: 'trade',
    market,
    buyer: buys ? member.account : 'house',
    seller: buys ? 'house' : member.account,
    sizeLots: lots,
    priceTicks: marketView(engine, market)?.markTicks ?? 1,
    taker: intention.side,
    buyOrder: null,
    sellOrder: null,
  };
}
