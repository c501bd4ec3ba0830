/**
 * Follows a venue that runs an engine of its own: what has happened there is applied as fact
 * (`facts.ts`), and what this engine would have decided is said, and nothing of it carried out.
 */
import { isRefusal, knownMarket, tradableAccount } from './admission.ts';
import { findSuspects, heat } from './breach-index.ts';
import { advanceBreakers, noteLiquidation } from './breaker.ts';
import type { CommandKind, CommandOf, MarkPrice } from './command.ts';
import type { EngineConfig, MarketRules } from './config.ts';
import type { Decision, DecisionMark } from './event.ts';
import { takeFact, type Fact } from './facts.ts';
import { isOver, verdictOf } from './judgement.ts';
import { enterLiquidation, leaveLiquidation } from './liquidation.ts';
import { applyDueRules, configure, openMarket, updateMarket } from './market.ts';
import { nextPosition } from './next-position.ts';
import { acceptMarks, tellValidities } from './prices.ts';
import { refuse, type Refusal } from './refusal.ts';
import { malformed } from './shape.ts';
import {
  at,
  CALLED,
  createEngine,
  DUST,
  findPosition,
  HEALTHY,
  NONE,
  positionRows,
  type Engine,
} from './state.ts';
import type { Turn } from './turn.ts';
import { decisionMarks, decisionOf, liquidationOf, record, standingOf, type Unit } from './unit.ts';
import type { Standing } from './valuation.ts';

/** What a venue says of itself, and the passing of time; facts about accounts beside it. */
export type Told =
  | Fact
  | { readonly kind: 'configure'; readonly config: EngineConfig }
  | {
      /** Opens a market, or changes its rules from now on. */
      readonly kind: 'market';
      readonly market: string;
      readonly rules: MarketRules;
      readonly appliesTo: 'open' | 'new';
    }
  | { readonly kind: 'marks'; readonly prices: readonly MarkPrice[] }
  | { readonly kind: 'clock' };

/** How a unit stands; `epoch` is the line of the marks in force. */
export interface Look extends Decision {
  readonly timeMs: number;
  readonly marks: readonly DecisionMark[];
  readonly isFlat: boolean;
}

/** `ended`: a liquidation has reached its aim, or there is nothing left to close. */
export interface Judgement extends Look {
  readonly kind: 'called' | 'cleared' | 'liquidated' | 'ended';
}

/** Where in a stream something is told. */
export interface Place {
  readonly line: number;
  readonly timeMs: number;
}

/** An engine that is told everything and does nothing. */
export class Follower {
  readonly engine: Engine = createEngine();
  readonly #touched = new Set<number>();

  /**
   * Takes the next fact, or says why it cannot be so; then nothing has changed. Lines and times
   * must never go back.
   */
  take(told: Told, { line, timeMs }: Place): Refusal | null {
    const { engine } = this;
    if (engine.config === null && told.kind !== 'configure') {
      return refuse('not-configured', 'say the configuration first');
    }
    engine.sequence = line;
    engine.timeMs = timeMs;
    return this.#takeNow(told, { client: 'venue', id: String(line), timeMs });
  }

  #takeNow(told: Told, envelope: Sent): Refusal | null {
    switch (told.kind) {
      case 'configure':
        return this.#obey(configure, { ...told, ...envelope });
      case 'market':
        return this.#takeRules(told, envelope);
      case 'marks':
        return this.#takeMarks(told.prices, envelope);
      case 'clock':
        return this.#letTimePass();
      default:
        return takeFact(this.#turn('clock'), told);
    }
  }

  /** Lets a command's own handler do it, once its shape is known to be good. */
  #obey<K extends CommandKind>(
    handle: (turn: Turn, command: CommandOf<K>) => Refusal | null,
    command: CommandOf<K>,
  ): Refusal | null {
    return malformed(command) ?? handle(this.#turn(command.kind), command);
  }

  #takeRules(
    { market, rules, appliesTo }: Extract<Told, { kind: 'market' }>,
    envelope: Sent,
  ): Refusal | null {
    if ((rules as MarketRules | undefined)?.prices !== undefined) {
      const message = 'leave "prices" out: the marks of the stream are the venue’s own';
      return refuse('bad-rules', message, { market });
    }
    const known = this.engine.marketRows.has(market);
    if (!known) return this.#obey(openMarket, { kind: 'open-market', market, rules, ...envelope });
    const change = { market, rules, appliesTo, effectiveMs: null };
    return this.#obey(updateMarket, { kind: 'update-market', ...change, ...envelope });
  }

  #takeMarks(prices: readonly MarkPrice[], envelope: Sent): Refusal | null {
    const { engine } = this;
    const stamp = { source: 'venue', sourceSequence: engine.sequence };
    const command = { kind: 'marks', prices, ...stamp, ...envelope } as const;
    return this.#obey(acceptMarks, command) ?? this.#catchUp();
  }

  #letTimePass(): null {
    const turn = this.#turn('clock');
    tellValidities(turn);
    findSuspects(this.engine, turn.touched);
    return this.#catchUp();
  }

  #catchUp(): null {
    const turn = this.#turn('clock');
    applyDueRules(turn);
    advanceBreakers(turn);
    return null;
  }

  #turn(cause: CommandKind): Turn {
    const { engine } = this;
    return { engine, cause, emit: () => undefined, touched: this.#touched, queues: null };
  }

  /** What is due by now to whoever has changed since it was last asked. */
  judge(): readonly Judgement[] {
    const rows = [...this.#touched].sort((a, b) => a - b);
    this.#touched.clear();
    const judgements = rows.flatMap((row) => (row > DUST ? this.#judgeAccount(row) : []));
    for (const row of rows) heat(this.engine, row);
    return judgements;
  }

  #judgeAccount(account: number): Judgement[] {
    const { engine } = this;
    const isolated = positionRows(engine, account).filter(
      (row) => at(engine.positions.isolated, row) === 1,
    );
    return [NONE, ...isolated].flatMap((row) => this.#judgeUnit({ account, isolated: row }));
  }

  #judgeUnit(unit: Unit): Judgement[] {
    const { engine } = this;
    const standing = standingOf(engine, unit);
    const said: Judgement[] = [];
    const say = (kind: Judgement['kind']): unknown =>
      said.push({ kind, ...lookAt(engine, unit, standing) });
    const open = engine.liquidations.get(liquidationOf(engine, unit));
    if (open !== undefined) {
      if (standing.value > 0 && !isOver(engine, open, standing)) return [];
      leaveLiquidation(engine, open);
      say('ended');
    }
    const due = verdictOf(engine, unit, standing);
    if (due.clears) {
      record(engine, unit, HEALTHY, 0);
      say('cleared');
    }
    if (due.call !== null) {
      record(engine, unit, CALLED, due.call.deadlineMs);
      say('called');
    }
    if (due.liquidate !== null) {
      const begun = enterLiquidation(engine, unit, standing, due.liquidate);
      begun.position = nextPosition(engine, unit);
      noteLiquidation(this.#turn('clock'), unit);
      say('liquidated');
    }
    return said;
  }

  /** How a pool, or with a market the account's isolated position in it, stands now. */
  look(account: string, market: string | null): Look | Refusal {
    const { engine } = this;
    const row = tradableAccount(engine, account);
    if (isRefusal(row)) return row;
    const place = market === null ? NONE : knownMarket(engine, market);
    if (isRefusal(place)) return place;
    const position = place === NONE ? NONE : findPosition(engine, row, place);
    const isIsolated = position !== NONE && at(engine.positions.isolated, position) === 1;
    if (market !== null && !isIsolated) {
      const message = `"${account}" has no isolated position in "${market}": leave "market" out for its pool`;
      return refuse('not-isolated', message, { account, market });
    }
    const unit = { account: row, isolated: position };
    return lookAt(engine, unit, standingOf(engine, unit));
  }
}

interface Sent {
  readonly client: string;
  readonly id: string;
  readonly timeMs: number;
}

function lookAt(engine: Engine, unit: Unit, standing: Standing): Look {
  const marks = decisionMarks(engine, unit);
  const { timeMs } = engine;
  return { ...decisionOf(engine, unit, standing), timeMs, marks, isFlat: standing.value === 0 };
}
