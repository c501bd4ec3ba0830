/**
 * Opening markets, and changing their rules now, later, for open positions or only for new ones.
 */
import type { CommandOf } from './command.ts';
import { compileContract, compilePolicy, compileRules, type Contract } from './compile.ts';
import type { MarketRules } from './config.ts';
import { isRefusal, knownMarket } from './admission.ts';
import { refuseDelisted } from './mode.ts';
import { reserveAnew } from './order.ts';
import { keepListed, NO_FEED } from './price-feed.ts';
import { refuse, type Refusal } from './refusal.ts';
import {
  at,
  configured,
  marketAt,
  rulesAt,
  type Engine,
  type Market,
  type PendingRules,
} from './state.ts';
import type { Turn } from './turn.ts';
import { compare, parseDecimal } from '../units/index.ts';

export function configure(turn: Turn, command: CommandOf<'configure'>): Refusal | null {
  const { engine } = turn;
  if (engine.config !== null)
    return refuse('already-configured', 'the engine is configured already');
  const policy = compilePolicy(command.config);
  if (typeof policy === 'string') return refuse('bad-rules', policy);
  engine.config = command.config;
  engine.policy = policy;
  turn.emit({ kind: 'configured', config: command.config });
  return null;
}

const MOST_MARKETS = 1000;

export function openMarket(turn: Turn, command: CommandOf<'open-market'>): Refusal | null {
  const { engine } = turn;
  const { market: id, rules } = command;
  if (engine.marketRows.has(id))
    return refuse('market-exists', `there is a market "${id}" already`, { market: id });
  if (engine.markets.length >= MOST_MARKETS)
    return refuse('too-large', 'too many markets', { most: MOST_MARKETS });
  const { decimals } = configured(engine).config.asset;
  const contract = compileContract(rules, decimals);
  if (typeof contract === 'string') return refuse('bad-rules', contract, { market: id });
  const index = addRules(engine, id, rules, contract);
  if (isRefusal(index)) return index;
  engine.marketRows.set(id, engine.markets.length);
  engine.markets.push(newMarket(id, contract, index));
  turn.emit({ kind: 'market-opened', market: id, rules });
  return null;
}

function newMarket(id: string, contract: Contract, rules: number): Market {
  return {
    id,
    contract,
    rules,
    pending: [],
    markTicks: 0,
    markMs: 0,
    validity: 'unmarked',
    feed: NO_FEED,
    largestLots: 0,
    fundingIndex: 0n,
    fundingRateE9: 0,
    fundedUntilMs: 0,
    mode: 'open',
    recovery: null,
    longLots: 0,
    range: null,
    breaker: null,
  };
}

function addRules(
  engine: Engine,
  market: string,
  rules: MarketRules,
  contract: Contract,
): number | Refusal {
  const compiled = compileRules(rules, contract, configured(engine).config.asset.decimals);
  if (typeof compiled === 'string') return refuse('bad-rules', compiled, { market });
  engine.rules.push(compiled);
  return engine.rules.length - 1;
}

export function updateMarket(turn: Turn, command: CommandOf<'update-market'>): Refusal | null {
  const { engine } = turn;
  const row = knownMarket(engine, command.market);
  if (isRefusal(row)) return row;
  const market = marketAt(engine, row);
  const refusal =
    refuseDelisted(market) ??
    refuseOtherContract(market, rulesAt(engine, market.rules).source, command.rules);
  if (refusal !== null) return refusal;
  const index = addRules(engine, command.market, command.rules, market.contract);
  if (isRefusal(index)) return index;
  const effectiveMs = Math.max(command.effectiveMs ?? 0, engine.timeMs);
  market.pending.push({ effectiveMs, appliesTo: command.appliesTo, rules: index });
  market.pending.sort((a, b) => a.effectiveMs - b.effectiveMs || a.rules - b.rules);
  const { market: id, rules, appliesTo } = command;
  turn.emit({ kind: 'market-updated', market: id, rules, appliesTo, effectiveMs });
  applyDueRules(turn);
  return null;
}

const FIXED = ['contract', 'multiplier', 'face', 'tick', 'lot'] as const;

/** What never changes about a market must not change with its rules. */
export function refuseOtherContract(
  market: Market,
  before: MarketRules,
  after: MarketRules,
): Refusal | null {
  for (const field of FIXED) {
    if (sameField(before[field], after[field])) continue;
    return refuse('bad-rules', `${field} of "${market.id}" cannot change: open another market`, {
      market: market.id,
      field,
    });
  }
  return null;
}

function sameField(before: string | undefined, after: string | undefined): boolean {
  if (before === after) return true;
  const a = parseDecimal(before ?? '1');
  const b = parseDecimal(after ?? '1');
  return a !== undefined && b !== undefined && compare(a, b) === 0;
}

/** Brings rules into force whose time has come. */
export function applyDueRules(turn: Turn): void {
  const { engine } = turn;
  engine.markets.forEach((market, row) => {
    while (market.pending[0] !== undefined && market.pending[0].effectiveMs <= engine.timeMs) {
      const [due] = market.pending.splice(0, 1);
      if (due !== undefined) bringIntoForce(turn, row, due);
    }
  });
}

function bringIntoForce(turn: Turn, row: number, due: PendingRules): void {
  const { engine } = turn;
  const { positions } = engine;
  const market = marketAt(engine, row);
  market.rules = due.rules;
  market.feed = keepListed(market.feed, rulesAt(engine, due.rules).prices);
  if (due.appliesTo === 'open') {
    for (const account of engine.orders.keys()) reserveAnew(engine, account, row);
  }
  for (let position = 0; position < positions.count; position += 1) {
    if (positions.market[position] !== row) continue;
    if (due.appliesTo === 'open') positions.rules[position] = due.rules;
    // How old a mark may be is the market's, so even a position with old rules may stand otherwise.
    if (positions.lots[position] !== 0) turn.touched.add(at(positions.account, position));
  }
}
