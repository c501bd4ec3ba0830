/**
 * The engine's one door for commands: `apply` takes the next command, answers it and says what has
 * happened. It never throws on bad input; what it throws is a bug, and stops the engine.
 */
import type { Command, CommandKind, CommandOf } from './command.ts';
import { advanceBreakers } from './breaker.ts';
import { coolIdly, findSuspects, heat } from './breach-index.ts';
import { review } from './call.ts';
import type { RememberedAnswer } from './answer-memory.ts';
import { at, configured, type Engine, type Liquidation } from './state.ts';
import { delistMarket } from './delist.ts';
import type { EngineEvent } from './event.ts';
import { fillInventory, keepFundAfloat } from './fund.ts';
import { settleFunding } from './funding.ts';
import { remember, fingerprintOf, recall } from './idempotency.ts';
import { expireLiquidation } from './liquidation-expiry.ts';
import { fillLiquidation } from './liquidation-fill.ts';
import { isPaused } from './liquidation.ts';
import { applyDueRules, configure, openMarket, updateMarket } from './market.ts';
import {
  addMargin,
  deposit,
  openAccount,
  removeMargin,
  setLeverage,
  setMarginMode,
  withdraw,
} from './money.ts';
import { assignOwner } from './ownership.ts';
import { cancel, placeOrder } from './placement.ts';
import { acceptMarks, tellValidities } from './prices.ts';
import { advanceRecoveries, haltMarket, resumeMarket, setMarketMode } from './recovery.ts';
import { refuse, type Refusal } from './refusal.ts';
import { inTurn } from './risk-order.ts';
import { verifyCold } from './verify-cold.ts';
import { malformed } from './shape.ts';
import { trade } from './trade.ts';
import type { Turn } from './turn.ts';
import { marksAllow } from './unit.ts';

export type Answer =
  | { readonly sequence: number; readonly timeMs: number; readonly status: 'accepted' }
  | {
      readonly sequence: number;
      readonly timeMs: number;
      readonly status: 'refused';
      readonly refusal: Refusal;
    };

/**
 * `recorded`: the command took a sequence and belongs into the journal. It is false for a
 * duplicate,
 * which is answered from memory, and for what is malformed or misuses an id: nothing has changed.
 */
export interface Applied {
  readonly answer: Answer;
  readonly events: readonly EngineEvent[];
  readonly recorded: boolean;
}

type Handler<K extends CommandKind> = (turn: Turn, command: CommandOf<K>) => Refusal | null;

const HANDLERS: { readonly [K in CommandKind]: Handler<K> } = {
  configure,
  'open-market': openMarket,
  'update-market': updateMarket,
  'halt-market': haltMarket,
  'resume-market': resumeMarket,
  'set-market-mode': setMarketMode,
  'delist-market': delistMarket,
  'open-account': openAccount,
  'set-owner': assignOwner,
  deposit,
  withdraw,
  'set-leverage': setLeverage,
  'set-margin-mode': setMarginMode,
  'add-margin': addMargin,
  'remove-margin': removeMargin,
  'place-order': placeOrder,
  'cancel-order': cancel,
  trade,
  marks: acceptMarks,
  'settle-funding': settleFunding,
  'fill-liquidation': fillLiquidation,
  'fill-inventory': fillInventory,
  clock: letTimePass,
};

/**
 * Applies one command. A fresh one gets the next sequence, accepted or refused, and both are to be
 * recorded; a known id gets the answer that it got before. A refused command changes no account,
 * market or fund: only the sequence, the time and the memory of ids.
 */
export function apply(engine: Engine, command: Command): Applied {
  const broken = malformed(command);
  if (broken !== null) return unrecorded(engine, broken);
  const fingerprint = fingerprintOf(command);
  const known = recall(engine, command, fingerprint);
  if (known !== null) return 'code' in known ? unrecorded(engine, known) : remembered(known);
  engine.sequence += 1;
  engine.timeMs = Math.max(engine.timeMs, command.timeMs);
  const events: EngineEvent[] = [];
  const refusal = dispatch(makeTurn(engine, command.kind, events), command);
  const answer = { fingerprint, sequence: engine.sequence, timeMs: engine.timeMs, refusal };
  remember(engine, command, answer);
  return { answer: answerOf(answer), events, recorded: true };
}

/** Answered without a sequence of its own: nothing has happened, and nothing is remembered. */
function unrecorded(engine: Engine, refusal: Refusal): Applied {
  const { sequence, timeMs } = engine;
  return { answer: { sequence, timeMs, status: 'refused', refusal }, events: [], recorded: false };
}

function remembered(known: RememberedAnswer): Applied {
  return { answer: answerOf(known), events: [], recorded: false };
}

function answerOf(answer: RememberedAnswer): Answer {
  const { sequence, timeMs, refusal } = answer;
  if (refusal === null) return { sequence, timeMs, status: 'accepted' };
  return { sequence, timeMs, status: 'refused', refusal };
}

function makeTurn(engine: Engine, cause: CommandKind, events: EngineEvent[]): Turn {
  const { sequence, timeMs } = engine;
  return {
    engine,
    cause,
    emit: (body) => {
      events.push({ sequence, index: events.length, timeMs, ...body });
    },
    touched: new Set(),
    queues: null,
  };
}

function dispatch(turn: Turn, command: Command): Refusal | null {
  if (turn.engine.config === null && command.kind !== 'configure') {
    return refuse('not-configured', 'configure the engine first');
  }
  const handle = HANDLERS[command.kind] as Handler<CommandKind>;
  const refusal = handle(turn, command);
  if (refusal === null) settle(turn);
  return refusal;
}

/** Dated rules, deadlines and expiries come due at the time that the sequencer has stamped. */
function letTimePass(turn: Turn): null {
  verifyCold(turn.engine);
  coolIdly(turn.engine);
  applyDueRules(turn);
  tellValidities(turn);
  advanceRecoveries(turn);
  advanceBreakers(turn);
  if (configured(turn.engine).policy.deadlineMs >= 0) findSuspects(turn.engine, turn.touched);
  return null;
}

/**
 * Brings everything that the command has touched to rest: standings, expired liquidation orders,
 * the fund. Each pass closes positions for good, so their number bounds the passes.
 */
function settle(turn: Turn): void {
  const { engine } = turn;
  if (turn.cause === 'marks') {
    applyDueRules(turn);
    advanceRecoveries(turn);
    advanceBreakers(turn);
  }
  do {
    reviewTouched(turn);
    if (passesTime(turn)) expireDue(turn);
    if (turn.touched.size === 0) keepFundAfloat(turn);
  } while (turn.touched.size > 0 && engine.config !== null);
}

function passesTime(turn: Turn): boolean {
  return turn.cause === 'marks' || turn.cause === 'clock';
}

function reviewTouched(turn: Turn): void {
  while (turn.touched.size > 0) {
    const sorted = [...turn.touched].sort((a, b) => a - b);
    const rows = passesTime(turn) ? inTurn(turn.engine, sorted) : sorted;
    turn.touched.clear();
    for (const row of rows) {
      review(turn, row);
      heat(turn.engine, row);
    }
  }
}

function expireDue(turn: Turn): void {
  const { engine } = turn;
  for (const open of dueLiquidations(engine)) {
    // Deleveraging another one may have closed this position already: then its review goes on.
    if (isPaused(open) || at(engine.positions.lots, open.position) !== 0)
      expireLiquidation(turn, open);
  }
}

function dueLiquidations(engine: Engine): Liquidation[] {
  const due: Liquidation[] = [];
  for (const open of engine.liquidations.values()) {
    if (open.expiresMs <= engine.timeMs && marksAllow(engine, open, 'deleverage')) due.push(open);
  }
  return due;
}
