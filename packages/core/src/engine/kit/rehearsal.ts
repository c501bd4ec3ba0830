/**
 * Seeded commands of every kind against one engine: sane ones, impossible ones, duplicates, crashes
 * of 90 %, an empty fund. What is drawn depends on the seed and on the engine alone.
 */
import { accountView, type OrderView } from '../account-view.ts';
import type { Command, Envelope } from '../command.ts';
import type { MarketRules } from '../config.ts';
import { Dice } from './dice.ts';
import { Feeds } from './feeds.ts';
import { Owners } from './owners.ts';
import { drawControl } from './rehearsal-control.ts';
import { drawMarket, drawRules, type RehearsalRules } from './rehearsal-rules.ts';
import { tradeOf, type Draft } from './scene.ts';
import type { Engine } from '../state.ts';
import {
  fundInventory,
  heldLots,
  marketView,
  openLiquidations,
  type InventoryView,
  type LiquidationView,
} from '../view.ts';

const ACCOUNTS = ['ann', 'bob', 'cem', 'dan', 'eve', 'house', '__proto__', 'toString'];
const STRANGERS = ['nobody', 'fund', 'fees', 'dust'];
const ORDERS = ['o1', 'o2', 'constructor', 'o4'];

/** Draws one command after another. */
export class Rehearsal {
  readonly rules: RehearsalRules;
  readonly #dice: Dice;
  readonly #feeds: Feeds;
  readonly #owners: Owners;
  readonly #sent: Command[] = [];
  #timeMs = 1_000;
  #sourceSequence = 0;
  #next = 0;

  constructor(seed: number) {
    this.#dice = new Dice(seed);
    this.#feeds = new Feeds(seed);
    this.#owners = new Owners(seed);
    this.rules = drawRules(this.#dice, (rules) => this.#dress(rules));
  }

  /** What every run begins with. */
  opening(): Command[] {
    const prices = this.rules.markets.map(({ id }) => ({ market: id, priceTicks: 1000 }));
    const money = this.#dice.pick([3_000, 20_000, 1_000_000]);
    const drafts: Draft[] = [
      { kind: 'configure', config: this.rules.config },
      ...this.rules.markets.map(({ id, rules }) => ({
        kind: 'open-market' as const,
        market: id,
        rules,
      })),
      ...ACCOUNTS.map((account) => {
        return { kind: 'open-account' as const, account, ...this.#owners.opened() };
      }),
      ...ACCOUNTS.map((account) => ({
        kind: 'deposit' as const,
        account,
        amountAtoms: account === 'house' ? money * 10 : money,
      })),
      { kind: 'marks', source: 'index', sourceSequence: (this.#sourceSequence += 1), prices },
      ...this.#feeds.opening(prices, this.#timeMs),
      ...ACCOUNTS.flatMap((account) => this.#habits(account)),
    ];
    if (this.#dice.chance(60)) {
      drafts.push({ kind: 'deposit', account: 'fund', amountAtoms: this.#dice.between(1, money) });
    }
    return drafts.map((draft) => this.#envelope(draft));
  }

  /** How an account trades in each market: with which leverage, cross or isolated. */
  #habits(account: string): Draft[] {
    const dice = this.#dice;
    return this.rules.markets.flatMap(({ id: market }): Draft[] => {
      const marginMode = dice.chance(40) ? ('isolated' as const) : ('cross' as const);
      const leverageHundredths = dice.pick([100, 500, 1000, 2000, 5000]);
      return [
        { kind: 'set-margin-mode', account, market, marginMode },
        { kind: 'set-leverage', account, market, leverageHundredths },
      ];
    });
  }

  /** The next command; one in twenty repeats an earlier one, in whole or with another body. */
  next(engine: Engine): Command {
    const dice = this.#dice;
    if (this.#sent.length > 0 && dice.chance(5)) return this.#repeat();
    if (dice.chance(20)) this.#timeMs += dice.pick([1, 500, 20_000, 40_000, 250_000]);
    return this.#envelope(this.#owners.next(this.#heir(engine)) ?? this.#draft(engine));
  }

  #envelope(draft: Draft): Command {
    const dice = this.#dice;
    const timeMs = dice.chance(5) ? Math.max(0, this.#timeMs - 50_000) : this.#timeMs;
    const client = dice.pick(['one', 'two']);
    const command = { ...draft, client, id: String((this.#next += 1)), timeMs } as Command;
    this.#sent.push(command);
    return command;
  }

  #repeat(): Command {
    const again = this.#dice.pick(this.#sent);
    if (this.#dice.chance(70)) return again;
    const { client, id, timeMs }: Envelope = again;
    return { kind: 'open-account', account: 'late', client, id, timeMs };
  }

  #draft(engine: Engine): Draft {
    const roll = this.#dice.below(100);
    if (roll < 30) return this.#trade(engine);
    if (roll < 48) return this.#marks(engine);
    if (roll < 58) return this.#fill(engine);
    if (roll < 68) return this.#money(engine);
    if (roll < 80) return this.#order(engine);
    if (roll < 90) return this.#choice(engine);
    return this.#rest(engine);
  }

  /** Whose account may change hands: drawn from what is true, not from the dice. */
  #heir(engine: Engine): string {
    return ACCOUNTS[engine.sequence % ACCOUNTS.length] ?? '';
  }

  /** Rules as this run's feeds and owners need them. */
  #dress(rules: MarketRules): MarketRules {
    return this.#feeds.listed(this.#owners.graded(rules));
  }

  #account(): string {
    return this.#dice.chance(3) ? this.#dice.pick(STRANGERS) : this.#dice.pick(ACCOUNTS);
  }

  #market(): string {
    return this.#dice.chance(2) ? 'nowhere' : this.#dice.pick(this.rules.markets).id;
  }

  /** A price near the mark, sometimes far from it or absurd. */
  #price(engine: Engine, market: string): number {
    const dice = this.#dice;
    const mark = marketView(engine, market)?.markTicks ?? 1000;
    if (dice.below(1000) < 4) return dice.pick([1, 2 ** 50]);
    if (dice.chance(60)) return Math.max(1, mark);
    return Math.max(1, Math.floor((mark * dice.between(90, 110)) / 100));
  }

  #size(engine: Engine, account: string, market: string): number {
    const dice = this.#dice;
    if (dice.chance(1)) return dice.pick([2 ** 50, 2 ** 40]);
    const held = Math.abs(heldLots(engine, account, market));
    if (held > 0 && dice.chance(40)) return dice.chance(50) ? held : dice.between(1, held * 2);
    const mark = marketView(engine, market)?.markTicks ?? 1000;
    const available = accountView(engine, account)?.availableAtoms ?? 0;
    const affordable = Math.floor((available / mark) * dice.pick([0.2, 0.5, 1, 2, 4, 9, 18]));
    return Math.max(
      1,
      this.rules.inverse ? Math.floor(((affordable * mark) / 997) * mark) : affordable,
    );
  }

  #trade(engine: Engine): Draft {
    const dice = this.#dice;
    const orders = accountView(engine, this.#account())?.orders ?? [];
    if (orders.length > 0 && dice.chance(60)) return this.#match(engine, dice.pick(orders));
    const market = this.#market();
    const buyer = this.#account();
    const seller = dice.chance(50) ? 'house' : this.#account();
    const deal = [this.#size(engine, buyer, market), this.#price(engine, market)] as const;
    const parties = dice.chance(50) ? ([buyer, seller] as const) : ([seller, buyer] as const);
    return { ...tradeOf(market, parties, deal), taker: dice.pick(['buy', 'sell'] as const) };
  }

  /** A trade that fills an order, mostly at its price, mostly its owner's. */
  #match(engine: Engine, order: OrderView): Draft {
    const dice = this.#dice;
    const owner = ACCOUNTS.find((id) => {
      return accountView(engine, id)?.orders.some(
        (one) => one.order === order.order && one.market === order.market,
      );
    });
    const parties = [owner ?? 'ann', dice.chance(60) ? 'house' : this.#account()] as const;
    const [buyer, seller] = order.side === 'buy' ? parties : ([parties[1], parties[0]] as const);
    const price = dice.chance(70) ? order.priceTicks : this.#price(engine, order.market);
    const deal = [dice.between(1, order.sizeLots + 1), price] as const;
    return {
      ...tradeOf(order.market, [buyer, seller], deal),
      buyOrder: order.side === 'buy' ? order.order : null,
      sellOrder: order.side === 'sell' ? order.order : null,
    };
  }

  #marks(engine: Engine): Draft {
    const dice = this.#dice;
    const prices = this.rules.markets.map(({ id }) => {
      const mark = marketView(engine, id)?.markTicks ?? 1000;
      const percent = dice.chance(3) ? dice.pick([10, 50, 200, 600]) : dice.between(94, 107);
      const back = mark < 50 ? 1000 : Math.floor((mark * percent) / 100);
      const absurd = dice.below(1000) < 2 ? dice.pick([1, 2 ** 50]) : back;
      return { market: id, priceTicks: Math.min(Math.max(1, absurd), 2 ** 50) };
    });
    if (!dice.chance(10)) this.#sourceSequence += 1;
    const stale = dice.chance(5) ? 1 : this.#sourceSequence;
    const twice = dice.chance(2) ? prices.slice(0, 1) : [];
    const source = dice.chance(5) ? 'other' : 'index';
    const said = [...prices, ...twice];
    if (this.#feeds.isUsed) return this.#feeds.next(said, this.#timeMs);
    return { kind: 'marks', source, sourceSequence: stale, prices: said };
  }

  #fill(engine: Engine): Draft {
    const dice = this.#dice;
    const open = openLiquidations(engine);
    const inventory = fundInventory(engine);
    if (inventory.length > 0 && dice.chance(30)) return this.#sell(engine, dice.pick(inventory));
    if (open.length > 0 && dice.chance(98)) return this.#close(engine, dice.pick(open));
    if (dice.chance(90)) return this.#marks(engine);
    const counterparty = this.#account();
    return { kind: 'fill-liquidation', liquidation: 999, sizeLots: 1, priceTicks: 1, counterparty };
  }

  #sell(engine: Engine, { market, sizeLots: held }: InventoryView): Draft {
    const dice = this.#dice;
    const sizeLots = dice.between(1, Math.min(held, 2 ** 31) + 1);
    const priceTicks = this.#price(engine, market);
    const counterparty = this.#account();
    return { kind: 'fill-inventory', market, sizeLots, priceTicks, counterparty };
  }

  #close(engine: Engine, order: LiquidationView): Draft {
    const dice = this.#dice;
    const most = Math.min(order.sizeLots, 2 ** 31);
    const { liquidation } = order;
    const sizeLots = dice.chance(50) ? most : dice.between(1, most + 1);
    const priceTicks = dice.chance(50) ? order.limitTicks : this.#price(engine, order.market);
    const counterparty = dice.chance(60) ? 'house' : this.#account();
    return { kind: 'fill-liquidation', liquidation, sizeLots, priceTicks, counterparty };
  }

  #money(engine: Engine): Draft {
    const dice = this.#dice;
    const account = this.#account();
    const view = accountView(engine, account);
    const amounts = [1, 100, 5000, 40_000, Math.max(1, view?.availableAtoms ?? 1)];
    if (dice.chance(70)) {
      const most = dice.chance(1) ? [2 ** 50] : amounts;
      const to = dice.chance(15) ? 'fund' : account;
      return { kind: 'deposit', account: to, amountAtoms: dice.pick(most) };
    }
    return { kind: 'withdraw', account, amountAtoms: dice.pick([...amounts, 2 ** 49]) };
  }

  #order(engine: Engine): Draft {
    const dice = this.#dice;
    const account = this.#account();
    const order = dice.pick(ORDERS);
    if (dice.chance(25)) return { kind: 'cancel-order', account, order };
    const market = this.#market();
    return {
      kind: 'place-order',
      account,
      order,
      market,
      side: dice.pick(['buy', 'sell'] as const),
      sizeLots: this.#size(engine, account, market),
      priceTicks: this.#price(engine, market),
      reduceOnly: dice.chance(30),
    };
  }

  #choice(engine: Engine): Draft {
    const dice = this.#dice;
    const place = { account: this.#account(), market: this.#market() };
    const roll = dice.below(4);
    if (roll === 0) {
      const marginMode = dice.pick(['cross', 'isolated'] as const);
      return { kind: 'set-margin-mode', ...place, marginMode };
    }
    if (roll === 1) {
      const leverageHundredths = dice.pick([1, 50, 100, 200, 500, 1000, 2000, 10_000]);
      return { kind: 'set-leverage', ...place, leverageHundredths };
    }
    const view = accountView(engine, place.account);
    const isolated = view?.positions.find((one) => one.isolatedMarginAtoms !== null);
    const margin = Math.max(1, isolated?.isolatedMarginAtoms ?? 1);
    const available = Math.max(1, view?.availableAtoms ?? 1);
    const amountAtoms = dice.pick([1, Math.ceil(margin / 10), Math.ceil(margin / 3), available]);
    const market = isolated?.market ?? place.market;
    const kind = roll === 2 ? 'add-margin' : 'remove-margin';
    return { kind, ...place, market, amountAtoms };
  }

  #rest(engine: Engine): Draft {
    const dice = this.#dice;
    const market = this.#market();
    const stopped = (marketView(engine, market)?.mode ?? 'open') !== 'open';
    if (dice.chance(stopped ? 60 : 8)) return drawControl(dice, engine, market);
    const roll = dice.below(10);
    if (roll < 5) return this.#funding(engine, market);
    if (roll < 8) return { kind: 'clock' };
    if (roll === 8) return { kind: 'open-account', account: this.#account() };
    return {
      kind: 'update-market',
      market,
      rules: this.#dress(drawMarket(dice, this.rules.inverse)),
      appliesTo: dice.pick(['open', 'new'] as const),
      effectiveMs: dice.pick([null, this.#timeMs + 40_000]),
    };
  }

  #funding(engine: Engine, market: string): Draft {
    const dice = this.#dice;
    const until = marketView(engine, market)?.fundedUntilMs ?? 0;
    const rateE9 = dice.pick([0, 1, 100_000, -100_000, 7_654_321, -50_000_000, 1_000_000_000]);
    const intervalEndMs = dice.chance(80) ? Math.max(until + 1, this.#timeMs - 5) : until;
    return { kind: 'settle-funding', market, rateE9, intervalEndMs };
  }
}
