/**
 * What has happened at a venue that keeps its own books: facts, in the whole numbers of commands.
 * They are applied as they are and refused for nothing but what cannot have happened.
 */
import { ceiling, floor, integer, over, times, type Rational } from '../units/index.ts';
import {
  isRefusal,
  knownMarket,
  MAX_UNITS,
  MAX_VALUE,
  refuseTooLarge,
  refuseWithoutMark,
  tradableAccount,
} from './admission.ts';
import type { MarginMode, Side } from './command.ts';
import {
  carryOut,
  checkpoint,
  credit,
  holdLots,
  isReckoned,
  moveMargin,
  rollBack,
} from './exchange.ts';
import { noteIgnoredDeposit } from './money.ts';
import { refuse, type Refusal } from './refusal.ts';
import {
  addAccount,
  at,
  ensurePosition,
  findPosition,
  marketAt,
  NONE,
  type Engine,
  type Market,
} from './state.ts';
import type { Turn } from './turn.ts';
import { valueOf } from './value.ts';

/** A position as it stands when the stream begins. */
export interface HeldPosition {
  readonly market: string;
  /** Signed: above 0 long. */
  readonly lots: number;
  readonly entryPrice: Rational;
  readonly leverageHundredths: number;
  /** Null in the cross pool. */
  readonly isolatedMarginAtoms: number | null;
}

export type Fact =
  | {
      readonly kind: 'account';
      readonly account: string;
      readonly balanceAtoms: number;
      readonly positions: readonly HeldPosition[];
    }
  | {
      /** Money in, or with an amount below 0 out: deposits, withdrawals, funding, fees. */
      readonly kind: 'pay';
      readonly account: string;
      /** The market whose position is paid for: an isolated one pays by itself. */
      readonly market: string | null;
      readonly amountAtoms: number;
      /** Whether it is a deposit, which a policy may leave out of account in a liquidation. */
      readonly deposit: boolean;
    }
  | {
      /** Between the pool and an isolated position; above 0 into the position. */
      readonly kind: 'shift-margin';
      readonly account: string;
      readonly market: string;
      readonly amountAtoms: number;
    }
  | {
      readonly kind: 'fill';
      readonly account: string;
      readonly market: string;
      readonly side: Side;
      readonly sizeLots: number;
      readonly priceTicks: number;
      readonly feeAtoms: number;
      /** A liquidation's or deleveraging: it closes no more than is held, and frees no margin. */
      readonly forced: boolean;
    }
  | {
      readonly kind: 'set-leverage';
      readonly account: string;
      readonly market: string;
      readonly leverageHundredths: number;
    }
  | {
      readonly kind: 'set-margin-mode';
      readonly account: string;
      readonly market: string;
      readonly marginMode: MarginMode;
    }
  | {
      /** What all open orders of an account hold of its initial margin. */
      readonly kind: 'orders';
      readonly account: string;
      readonly initialMarginAtoms: number;
    }
  | {
      /** What the venue's books say: it takes the place of what the facts have added up to. */
      readonly kind: 'statement';
      readonly account: string;
      readonly balanceAtoms: number;
      readonly isolated: readonly { readonly market: string; readonly marginAtoms: number }[];
    };

type FactOf<K extends Fact['kind']> = Extract<Fact, { readonly kind: K }>;
type Taker<K extends Fact['kind']> = (turn: Turn, fact: FactOf<K>) => Refusal | null;

const TAKERS: { readonly [K in Fact['kind']]: Taker<K> } = {
  account: takeAccount,
  pay: takePayment,
  'shift-margin': takeShift,
  fill: takeFill,
  'set-leverage': takeLeverage,
  'set-margin-mode': takeMode,
  orders: takeOrders,
  statement: takeStatement,
};

/** Applies a fact, or says why it cannot have happened; then nothing has changed. */
export function takeFact(turn: Turn, fact: Fact): Refusal | null {
  return (TAKERS[fact.kind] as Taker<Fact['kind']>)(turn, fact);
}

function takeAccount(turn: Turn, fact: FactOf<'account'>): Refusal | null {
  const { engine } = turn;
  const { account, balanceAtoms, positions } = fact;
  if (engine.accounts.rows.has(account)) {
    return refuse('account-exists', `there is an account "${account}" already`, { account });
  }
  for (const held of positions) {
    const refusal = refuseHeld(engine, held);
    if (refusal !== null) return refusal;
  }
  const row = addAccount(engine.accounts, account);
  engine.accounts.balance[row] = balanceAtoms;
  for (const held of positions) hold(engine, row, held);
  turn.touched.add(row);
  return null;
}

function refuseHeld(engine: Engine, held: HeldPosition): Refusal | null {
  const row = knownMarket(engine, held.market);
  if (isRefusal(row)) return row;
  const market = marketAt(engine, row);
  const lots = Math.abs(held.lots);
  const cost = Math.abs(costOf(market, held));
  const large = lots * market.markTicks > MAX_UNITS || cost > MAX_UNITS;
  return (
    refuseWithoutMark(market) ??
    (large || valueOf(market, lots, market.markTicks) > MAX_VALUE
      ? refuse('too-large', `the position in "${market.id}" is too large to reckon exactly`)
      : null)
  );
}

/** Signed; rounded so that the profit is not more than at the exact entry price. */
function costOf(market: Market, { lots, entryPrice }: HeldPosition): number {
  const { inverse, unit, tick } = market.contract;
  const ticks = over(entryPrice, tick);
  return inverse
    ? Number(floor(over(times(integer(lots), integer(unit)), ticks)))
    : Number(ceiling(times(integer(lots), ticks)));
}

function hold(engine: Engine, account: number, held: HeldPosition): void {
  const { positions } = engine;
  const place = engine.marketRows.get(held.market) ?? NONE;
  const market = marketAt(engine, place);
  const row = ensurePosition(engine, account, place);
  holdLots(engine, row, held.lots);
  positions.cost[row] = costOf(market, held);
  positions.leverage[row] = held.leverageHundredths;
  positions.isolated[row] = held.isolatedMarginAtoms === null ? 0 : 1;
  positions.margin[row] = held.isolatedMarginAtoms ?? 0;
}

interface Place {
  readonly account: number;
  readonly market: number;
}

function placeOf(
  engine: Engine,
  named: { readonly account: string; readonly market: string },
): Place | Refusal {
  const account = tradableAccount(engine, named.account);
  if (isRefusal(account)) return account;
  const market = knownMarket(engine, named.market);
  return isRefusal(market) ? market : { account, market };
}

/** The row of the isolated position that the account holds in the market. */
function isolatedRow(
  engine: Engine,
  named: { readonly account: string; readonly market: string },
): number | Refusal {
  const place = placeOf(engine, named);
  if ('code' in place) return place;
  const row = findPosition(engine, place.account, place.market);
  if (row === NONE || at(engine.positions.isolated, row) === 0) {
    const message = 'the position is in the cross pool: leave "market" out';
    return refuse('not-isolated', message, { account: named.account, market: named.market });
  }
  return row;
}

function takePayment(turn: Turn, fact: FactOf<'pay'>): Refusal | null {
  const { engine } = turn;
  const { market, amountAtoms, deposit } = fact;
  const place = market === null ? null : placeOf(engine, { account: fact.account, market });
  if (place !== null && 'code' in place) return place;
  const account = place?.account ?? tradableAccount(engine, fact.account);
  if (isRefusal(account)) return account;
  const row = place === null ? NONE : findPosition(engine, account, place.market);
  const { balance, liquidation } = engine.accounts;
  if (row === NONE) balance[account] = at(balance, account) + amountAtoms;
  else credit(engine, row, amountAtoms);
  if (deposit) noteIgnoredDeposit(engine, at(liquidation, account), amountAtoms);
  turn.touched.add(account);
  return null;
}

function takeShift(turn: Turn, fact: FactOf<'shift-margin'>): Refusal | null {
  const { engine } = turn;
  const row = isolatedRow(engine, fact);
  if (isRefusal(row)) return row;
  moveMargin(engine, row, fact.amountAtoms);
  if (fact.amountAtoms > 0)
    noteIgnoredDeposit(engine, at(engine.positions.liquidation, row), fact.amountAtoms);
  turn.touched.add(at(engine.positions.account, row));
  return null;
}

function takeFill(turn: Turn, fact: FactOf<'fill'>): Refusal | null {
  const { engine } = turn;
  const place = placeOf(engine, fact);
  if ('code' in place) return place;
  const { account, market } = place;
  const ticks = fact.priceTicks;
  const lots = fact.side === 'buy' ? fact.sizeLots : -fact.sizeLots;
  const refusal =
    refuseWithoutMark(marketAt(engine, market)) ??
    refuseTooLarge(engine, account, { market, lots, ticks }) ??
    (fact.forced ? refuseBeyond(engine, place, fact) : null);
  if (refusal !== null) return refusal;
  const saved = checkpoint(engine, market, [account]);
  const party = { account, feeAtoms: fact.feeAtoms, releases: !fact.forced };
  carryOut(engine, { market, ticks }, party, lots);
  if (!isReckoned(engine, account, market)) {
    rollBack(engine, market, saved);
    return refuse('too-large', 'the account would be too large to reckon exactly');
  }
  returnMargin(engine, place);
  turn.touched.add(account);
  return null;
}

/** What a flat position has left is the pool's; a venue that keeps it says so by a fee. */
function returnMargin(engine: Engine, { account, market }: Place): void {
  const row = findPosition(engine, account, market);
  if (at(engine.positions.lots, row) === 0)
    moveMargin(engine, row, -at(engine.positions.margin, row));
}

/** Whoever is liquidated or deleveraged can only lose what is held. */
function refuseBeyond(
  engine: Engine,
  { account, market }: Place,
  { side, sizeLots, account: id }: FactOf<'fill'>,
): Refusal | null {
  const row = findPosition(engine, account, market);
  const held = row === NONE ? 0 : at(engine.positions.lots, row);
  if (side === 'sell' ? held >= sizeLots : -held >= sizeLots) return null;
  return refuse(
    'exceeds-position',
    `"${id}" holds less than is closed: a fill before it is missing from the stream`,
    { account: id, heldLots: held, sizeLots },
  );
}

function takeLeverage(turn: Turn, fact: FactOf<'set-leverage'>): Refusal | null {
  const place = placeOf(turn.engine, fact);
  if ('code' in place) return place;
  const row = ensurePosition(turn.engine, place.account, place.market);
  turn.engine.positions.leverage[row] = fact.leverageHundredths;
  turn.touched.add(place.account);
  return null;
}

function takeMode(turn: Turn, fact: FactOf<'set-margin-mode'>): Refusal | null {
  const { engine } = turn;
  const place = placeOf(engine, fact);
  if ('code' in place) return place;
  const row = ensurePosition(engine, place.account, place.market);
  if (at(engine.positions.lots, row) !== 0) {
    const message = 'a margin mode changes without a position: a fill before it is missing';
    return refuse('position-open', message, { account: fact.account, market: fact.market });
  }
  engine.positions.isolated[row] = fact.marginMode === 'isolated' ? 1 : 0;
  return null;
}

function takeOrders(turn: Turn, fact: FactOf<'orders'>): Refusal | null {
  const account = tradableAccount(turn.engine, fact.account);
  if (isRefusal(account)) return account;
  turn.engine.accounts.orderMargin[account] = fact.initialMarginAtoms;
  turn.touched.add(account);
  return null;
}

function takeStatement(turn: Turn, fact: FactOf<'statement'>): Refusal | null {
  const { engine } = turn;
  const account = tradableAccount(engine, fact.account);
  if (isRefusal(account)) return account;
  const margins: (readonly [row: number, atoms: number])[] = [];
  for (const { market, marginAtoms } of fact.isolated) {
    const row = isolatedRow(engine, { account: fact.account, market });
    if (isRefusal(row)) return row;
    margins.push([row, marginAtoms]);
  }
  engine.accounts.balance[account] = fact.balanceAtoms;
  for (const [row, atoms] of margins) engine.positions.margin[row] = atoms;
  turn.touched.add(account);
  return null;
}
