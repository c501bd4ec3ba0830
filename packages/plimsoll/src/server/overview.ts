/**
 * What costs a look at everybody: sums, the sorted list, the fleet, a market's liquidation map.
 * Each is made from one pass over an engine, and passes are made sparingly.
 */
import { accountView, marketIds, type Engine } from '@plimsoll/core/engine';
import { bookLiquidationPrices } from '@plimsoll/core/lab';
import { pageOf, rowOf, type ListQuery } from './account-list.ts';
import { knownMarket } from './draft.ts';
import { fleetOf } from './fleet.ts';
import { mapOf, type PricesAt } from './liquidation-map.ts';
import { openInterestValues } from './market-list.ts';
import { scalesOf } from './market-scales.ts';
import type { PlainObject, Scales } from './present.ts';
import { Sparing } from './sparing.ts';
import { standingOf, type Standing } from './standing.ts';
import type { Sums } from './totals.ts';

/** What is said with each question. */
interface Asked {
  readonly sums: object;
  readonly accounts: { readonly query: ListQuery };
  /** The accounts that the asker may see; null for all. */
  readonly fleet: { readonly allowed: ReadonlySet<string> | null };
  readonly map: { readonly market: string };
}

/** What each question is answered with, accounts and pictures as the API writes them. */
interface Answers {
  readonly sums: Sums;
  readonly accounts: PlainObject;
  readonly fleet: PlainObject;
  readonly map: PlainObject;
}

export type OverviewKind = keyof Asked;
export type OverviewQuestion<Kind extends OverviewKind = OverviewKind> = {
  readonly [K in Kind]: { readonly kind: K } & Asked[K];
}[Kind];
export type OverviewAnswer<Kind extends OverviewKind> = Answers[Kind];

type Answering = { readonly [K in OverviewKind]: (question: OverviewQuestion<K>) => Answers[K] };

export class Overview {
  readonly #engine: Engine;
  readonly #scales: Scales;
  readonly #standing: Sparing<Standing>;
  readonly #prices: Sparing<PricesAt>;
  readonly #answering: Answering = {
    sums: () => this.#sums(),
    accounts: ({ query }) => this.#accounts(query),
    fleet: ({ allowed }) => this.#fleet(allowed),
    map: ({ market }) => this.#map(market),
  };

  /** `share` bounds its work: at most one part in so many of the time. */
  constructor(engine: Engine, share: number) {
    this.#engine = engine;
    this.#scales = scalesOf(engine);
    this.#standing = new Sparing(engine, share, standingOf);
    this.#prices = new Sparing(engine, share, pricesAt);
  }

  /** Throws a `ProblemError` for what cannot be answered. */
  answer<Kind extends OverviewKind>(question: OverviewQuestion<Kind>): OverviewAnswer<Kind> {
    const { kind }: { readonly kind: Kind } = question;
    return this.#answering[kind](question);
  }

  #sums(): Sums {
    const { totals, openInterest: openLots } = this.#standing.read();
    const sources = { engine: this.#engine, scales: this.#scales, openInterest: openLots };
    const isOpen = this.#engine.config !== null;
    return { totals, openLots, openInterest: isOpen ? openInterestValues(sources) : {} };
  }

  #accounts(query: ListQuery): PlainObject {
    const engine = this.#engine;
    const { total, accounts } = pageOf(this.#standing.read(), query);
    return {
      sequence: engine.sequence,
      total,
      offset: query.offset,
      accounts: accounts
        .map((account) => accountView(engine, account))
        .filter((view) => view !== null)
        .map((view) => rowOf(engine, view, this.#scales)),
    };
  }

  #fleet(allowed: ReadonlySet<string> | null): PlainObject {
    const markets = marketIds(this.#engine);
    return fleetOf(this.#standing.read(), { scales: this.#scales, markets, allowed });
  }

  #map(market: string): PlainObject {
    const scale = knownMarket(this.#scales, market, 'market');
    return mapOf(this.#engine, this.#prices.read(), { market, scale });
  }
}

function pricesAt(engine: Engine): PricesAt {
  return { sequence: engine.sequence, known: bookLiquidationPrices(engine) };
}
