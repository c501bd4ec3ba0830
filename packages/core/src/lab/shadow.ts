/**
 * Our judgement beside a venue's: a stream of what has happened there goes in, and every difference
 * between its calls and liquidations and ours comes out, with figures. Nothing is acted upon.
 */
import {
  accountIds,
  accountView,
  configView,
  Follower,
  marketView,
  toDocument,
  type AccountDocument,
  type Judgement,
  type Look,
  type Refusal as EngineRefusal,
  type Told,
} from '../engine/index.ts';
import {
  decimal,
  formatDecimal,
  formatFixed,
  integer,
  powerOfTen,
  rational,
  times,
} from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import { Pairing, type Decided, type Paired } from './pairing.ts';
import {
  isDecision,
  readShadowLine,
  type DecisionKind,
  type Scales,
  type VenueDecision,
} from './shadow-line.ts';

/** A line that was passed over, and why. `path` is empty where the whole line is meant. */
export interface ShadowProblem {
  readonly line: number;
  readonly path: string;
  readonly message: string;
}

/** A decision with the figures behind it, decimals in the asset of the venue. */
export interface ShadowDecision {
  readonly timeMs: number;
  /** The line of the stream by which it was made or told. */
  readonly line: number;
  readonly equity: string;
  readonly maintenanceMargin: string;
  readonly marks: readonly { readonly market: string; readonly price: string }[];
}

export interface ShadowDifference {
  /** `earlier` and `later`: both decided so, and we by more than the tolerance apart. */
  readonly difference: 'ours-only' | 'theirs-only' | 'earlier' | 'later';
  readonly decision: DecisionKind;
  readonly account: string;
  /** The market of an isolated position; null for the cross pool. */
  readonly market: string | null;
  readonly ours: ShadowDecision | null;
  readonly theirs: ShadowDecision | null;
  /** Ours less theirs; below 0 we were earlier. */
  readonly lagMs: number | null;
  /** The account when the first of both decided: `explain` says where its line is. */
  readonly document: AccountDocument | null;
}

export interface ShadowSummary {
  readonly lines: number;
  readonly accounts: number;
  readonly epochs: number;
  readonly matched: number;
  readonly earlier: number;
  readonly later: number;
  readonly oursOnly: number;
  readonly theirsOnly: number;
  /** Over all pairs, ours less theirs; the worst is the furthest from 0. Null without a pair. */
  readonly medianLagMs: number | null;
  readonly worstLagMs: number | null;
  /** Statements of the venue that differed from what facts added up to, and the furthest. */
  readonly corrections: number;
  readonly largestCorrection: string | null;
  readonly problems: number;
}

/** What a line has brought to light. */
export interface ShadowNews {
  readonly differences: readonly ShadowDifference[];
  readonly problem: ShadowProblem | null;
}

interface Held extends Decided {
  readonly look: Look;
  readonly line: number;
  readonly document: AccountDocument | null;
}

interface Scale {
  readonly tick: Rational;
  readonly lot: Rational;
}

/** One run along one stream. */
export class Shadow {
  readonly #follower = new Follower();
  readonly #pairing: Pairing<Held>;
  readonly #toleranceMs: number;
  readonly #markets = new Map<string, Scale>();
  readonly #lags: number[] = [];
  readonly #counts = { lines: 0, epochs: 0, matched: 0, corrections: 0, problems: 0 };
  readonly #differed = { 'ours-only': 0, 'theirs-only': 0, earlier: 0, later: 0 };
  #largestCorrection = 0;
  #newestMs = 0;

  /** Decisions no further apart than `toleranceMs` are the same. */
  constructor({ toleranceMs }: { readonly toleranceMs: number }) {
    this.#toleranceMs = toleranceMs;
    this.#pairing = new Pairing(toleranceMs);
  }

  /** Takes the next line, counted from 1, as parsed JSON. */
  take(line: number, value: unknown): ShadowNews {
    this.#counts.lines += 1;
    const read = readShadowLine(value, this.#scales());
    if ('error' in read) return this.#passOver({ line, ...read.error }, []);
    const { timeMs, told } = read;
    if (timeMs < this.#newestMs) {
      const message = `goes back from ${this.#newestMs}: sort the stream by time`;
      return this.#passOver({ line, path: 'timeMs', message }, []);
    }
    const isLater = timeMs > this.#newestMs;
    this.#newestMs = timeMs;
    const before = isLater || told.kind === 'marks' ? this.#judge() : [];
    const taken = isDecision(told)
      ? this.#hear(told, { line, timeMs })
      : this.#follow(told, { line, timeMs });
    if ('code' in taken) return this.#passOver(problemOf(line, taken), before);
    return { differences: [...before, ...taken], problem: null };
  }

  /** Passes over a line that could not even be read as JSON. */
  skip(problem: ShadowProblem): ShadowNews {
    this.#counts.lines += 1;
    return this.#passOver(problem, []);
  }

  /** The stream is over: what has found no partner is a difference now. */
  finish(): { readonly differences: readonly ShadowDifference[]; readonly summary: ShadowSummary } {
    const differences = [...this.#judge(), ...this.#tell(this.#pairing.rest())];
    return { differences, summary: this.#summary() };
  }

  #passOver(problem: ShadowProblem, differences: readonly ShadowDifference[]): ShadowNews {
    this.#counts.problems += 1;
    return { differences, problem };
  }

  #follow(told: Told, place: Place): readonly ShadowDifference[] | EngineRefusal {
    const drift = told.kind === 'statement' ? this.#driftOf(told) : 0;
    const refusal = this.#follower.take(told, place);
    if (refusal !== null) return refusal;
    if (drift > 0) this.#counts.corrections += 1;
    this.#largestCorrection = Math.max(this.#largestCorrection, drift);
    if (told.kind === 'clock') return this.#judge();
    if (told.kind !== 'marks') return [];
    this.#counts.epochs += 1;
    return this.#judge();
  }

  /** How far a statement is from what the facts have added up to, atoms. */
  #driftOf({ account, balanceAtoms, isolated }: Extract<Told, { kind: 'statement' }>): number {
    const view = accountView(this.#follower.engine, account);
    if (view === null) return 0;
    const margins = isolated.map(({ market, marginAtoms }) => {
      const held = view.positions.find((position) => position.market === market);
      return Math.abs(marginAtoms - (held?.isolatedMarginAtoms ?? 0));
    });
    return Math.max(Math.abs(balanceAtoms - view.balanceAtoms), ...margins);
  }

  #judge(): readonly ShadowDifference[] {
    return this.#follower.judge().flatMap((judgement) => this.#pair('ours', judgement));
  }

  #hear(said: VenueDecision, { line, timeMs }: Place): readonly ShadowDifference[] | EngineRefusal {
    const look = this.#follower.look(said.account, said.market);
    if ('code' in look) return look;
    return this.#pair('theirs', { ...look, kind: said.kind, timeMs }, line);
  }

  #pair(
    party: 'ours' | 'theirs',
    judgement: Judgement,
    line = this.#follower.engine.sequence,
  ): readonly ShadowDifference[] {
    const { kind, account, market, timeMs, isFlat } = judgement;
    const unit = `${account} ${market ?? ''}`;
    const document = toDocument(this.#follower.engine, account);
    const held = { kind, unit, timeMs, isFlat, look: judgement, line, document };
    return this.#tell(this.#pairing.take(party, held));
  }

  #tell(pairs: readonly Paired<Held>[]): readonly ShadowDifference[] {
    return pairs.flatMap((pair) => {
      if (pair.lagMs !== null) this.#lags.push(pair.lagMs);
      const difference = nameOf(pair, this.#toleranceMs);
      if (difference === null) this.#counts.matched += 1;
      else this.#differed[difference] += 1;
      return difference === null ? [] : [this.#difference(difference, pair)];
    });
  }

  #difference(
    difference: ShadowDifference['difference'],
    { ours, theirs, lagMs }: Paired<Held>,
  ): ShadowDifference {
    const first = firstOf(ours, theirs);
    return {
      difference,
      decision: first.kind as DecisionKind,
      account: first.look.account,
      market: first.look.market,
      ours: ours === null ? null : this.#shown(ours),
      theirs: theirs === null ? null : this.#shown(theirs),
      lagMs,
      document: first.document,
    };
  }

  #shown({ look, line, timeMs }: Held): ShadowDecision {
    const marks = look.marks.map(({ market, priceTicks }) => {
      const tick = this.#scaleOf(market)?.tick ?? integer(1);
      return { market, price: formatDecimal(times(integer(priceTicks), tick)) };
    });
    const equity = this.#money(look.equityAtoms);
    const maintenanceMargin = this.#money(look.maintenanceAtoms);
    return { timeMs, line, equity, maintenanceMargin, marks };
  }

  #money(atoms: number): string {
    return formatFixed(atoms, configView(this.#follower.engine)?.asset.decimals ?? 0);
  }

  #scales(): Scales {
    const decimals = configView(this.#follower.engine)?.asset.decimals;
    const atom = decimals === undefined ? null : rational(1n, powerOfTen(decimals));
    return { atom, market: (id) => this.#scaleOf(id) };
  }

  /** Tick and lot of a market, which never change. */
  #scaleOf(id: string): Scale | null {
    const known = this.#markets.get(id);
    if (known !== undefined) return known;
    const rules = marketView(this.#follower.engine, id)?.rules;
    if (rules === undefined) return null;
    const scale = { tick: decimal(rules.tick), lot: decimal(rules.lot) };
    this.#markets.set(id, scale);
    return scale;
  }

  #summary(): ShadowSummary {
    const { engine } = this.#follower;
    const { lines, epochs, matched, corrections, problems } = this.#counts;
    const lags = [...this.#lags].sort((a, b) => a - b);
    return {
      lines,
      accounts: accountIds(engine).length,
      epochs,
      matched,
      earlier: this.#differed.earlier,
      later: this.#differed.later,
      oursOnly: this.#differed['ours-only'],
      theirsOnly: this.#differed['theirs-only'],
      medianLagMs: lags[Math.floor((lags.length - 1) / 2)] ?? null,
      worstLagMs: worstOf(lags),
      corrections,
      largestCorrection: corrections === 0 ? null : this.#money(this.#largestCorrection),
      problems,
    };
  }
}

interface Place {
  readonly line: number;
  readonly timeMs: number;
}

function problemOf(line: number, { message, figures }: EngineRefusal): ShadowProblem {
  return { line, path: String(figures['path'] ?? ''), message };
}

/** Null where both agree. */
function nameOf(
  { ours, theirs, lagMs }: Paired<Held>,
  toleranceMs: number,
): ShadowDifference['difference'] | null {
  if (theirs === null) return 'ours-only';
  if (ours === null) return 'theirs-only';
  if (lagMs === null || Math.abs(lagMs) <= toleranceMs) return null;
  return lagMs < 0 ? 'earlier' : 'later';
}

function firstOf(ours: Held | null, theirs: Held | null): Held {
  if (ours === null || theirs === null) {
    const only = ours ?? theirs;
    if (only === null) throw new Error('a pair without a decision');
    return only;
  }
  return ours.timeMs <= theirs.timeMs ? ours : theirs;
}

/** The furthest from 0 of lags in their order. */
function worstOf(lags: readonly number[]): number | null {
  const [least, most] = [lags[0], lags.at(-1)];
  if (least === undefined || most === undefined) return null;
  return -least > most ? least : most;
}
