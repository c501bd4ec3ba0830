/**
 * A seeded life of an engine, told as the stream that a venue running it would give: for the test
 * that a shadow of ourselves finds nothing. One command a millisecond or more.
 */
import {
  accountIds,
  accountView,
  apply,
  createEngine,
  marketView,
  openLiquidations,
  type Command,
  type Engine,
  type EngineConfig,
  type EngineEvent,
  type MarketRules,
} from '../../engine/index.ts';
import { formatDecimal, formatFixed, decimal, integer, times } from '../../units/index.ts';
import { pick } from '../random.ts';
import type { CommandBody } from '../script.ts';

export type Line = Readonly<Record<string, unknown>>;

const DECIMALS = 2;
const ACCOUNTS = 24;

/** Two markets, one with brackets and one of inverse contracts. */
export const MARKETS: Readonly<Record<string, Partial<MarketRules>>> = {
  A: {
    maintenance: {
      basis: 'mark',
      schedule: {
        kind: 'brackets',
        by: 'value',
        levels: [
          { from: '0', rate: '0.05' },
          { from: '2000', rate: '0.1' },
        ],
      },
      closingFeeRate: '0.001',
      closingFeeAt: 'mark',
    },
  },
  B: {
    contract: 'inverse',
    face: '100',
    tick: '0.5',
    maintenance: {
      basis: 'entry',
      schedule: { kind: 'flat', rate: '0.08' },
      closingFeeRate: '0',
      closingFeeAt: 'mark',
    },
  },
};

const RULES: Omit<MarketRules, 'maintenance'> = {
  contract: 'linear',
  tick: '0.1',
  lot: '0.1',
  initial: null,
  maxLeverage: '50',
  makerFee: '0.0001',
  takerFee: '0.0005',
  liquidationFee: '0.002',
  trigger: 'below',
  priceBand: '1',
  profitWithdrawable: false,
  staleAfterMs: null,
  invalidAfterMs: null,
};

/** Policies under which a run is made. */
export const POLICIES: Readonly<Record<string, EngineConfig['policy']>> = {
  'at once': { marginCallAt: null, marginCallClearAt: null, call: null },
  'a warning': { marginCallAt: '0.7', marginCallClearAt: '0.6', call: null },
  'a deadline': {
    marginCallAt: null,
    marginCallClearAt: null,
    call: { restoreTo: 'initial', deadlineHours: '0.0001', liquidateBelow: '0.5' },
  },
};

/** The lines of a run of so many steps. */
export function venueRun(seed: number, policy: EngineConfig['policy'], steps: number): Line[] {
  const run = new VenueRun(seed, policy);
  for (let step = 0; step < steps; step += 1) run.step();
  return run.lines;
}

class VenueRun {
  readonly lines: Line[] = [];
  readonly engine: Engine = createEngine();
  readonly #seed: number;
  #draws = 0;
  #timeMs = 1_000;
  #count = 0;
  readonly #mark: Record<string, number> = { A: 1000, B: 4000 };

  constructor(seed: number, policy: EngineConfig['policy']) {
    this.#seed = seed;
    const config = {
      asset: { symbol: 'USD', decimals: DECIMALS },
      policy,
      liquidation: {
        timeoutMs: 20,
        remainderTo: 'account',
        depositCures: false,
        fundLeverage: '3',
      },
      rememberedIds: 10,
    } as const;
    this.send({ kind: 'configure', config });
    for (const [market, rules] of Object.entries(MARKETS))
      this.send({ kind: 'open-market', market, rules: { ...RULES, ...rules } as MarketRules });
    this.marks();
    this.send({ kind: 'deposit', account: 'fund', amountAtoms: 30_000 });
    for (let k = 0; k < ACCOUNTS; k += 1) this.open(`a${k}`, k);
  }

  open(account: string, k: number): void {
    this.send({ kind: 'open-account', account });
    this.send({ kind: 'deposit', account, amountAtoms: k === 0 ? 1e12 : this.#below(200_000) + 1 });
    for (const market of Object.keys(MARKETS)) {
      const marginMode = this.#below(3) === 0 ? 'isolated' : 'cross';
      this.send({ kind: 'set-margin-mode', account, market, marginMode });
      const leverageHundredths = 100 * (1 + this.#below(20));
      this.send({ kind: 'set-leverage', account, market, leverageHundredths });
    }
  }

  #below(limit: number): number {
    this.#draws += 1;
    return pick(limit, this.#seed, this.#draws);
  }

  step(): void {
    const account = `a${this.#below(ACCOUNTS)}`;
    const market = this.#below(2) === 0 ? 'A' : 'B';
    const amountAtoms = 1 + this.#below(30_000);
    const kind = this.#below(16);
    if (kind < 6) this.trade(account, market);
    else if (kind < 10) this.marks();
    else if (kind === 10) this.send({ kind: 'deposit', account, amountAtoms });
    else if (kind === 11) this.send({ kind: 'withdraw', account, amountAtoms });
    else if (kind === 12) this.send({ kind: 'add-margin', account, market, amountAtoms });
    else if (kind === 13) this.funding(market);
    else if (kind === 14) this.send({ kind: 'clock' });
    else this.fills();
  }

  trade(account: string, market: string): void {
    const other = `a${this.#below(4)}`;
    const isBuyer = this.#below(2) === 0;
    this.send({
      kind: 'trade',
      market,
      buyer: isBuyer ? account : other,
      seller: isBuyer ? other : account,
      sizeLots: 1 + this.#below(60),
      priceTicks: Math.max(1, (this.#mark[market] ?? 1) + this.#below(9) - 4),
      taker: 'buy',
      buyOrder: null,
      sellOrder: null,
    });
  }

  marks(): void {
    for (const market of Object.keys(MARKETS)) {
      const before = this.#mark[market] ?? 1;
      this.#mark[market] = Math.max(50, Math.round(before * (0.96 + this.#below(81) / 1000)));
    }
    const prices = Object.entries(this.#mark).map(([market, priceTicks]) => ({
      market,
      priceTicks,
    }));
    this.send({ kind: 'marks', source: 'index', sourceSequence: this.#count + 1, prices });
  }

  funding(market: string): void {
    const rateE9 = this.#below(2_000_000) - 1_000_000;
    const intervalEndMs = this.#timeMs;
    this.send({ kind: 'settle-funding', market, rateE9, intervalEndMs });
  }

  fills(): void {
    for (const open of openLiquidations(this.engine)) {
      const { liquidation, sizeLots, limitTicks: priceTicks } = open;
      this.send({
        kind: 'fill-liquidation',
        liquidation,
        sizeLots,
        priceTicks,
        counterparty: 'a0',
      });
    }
  }

  send(body: CommandBody): void {
    this.#timeMs += 1 + this.#below(30);
    this.#count += 1;
    const envelope = { client: 'run', id: String(this.#count), timeMs: this.#timeMs };
    const command = { ...body, ...envelope } as Command;
    const { answer, events } = apply(this.engine, command);
    if (answer.status === 'accepted') this.lines.push(...this.tell(command, events));
  }

  tell(command: Command, events: readonly EngineEvent[]): Line[] {
    const lines = [
      ...this.ofCommand(command),
      ...events.flatMap((event) => this.ofEvent(event)),
      ...this.statements(events),
      ...events.flatMap(decisionOf),
    ];
    return lines.map((line) => ({ timeMs: this.#timeMs, ...line }));
  }

  ofCommand(command: Command): Line[] {
    switch (command.kind) {
      case 'configure': {
        const { asset, policy, liquidation } = command.config;
        return [{ kind: 'venue', asset, policy, liquidation }];
      }
      case 'open-market':
        return [{ kind: 'market', market: command.market, rules: command.rules }];
      case 'open-account':
        return [{ kind: 'account', account: command.account, balance: '0' }];
      case 'deposit':
      case 'withdraw':
        if (command.account === 'fund') return [];
        return [
          { kind: command.kind, account: command.account, amount: money(command.amountAtoms) },
        ];
      case 'add-margin': {
        const { kind, account, market } = command;
        return [{ kind, account, market, amount: money(command.amountAtoms) }];
      }
      case 'set-leverage': {
        const { account, market } = command;
        return [{ kind: 'leverage', account, market, leverage: command.leverageHundredths / 100 }];
      }
      case 'set-margin-mode': {
        const { account, market, marginMode } = command;
        return [{ kind: 'margin-mode', account, market, marginMode }];
      }
      case 'clock':
        return [{ kind: 'clock' }];
      case 'marks': {
        const prices = command.prices.map(({ market, priceTicks }) => [
          market,
          this.price(market, priceTicks),
        ]);
        return [{ kind: 'marks', prices: Object.fromEntries(prices) as unknown }];
      }
      default:
        return [];
    }
  }

  ofEvent(event: EngineEvent): Line[] {
    switch (event.kind) {
      case 'traded': {
        const { buyerFeeAtoms, sellerFeeAtoms } = event;
        return [
          this.fill(event, { account: event.buyer, side: 'buy', feeAtoms: buyerFeeAtoms }),
          this.fill(event, { account: event.seller, side: 'sell', feeAtoms: sellerFeeAtoms }),
        ];
      }
      case 'liquidation-filled':
      case 'liquidation-taken-over':
      case 'deleveraged': {
        const { account, counterparty, side, feeAtoms } = event;
        const other = side === 'buy' ? 'sell' : 'buy';
        const adl = event.kind === 'deleveraged' ? { reason: 'adl' } : {};
        const legs = [{ ...this.fill(event, { account, side, feeAtoms }), reason: 'liquidation' }];
        if (counterparty === 'fund') return legs;
        const leg = this.fill(event, { account: counterparty, side: other, feeAtoms: 0 });
        return [...legs, { ...leg, ...adl }];
      }
      case 'inventory-filled': {
        const { counterparty: account, side } = event;
        return [this.fill(event, { account, side: side === 'buy' ? 'sell' : 'buy', feeAtoms: 0 })];
      }
      case 'funding-paid': {
        if (event.account === 'fund') return [];
        const { account, market, amountAtoms } = event;
        return [{ kind: 'funding', account, market, amount: money(amountAtoms) }];
      }
      default:
        return [];
    }
  }

  fill(
    deal: { readonly market: string; readonly sizeLots: number; readonly priceTicks: number },
    side: { readonly account: string; readonly side: string; readonly feeAtoms: number },
  ): Line {
    const { market, sizeLots, priceTicks } = deal;
    const rules = marketView(this.engine, market)?.rules;
    const size = formatDecimal(times(integer(sizeLots), decimal(rules?.lot ?? '1')));
    const [price, fee] = [this.price(market, priceTicks), money(side.feeAtoms)];
    return { kind: 'fill', account: side.account, market, side: side.side, size, price, fee };
  }

  price(market: string, ticks: number): string {
    const tick = decimal(marketView(this.engine, market)?.rules.tick ?? '1');
    return formatDecimal(times(integer(ticks), tick));
  }

  /** What the books say of whoever had to do with a liquidation: fees and deficits too. */
  statements(events: readonly EngineEvent[]): Line[] {
    if (!events.some(({ kind }) => STATED.test(kind))) return [];
    const named = events.flatMap((event) => [
      ...('account' in event ? [event.account] : []),
      ...('counterparty' in event ? [event.counterparty] : []),
    ]);
    const ordinary = accountIds(this.engine).filter((account) => named.includes(account));
    return ordinary.map((account) => {
      const view = accountView(this.engine, account);
      const isolated = (view?.positions ?? []).flatMap(({ market, isolatedMarginAtoms }) =>
        isolatedMarginAtoms === null ? [] : [[market, money(isolatedMarginAtoms)]],
      );
      const margins = Object.fromEntries(isolated) as unknown;
      return {
        kind: 'balance',
        account,
        balance: money(view?.balanceAtoms ?? 0),
        isolated: margins,
      };
    });
  }
}

const STATED = /^liquidation-|^deleveraged$|^deficit-covered$|^loss-socialized$/;

function decisionOf(event: EngineEvent): Line[] {
  switch (event.kind) {
    case 'margin-called':
      return [{ kind: 'called', account: event.account, market: event.market }];
    case 'call-cleared':
      return [{ kind: 'cleared', account: event.account, market: event.market }];
    case 'liquidation-started':
      return [{ kind: 'liquidated', account: event.account, market: event.market }];
    default:
      return [];
  }
}

function money(atoms: number): string {
  return formatFixed(atoms, DECIMALS);
}
