/**
 * What the simulated people do: come with money and a position, trade, answer margin calls or not,
 * take profit, come back after a loss. Each decision is a function of the seed, the step and the
 * state.
 */
import {
  accountIds,
  accountView,
  heldLots,
  marketView,
  type AccountRow,
  type Engine,
  type OrderView,
} from '@plimsoll/core/engine';
import { member, pick, type CommandBody, type Intention } from '@plimsoll/core/lab';
import {
  ACCOUNTS,
  ACCOUNTS_MAX,
  dollars,
  HOUSE,
  MARKETS,
  sceneMarket,
  type SceneMarket,
} from './scene.ts';

/** Position value of the median intention. */
const MEDIAN_VALUE = dollars(5_000);

export interface Moment {
  readonly engine: Engine;
  readonly seed: number;
  readonly step: number;
}

interface Deal {
  readonly account: string;
  readonly market: SceneMarket;
  readonly side: 'buy' | 'sell';
  readonly sizeLots: number;
}

/** A trade of an account with the house at the mark. */
function dealWithHouse(engine: Engine, deal: Deal): CommandBody[] {
  const { account, market, side, sizeLots } = deal;
  const priceTicks = marketView(engine, market.market)?.markTicks ?? 0;
  if (priceTicks === 0 || sizeLots <= 0) return [];
  const [buyer, seller] = side === 'buy' ? [account, HOUSE] : [HOUSE, account];
  const common = { sizeLots, priceTicks, taker: side, buyOrder: null, sellOrder: null };
  return [{ kind: 'trade', market: market.market, buyer, seller, ...common }];
}

/** Opens an account, or lets one that has nothing left come again, with money and positions. */
export function enter(moment: Moment, index: number, isNew: boolean): CommandBody[] {
  const { engine, seed, step } = moment;
  // Who comes back does so with other plans.
  const plans = member(index, MARKETS.length, isNew ? seed : seed + step);
  const account = member(index, MARKETS.length, seed).account;
  const opened: CommandBody[] = isNew ? [{ kind: 'open-account', account }] : [];
  return [
    ...opened,
    ...plans.intentions.flatMap((one) =>
      openPosition(engine, account, one, plans.spareThousandths),
    ),
  ];
}

function openPosition(
  engine: Engine,
  account: string,
  intention: Intention,
  spareThousandths: number,
): CommandBody[] {
  const market = MARKETS[intention.market];
  const ticks = market === undefined ? 0 : (marketView(engine, market.market)?.markTicks ?? 0);
  if (market === undefined || ticks === 0) return [];
  const leverage = Math.min(intention.leverage, market.maxLeverage);
  const value = (MEDIAN_VALUE * intention.valueThousandths) / 1_000;
  const sizeLots = Math.max(1, Math.floor(value / (ticks * market.unitAtoms)));
  const margin = (sizeLots * ticks * market.unitAtoms) / leverage;
  const fee = sizeLots * ticks * market.unitAtoms * 0.001;
  const amountAtoms = Math.ceil(margin * (1 + spareThousandths / 1_000) + fee);
  const id = market.market;
  const { marginMode, side } = intention;
  return [
    { kind: 'deposit', account, amountAtoms },
    { kind: 'set-margin-mode', account, market: id, marginMode },
    { kind: 'set-leverage', account, market: id, leverageHundredths: leverage * 100 },
    ...dealWithHouse(engine, { account, market, side, sizeLots }),
    ...isolatedSpare(account, { id, intention, atoms: amountAtoms - Math.ceil(margin + fee) }),
  ];
}

function isolatedSpare(
  account: string,
  { id, intention, atoms }: { id: string; intention: Intention; atoms: number },
): CommandBody[] {
  if (intention.marginMode === 'cross' || atoms <= 0) return [];
  return [{ kind: 'add-margin', account, market: id, amountAtoms: atoms }];
}

/** Who comes at this step: the first population at once, then a few now and then. */
export function arrivals(moment: Moment, rows: readonly AccountRow[]): CommandBody[] {
  const { engine, seed, step } = moment;
  const known = accountIds(engine).length - 1;
  if (known < ACCOUNTS) return enter(moment, known, true);
  if (known < ACCOUNTS_MAX && pick(100, seed, step, 11) < 6) return enter(moment, known, true);
  const flat = rows.filter((row) => row.valueAtoms === 0 && row.account !== HOUSE);
  if (flat.length < 50) return [];
  const back = flat[pick(flat.length, seed, step, 12)];
  return back === undefined ? [] : enter(moment, indexOf(back.account), false);
}

function indexOf(account: string): number {
  return Number(account.slice(1)) - 1;
}

/** What those under a margin call do: some pay in, some reduce, most hope. */
export function answerCalls(moment: Moment, rows: readonly AccountRow[]): CommandBody[] {
  return rows.filter((row) => row.state === 'called').flatMap((row) => answerCall(moment, row));
}

function answerCall({ engine, seed, step }: Moment, row: AccountRow): CommandBody[] {
  const choice = pick(100, seed, step, indexOf(row.account), 21);
  const view = accountView(engine, row.account);
  const called = view?.positions.find((one) => one.state === 'called');
  if (view === null || called === undefined || choice >= 16) return [];
  const market = sceneMarket(called.market);
  if (market === undefined) return [];
  if (choice < 9) {
    const amountAtoms = Math.ceil(row.maintenanceMarginAtoms * (0.2 + choice / 10)) + 1;
    const paid: CommandBody = { kind: 'deposit', account: row.account, amountAtoms };
    if (called.marginMode === 'cross') return [paid];
    return [paid, { kind: 'add-margin', account: row.account, market: called.market, amountAtoms }];
  }
  const side = called.side === 'long' ? 'sell' : 'buy';
  const sizeLots = Math.ceil(called.sizeLots / 2);
  return dealWithHouse(engine, { account: row.account, market, side, sizeLots });
}

/** One person, picked by the step, does something ordinary. */
export function ordinaryDeed(moment: Moment, turn: number): CommandBody[] {
  const { engine, seed, step } = moment;
  const ids = accountIds(engine);
  const account = ids[pick(ids.length, seed, step, turn, 31)];
  const market = MARKETS[pick(MARKETS.length, seed, step, turn, 32)];
  if (account === undefined || account === HOUSE || market === undefined) return [];
  const view = accountView(engine, account);
  if (view === null || view.state !== 'healthy') return [];
  const order = view.orders[0];
  if (order !== undefined) return tendOrder(engine, account, order);
  const choice = pick(100, seed, step, turn, 33);
  const held = heldLots(engine, account, market.market);
  if (held === 0)
    return choice < 20 ? takeProfit(account, view.availableAtoms, view.valueAtoms) : [];
  const sizeLots = Math.max(1, Math.floor(Math.abs(held) * (0.1 + choice / 200)));
  if (choice < 45)
    return placeOrder(
      moment,
      { account, market, side: choice % 2 === 0 ? 'buy' : 'sell', sizeLots },
      turn,
    );
  const reduces = choice < 75;
  const side = held > 0 === reduces ? 'sell' : 'buy';
  return dealWithHouse(engine, {
    account,
    market,
    side,
    sizeLots: Math.min(sizeLots, Math.abs(held)),
  });
}

function takeProfit(account: string, available: number, value: number): CommandBody[] {
  const amountAtoms = Math.floor(available / 2);
  if (amountAtoms < dollars(100) || value > 0) return [];
  return [{ kind: 'withdraw', account, amountAtoms }];
}

function placeOrder({ engine, seed, step }: Moment, deal: Deal, turn: number): CommandBody[] {
  const mark = marketView(engine, deal.market.market)?.markTicks ?? 0;
  const away = 1 + pick(8, seed, step, turn, 34);
  const priceTicks = Math.round(mark * (deal.side === 'buy' ? 1 - away / 1_000 : 1 + away / 1_000));
  if (priceTicks < 1) return [];
  const { account, side, sizeLots } = deal;
  const market = deal.market.market;
  const order = `o${step}.${turn}`;
  return [
    { kind: 'place-order', account, order, market, side, sizeLots, priceTicks, reduceOnly: false },
  ];
}

/** An order that the mark has reached is filled by the house; another is given up. */
function tendOrder(engine: Engine, account: string, order: OrderView): CommandBody[] {
  const { market, side, sizeLots, priceTicks } = order;
  const mark = marketView(engine, market)?.markTicks ?? 0;
  const isReached = side === 'buy' ? mark <= priceTicks : mark >= priceTicks;
  if (!isReached) return [{ kind: 'cancel-order', account, order: order.order }];
  const [buyer, seller] = side === 'buy' ? [account, HOUSE] : [HOUSE, account];
  const taker = side === 'buy' ? 'sell' : 'buy';
  const buyOrder = side === 'buy' ? order.order : null;
  const sellOrder = side === 'sell' ? order.order : null;
  return [
    { kind: 'trade', market, buyer, seller, sizeLots, priceTicks, taker, buyOrder, sellOrder },
  ];
}
