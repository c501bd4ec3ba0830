/**
 * The opening of a replay: house and fund are funded, every member deposits, sets leverage and
 * margin mode and trades with the house, an ordinary account that must afford it like any other.
 */
import { mulDiv } from '../units/index.ts';
import { FUND_ACCOUNT, heldLots, marketView, type Engine } from '../engine/index.ts';
import type { Intention, Member } from './population.ts';
import type { CommandBody, ReplayPlan } from './script.ts';

export interface Opening {
  /** Positions that were opened. */
  readonly opened: number;
  readonly fundAtoms: number;
}

type Send = (body: CommandBody) => void;

/** What an intention comes to at the mark. */
interface Ticket {
  readonly member: Member;
  readonly intention: Intention;
  readonly market: string;
  readonly lots: number;
  readonly valueAtoms: number;
  readonly leverage: number;
}

/** Sends what opens the book, stopping after each position, and says what came of it. */
export function* openingCommands(
  plan: ReplayPlan,
  engine: Engine,
  send: Send,
): Generator<undefined, Opening> {
  const tickets = plan.members.flatMap((member) =>
    member.intentions.map((intention) => ticketOf(plan, engine, member, intention)),
  );
  const totalAtoms = tickets.reduce((sum, ticket) => sum + ticket.valueAtoms, 0);
  const fundAtoms = Math.max(1, mulDiv(totalAtoms, plan.fundMillionths, 1_000_000, 'down'));
  send({ kind: 'deposit', account: FUND_ACCOUNT, amountAtoms: fundAtoms });
  openHouse(plan, engine, { send, totalAtoms });
  for (const member of plan.members) send({ kind: 'open-account', account: member.account });
  let opened = 0;
  for (const ticket of tickets) {
    if (openPosition(engine, ticket, send)) opened += 1;
    yield;
  }
  return { opened, fundAtoms };
}

/**
 * The house stands behind what the whole population holds, at the dearest that it becomes: once the
 * house had fallen, nobody would buy or sell and the fund would sit on its inventory.
 */
function openHouse(
  plan: ReplayPlan,
  engine: Engine,
  { send, totalAtoms }: { readonly send: Send; readonly totalAtoms: number },
): void {
  send({ kind: 'open-account', account: 'house' });
  const behindAtoms = Math.min(MOST_BEHIND_ATOMS, totalAtoms * timesBehind(plan));
  send({ kind: 'deposit', account: 'house', amountAtoms: Math.max(1, behindAtoms) });
  for (const { id } of plan.markets) {
    const leverageHundredths = Math.min(2000, maxLeverage(engine, id) * 100);
    send({ kind: 'set-leverage', account: 'house', market: id, leverageHundredths });
  }
}

/** What one account may hold and still be reckoned exactly. */
const MOST_BEHIND_ATOMS = 2 ** 50;

/** One for its margin, and as many as the value of what it owes may grow by. */
function timesBehind({ markets }: ReplayPlan): number {
  const growth = markets.map(({ path, rules }) => {
    const ticks = path.flatMap(({ markTicks, tradeTicks }) => [markTicks, tradeTicks]);
    const first = ticks[0] ?? 1;
    const furthest = (pick: (a: number, b: number) => number): number => ticks.reduce(pick, first);
    return rules.contract === 'inverse'
      ? first / furthest((a, b) => Math.min(a, b))
      : furthest((a, b) => Math.max(a, b)) / first;
  });
  return 1 + Math.ceil(Math.max(1, ...growth));
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
    send(tradeOf(engine, ticket));
    if (heldLots(engine, account, market) !== 0) {
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
