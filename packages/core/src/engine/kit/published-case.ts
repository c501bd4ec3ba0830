/** A worked case that somebody has published, and how the engine's answer is read in its terms. */
import { accountView } from '../account-view.ts';
import type { MarketRules } from '../config.ts';
import type { EngineEvent } from '../event.ts';
import type { LiquidationRules } from '../liquidation-rules.ts';
import { decimal, floor, formatFixed, over } from '../../units/index.ts';
import { plainConfig, plainRules, Scene, tradeOf } from './scene.ts';

export interface PublishedCase {
  readonly id: string;
  readonly system: string;
  readonly kind: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly expected: Readonly<Record<string, unknown>>;
}

/** What came out of the engine, under the names of the source; or why it is not asked. */
export type Outcome =
  { readonly actual: Readonly<Record<string, unknown>> } | { readonly reason: string };

export function reason(why: string): Outcome {
  return { reason: why };
}

/** A decimal of a case. */
export function written(value: unknown): string {
  return typeof value === 'number' || typeof value === 'string' ? String(value) : '0';
}

/** A decimal as a whole number of `unit`. */
export function whole(value: unknown, unit: string): number {
  return Number(floor(over(decimal(written(value)), decimal(unit))));
}

/** Whether two answers are equal as numbers, or as they are written. */
export function isSame(actual: unknown, expected: unknown): boolean {
  if (typeof actual !== 'string' || typeof expected !== 'string') {
    return JSON.stringify(actual) === JSON.stringify(expected);
  }
  return actual === expected || Number(actual) === Number(expected);
}

export interface Holding {
  readonly market: string;
  /** Signed. */
  readonly base: unknown;
  readonly price: unknown;
}

export interface Stage {
  readonly holdings: readonly Holding[];
  /** Cash after the positions were opened at the price: below zero for a long. */
  readonly quote: unknown;
  readonly maintenance: unknown;
  readonly liquidation?: LiquidationRules;
  readonly liquidationFee?: string;
  readonly fund?: unknown;
  readonly lot?: string;
  readonly tick?: string;
  readonly decimals?: number;
}

const PLENTY = '1000000';

/** An account `unit` with positions at the mark, `house` against it. */
export class CaseScene {
  readonly scene: Scene;
  readonly #stage: Required<Pick<Stage, 'lot' | 'tick' | 'decimals'>>;

  constructor(stage: Stage) {
    const { lot = '0.001', tick = '0.01', decimals = 6 } = stage;
    this.#stage = { lot, tick, decimals };
    const policy = { marginCallAt: null, marginCallClearAt: null, call: null };
    this.scene = new Scene(plainConfig({ policy, asset: { symbol: 'USD', decimals } }));
    const { liquidation = {}, liquidationFee = '0', maintenance } = stage;
    const schedule = { kind: 'flat', rate: written(maintenance) } as const;
    const rules: MarketRules = plainRules({ lot, tick, liquidationFee, liquidation });
    const held = { ...rules, maintenance: { ...rules.maintenance, schedule } };
    for (const { market, price } of stage.holdings)
      this.scene.open(market, held, this.ticks(price));
    const rich = this.atoms(PLENTY);
    this.scene.fund({ unit: rich, house: rich, fund: this.atoms(stage.fund ?? '0') });
    for (const { market, base, price } of stage.holdings) this.#hold(market, base, price);
    const basis = stage.holdings.reduce((sum, one) => sum + this.#cost(one), 0);
    this.scene.leave('unit', this.atoms(stage.quote) + basis);
  }

  #cost({ base, price }: Holding): number {
    const { lot, tick } = this.#stage;
    const unit = this.atoms('1') * Number(lot) * Number(tick);
    return Math.round(whole(base, lot) * this.ticks(price) * unit);
  }

  #hold(market: string, base: unknown, price: unknown): void {
    const lots = whole(base, this.#stage.lot);
    const parties = lots > 0 ? (['unit', 'house'] as const) : (['house', 'unit'] as const);
    for (const party of parties) this.scene.choose(party, market, 100);
    this.scene.accept(tradeOf(market, parties, [Math.abs(lots), this.ticks(price)]));
  }

  /** Places an order that the account could pay for while it was rich. */
  bid(market: string, base: unknown, price: unknown): void {
    const poor = this.balance('unit');
    this.scene.leave('unit', this.atoms(PLENTY));
    const order = {
      account: 'unit',
      order: 'bid',
      market,
      side: 'buy',
      reduceOnly: false,
    } as const;
    const sizeLots = this.lots(base);
    this.scene.accept({ kind: 'place-order', ...order, sizeLots, priceTicks: this.ticks(price) });
    this.scene.leave('unit', poor);
  }

  ticks(price: unknown): number {
    return whole(price, this.#stage.tick);
  }

  lots(base: unknown): number {
    return whole(base, this.#stage.lot);
  }

  atoms(money: unknown): number {
    return whole(money, `1e-${this.#stage.decimals}`);
  }

  money(atoms: number): string {
    return formatFixed(atoms, this.#stage.decimals);
  }

  /** Of a number of ticks, the price; of lots, the size. */
  price(ticks: number): string {
    return String(Number((ticks * Number(this.#stage.tick)).toFixed(9)));
  }

  size(lots: number): string {
    return String(Number((lots * Number(this.#stage.lot)).toFixed(9)));
  }

  mark(holdings: readonly Holding[]): readonly EngineEvent[] {
    const marks = holdings.map(({ market, price }) => [market, this.ticks(price)]);
    return this.scene.mark(Object.fromEntries(marks) as Record<string, number>);
  }

  /** Fills the first liquidation's order; a refusal's code, or the events. */
  fill(base: unknown, price: unknown): readonly EngineEvent[] | string {
    const { answer, events } = this.scene.send({
      kind: 'fill-liquidation',
      liquidation: 1,
      sizeLots: Math.abs(this.lots(base)),
      priceTicks: this.ticks(price),
      counterparty: 'house',
    });
    return answer.status === 'refused' ? answer.refusal.code : events;
  }

  balance(account: string): number {
    return accountView(this.scene.engine, account)?.balanceAtoms ?? 0;
  }

  /** Cash and size of an account in its one market, cash as if positions were paid for. */
  books(account: string): { readonly quote: string; readonly base: string } {
    const view = accountView(this.scene.engine, account);
    const [position] = view?.positions ?? [];
    const sign = position?.side === 'short' ? -1 : 1;
    const unit = Math.round(this.atoms('1') * Number(this.#stage.lot) * Number(this.#stage.tick));
    const quote = (view?.balanceAtoms ?? 0) - (position?.cost ?? 0) * unit;
    return { quote: this.money(quote), base: this.size(sign * (position?.sizeLots ?? 0)) };
  }
}
