/**
 * A small engine to rehearse on: markets and accounts in whole units (one tick, one lot, one atom
 * are 1), a sender that numbers its commands and keeps them all. For tests and benchmarks.
 */
import type { Command, CommandKind, CommandOf, Envelope } from '../command.ts';
import type { EngineConfig, MarketRules, PriceRules } from '../config.ts';
import type { EngineEvent, EventKind } from '../event.ts';
import { apply, type Applied } from '../reducer.ts';
import type { RefusalCode } from '../refusal.ts';
import { createEngine, type Engine } from '../state.ts';

/** A command without its envelope. */
export type Draft = { [K in CommandKind]: Omit<CommandOf<K>, keyof Envelope> }[CommandKind];

/** 10 % maintenance, no fees, a mark never grows old: each test says what it changes. */
export function plainRules(changes: Partial<MarketRules> = {}): MarketRules {
  const inverse = changes.contract === 'inverse';
  return {
    contract: 'linear',
    ...(inverse ? { face: '1' } : { multiplier: '1' }),
    tick: '1',
    lot: '1',
    maintenance: maintenance('0.1'),
    initial: null,
    maxLeverage: '100',
    makerFee: '0',
    takerFee: '0',
    liquidationFee: '0',
    trigger: 'below',
    priceBand: '1',
    profitWithdrawable: false,
    staleAfterMs: null,
    invalidAfterMs: null,
    ...changes,
  };
}

/** Two of a, b and c within 5 %, silent after 30 s; beyond 10 % three confirmations. */
export function plainPrices(changes: Partial<PriceRules> = {}): PriceRules {
  return {
    sources: ['a', 'b', 'c'],
    minimumAgreeing: 2,
    maxDeviation: '0.05',
    silentAfterMs: 30_000,
    jump: { threshold: '0.1', confirmations: 3 },
    ...changes,
  };
}

/** A flat rate at the mark. */
export function maintenance(rate: string): MarketRules['maintenance'] {
  return {
    basis: 'mark',
    schedule: { kind: 'flat', rate },
    closingFeeRate: '0',
    closingFeeAt: 'mark',
  };
}

/** Called at 80 %, liquidated with a timeout of 10 seconds, remainder to the account. */
export function plainConfig(changes: Partial<EngineConfig> = {}): EngineConfig {
  return {
    asset: { symbol: 'USD', decimals: 0 },
    policy: { marginCallAt: '0.8', marginCallClearAt: null, call: null },
    liquidation: {
      timeoutMs: 10_000,
      remainderTo: 'account',
      depositCures: true,
      fundLeverage: '10',
    },
    rememberedIds: 1000,
    ...changes,
  };
}

/** An engine with its only client, whose clock stands still unless it is told the time. */
export class Scene {
  readonly engine: Engine = createEngine();
  readonly log: Command[] = [];
  timeMs = 1_000;
  #sourceSequence = 0;

  constructor(config: EngineConfig = plainConfig()) {
    this.send({ kind: 'configure', config });
  }

  /** Sends a draft as a fresh command. */
  send(draft: Draft): Applied {
    const envelope = { client: 'scene', id: String(this.log.length), timeMs: this.timeMs };
    const command = { ...draft, ...envelope } as Command;
    this.log.push(command);
    return apply(this.engine, command);
  }

  /** The code with which a draft is refused, or `accepted`. */
  verdict(draft: Draft): RefusalCode | 'accepted' {
    const { answer } = this.send(draft);
    return answer.status === 'accepted' ? 'accepted' : answer.refusal.code;
  }

  /** Sends a draft that must be accepted, and gives its events. */
  accept(draft: Draft): readonly EngineEvent[] {
    const { answer, events } = this.send(draft);
    if (answer.status === 'refused') {
      throw new Error(`${draft.kind}: ${answer.refusal.code}: ${answer.refusal.message}`);
    }
    return events;
  }

  open(market: string, rules: MarketRules, markTicks: number): void {
    this.accept({ kind: 'open-market', market, rules });
    this.mark({ [market]: markTicks });
  }

  fund(accounts: Readonly<Record<string, number>>): void {
    for (const [account, amountAtoms] of Object.entries(accounts)) {
      if (account !== 'fund') this.accept({ kind: 'open-account', account });
      if (amountAtoms > 0) this.accept({ kind: 'deposit', account, amountAtoms });
    }
  }

  /** Makes a balance what it would be had the account deposited just so much. */
  leave(account: string, atoms: number): void {
    const { balance, rows } = this.engine.accounts;
    const row = rows.get(account) ?? 0;
    this.engine.deposited += BigInt(atoms - (balance[row] ?? 0));
    balance[row] = atoms;
  }

  mark(ticks: Readonly<Record<string, number>>): readonly EngineEvent[] {
    return this.quote('index', ticks);
  }

  /** One source's prices, with the event time that it gives them. */
  quote(
    source: string,
    ticks: Readonly<Record<string, number>>,
    sourceTimeMs?: number,
  ): readonly EngineEvent[] {
    this.#sourceSequence += 1;
    const prices = Object.entries(ticks).map(([market, priceTicks]) => ({ market, priceTicks }));
    const sequence = { source, sourceSequence: this.#sourceSequence };
    const at = sourceTimeMs === undefined ? {} : { sourceTimeMs };
    return this.accept({ kind: 'marks', ...sequence, ...at, prices });
  }

  /** Leverage, and isolated margin if asked for. */
  choose(account: string, market: string, leverage: number, isolated = false): void {
    const marginMode = isolated ? 'isolated' : 'cross';
    this.accept({ kind: 'set-margin-mode', account, market, marginMode });
    const leverageHundredths = leverage * 100;
    this.accept({ kind: 'set-leverage', account, market, leverageHundredths });
  }

  /** Advances the clock and says so to the engine. */
  wait(ms: number): readonly EngineEvent[] {
    this.timeMs += ms;
    return this.accept({ kind: 'clock' });
  }
}

/** A trade without orders; the buyer takes. */
export function tradeOf(
  market: string,
  [buyer, seller]: readonly [buyer: string, seller: string],
  [sizeLots, priceTicks]: readonly [sizeLots: number, priceTicks: number],
): Omit<CommandOf<'trade'>, keyof Envelope> {
  return {
    kind: 'trade',
    market,
    buyer,
    seller,
    sizeLots,
    priceTicks,
    taker: 'buy',
    buyOrder: null,
    sellOrder: null,
  };
}

/** The kinds of events, in order. */
export function kinds(events: readonly EngineEvent[]): EventKind[] {
  return events.map((event) => event.kind);
}

/** An event of a kind, also where one shape serves several kinds. */
type EventOf<K extends EventKind, E = EngineEvent> = E extends { readonly kind: infer Kinds }
  ? K extends Kinds
    ? E
    : never
  : never;

/** The events of a kind, in order. */
export function eventsOf<K extends EventKind>(
  events: readonly EngineEvent[],
  kind: K,
): EventOf<K>[] {
  return events.filter((event) => event.kind === kind) as unknown as EventOf<K>[];
}

/** The first event of a kind; throws when there is none. */
export function eventOf<K extends EventKind>(events: readonly EngineEvent[], kind: K): EventOf<K> {
  const [found] = eventsOf(events, kind);
  if (found === undefined) throw new Error(`no ${kind} among ${kinds(events).join(', ')}`);
  return found;
}
