/**
 * One line of a stream that a shadow follows, as what it tells: a fact about the venue, or one of
 * its decisions. Amounts, sizes and prices are decimals in the units of the market and its asset.
 */
import type { EngineConfig, HeldPosition, MarkPrice, Told } from '../engine/index.ts';
import type { Refusal } from '../margin/index.ts';
import { decimal, ONE, over, type Rational } from '../units/index.ts';
import { answered, BadLine, Fields, type Step } from './line-fields.ts';
import { rulesOf } from './shadow-rules.ts';

export type DecisionKind = 'called' | 'cleared' | 'liquidated';

/** What a venue has decided of a pool, or of an isolated position in a market. */
export interface VenueDecision {
  readonly kind: DecisionKind;
  readonly account: string;
  readonly market: string | null;
}

export interface ShadowLine {
  readonly timeMs: number;
  readonly told: Told | VenueDecision;
}

/** The steps in which a venue's money, prices and sizes are counted. */
export interface Scales {
  /** Null before the line that says what the asset is. */
  readonly atom: Rational | null;
  /** Null for a market that no line has opened yet. */
  readonly market: (id: string) => { readonly tick: Rational; readonly lot: Rational } | null;
}

/** Whether a line is a decision of the venue. */
export function isDecision(told: ShadowLine['told']): told is VenueDecision {
  return told.kind === 'called' || told.kind === 'cleared' || told.kind === 'liquidated';
}

const LATEST_MS = 253_402_300_799_999;

/** Reads one line, or says which field is wrong and what to write there. */
export function readShadowLine(
  value: unknown,
  scales: Scales,
): ShadowLine | { readonly error: Refusal } {
  return answered(() => {
    const fields = new Fields(value, '');
    const timeMs = fields.any('timeMs');
    if (!isTime(timeMs)) throw new BadLine('timeMs', 'must be whole milliseconds since 1970');
    const kind = fields.text('kind');
    const read = READERS.get(kind);
    if (read === undefined) {
      const kinds = [...READERS.keys()].join(', ');
      throw new BadLine('kind', `must be one of ${kinds}`);
    }
    const told = read(fields, scales);
    fields.end();
    return { timeMs, told };
  });
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= LATEST_MS;
}

type Read = (fields: Fields, scales: Scales) => ShadowLine['told'];

const READERS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['venue', readVenue],
  ['market', readMarket],
  ['account', readAccount],
  ['marks', readMarks],
  ['clock', () => ({ kind: 'clock' })],
  ['fill', readFill],
  ['deposit', (fields, scales) => payment(fields, scales, { sign: 1, deposit: true })],
  ['withdraw', (fields, scales) => payment(fields, scales, { sign: -1, deposit: false })],
  ['funding', (fields, scales) => payment(fields, scales, { sign: -1, deposit: false })],
  ['fee', (fields, scales) => payment(fields, scales, { sign: -1, deposit: false })],
  ['add-margin', (fields, scales) => marginShift(fields, scales, 1)],
  ['remove-margin', (fields, scales) => marginShift(fields, scales, -1)],
  ['leverage', readLeverage],
  ['margin-mode', readMode],
  ['orders', readOrders],
  ['balance', readStatement],
  ['called', (fields) => decision(fields, 'called')],
  ['cleared', (fields) => decision(fields, 'cleared')],
  ['liquidated', (fields) => decision(fields, 'liquidated')],
]);

const LIQUIDATION: EngineConfig['liquidation'] = {
  timeoutMs: 0,
  remainderTo: 'account',
  depositCures: true,
  fundLeverage: '1',
};

function readVenue(fields: Fields): Told {
  const liquidation = fields.any('liquidation') ?? {};
  if (typeof liquidation !== 'object') throw new BadLine('liquidation', 'must be an object');
  const policy = new Fields(fields.any('policy'), 'policy');
  const asset = fields.any('asset');
  const config = {
    asset,
    policy: {
      marginCallAt: policy.any('marginCallAt') ?? null,
      marginCallClearAt: policy.any('marginCallClearAt') ?? null,
      call: policy.any('call') ?? null,
    },
    liquidation: { ...LIQUIDATION, ...liquidation },
    rememberedIds: 1,
  };
  policy.end();
  return { kind: 'configure', config: config as EngineConfig };
}

function readMarket(fields: Fields): Told {
  const appliesTo = fields.word('appliesTo', ['open', 'new'], true);
  return { kind: 'market', market: fields.text('market'), rules: rulesOf(fields), appliesTo };
}

function atoms({ atom }: Scales): Step {
  if (atom === null) throw new BadLine('kind', 'comes too early: a "venue" line is the first');
  return { size: atom, remedy: 'is no whole number of atoms: give the asset more "decimals"' };
}

interface MarketSteps {
  readonly id: string;
  readonly tick: Step;
  readonly lot: Step;
}

function stepsAt(fields: Fields, scales: Scales): MarketSteps {
  const id = fields.text('market');
  return stepsOf(id, scales, fields.pathOf('market'));
}

function stepsOf(id: string, scales: Scales, path: string): MarketSteps {
  const market = scales.market(id);
  if (market === null)
    throw new BadLine(path, `there is no market "${id}": a "market" line opens it`);
  const tick = {
    size: market.tick,
    remedy: `is no multiple of the tick of "${id}": make it finer`,
  };
  const lot = { size: market.lot, remedy: `is no multiple of the lot of "${id}": make it finer` };
  return { id, tick, lot };
}

/** Leverage counts in hundredths. */
const HUNDREDTHS: Step = {
  size: over(ONE, decimal('100')),
  remedy: 'must be a multiple of 0.01',
};

function readAccount(fields: Fields, scales: Scales): Told {
  const positions = fields.any('positions') ?? [];
  if (!Array.isArray(positions)) throw new BadLine('positions', 'must be a list');
  return {
    kind: 'account',
    account: fields.text('account'),
    balanceAtoms: fields.signed('balance', atoms(scales)),
    positions: positions.map((each: unknown, k) =>
      heldPosition(new Fields(each, `positions[${k}]`), scales),
    ),
  };
}

function heldPosition(fields: Fields, scales: Scales): HeldPosition {
  const { id, lot } = stepsAt(fields, scales);
  const side = fields.word('side', ['long', 'short']);
  const mode = fields.word('marginMode', ['cross', 'isolated'], true);
  const entryPrice = fields.decimal('entryPrice');
  if (entryPrice.n <= 0n) throw new BadLine(fields.pathOf('entryPrice'), 'must be above 0');
  const size = fields.positive('size', lot);
  const held = {
    market: id,
    lots: side === 'long' ? size : -size,
    entryPrice,
    leverageHundredths: fields.has('leverage') ? fields.positive('leverage', HUNDREDTHS) : 100,
    isolatedMarginAtoms: mode === 'cross' ? null : fields.signed('isolatedMargin', atoms(scales)),
  };
  fields.end();
  return held;
}

function readMarks(fields: Fields, scales: Scales): Told {
  const given = fields.any('prices');
  const prices = new Fields(given, 'prices');
  const marks = Object.keys(given as object).map((id): MarkPrice => {
    const { tick } = stepsOf(id, scales, `prices.${id}`);
    return { market: id, priceTicks: prices.positive(id, tick) };
  });
  if (marks.length === 0) throw new BadLine('prices', 'must name one market at least');
  return { kind: 'marks', prices: marks };
}

function readFill(fields: Fields, scales: Scales): Told {
  const { id, tick, lot } = stepsAt(fields, scales);
  const reason = fields.word('reason', ['trade', 'liquidation', 'adl'], true);
  return {
    kind: 'fill',
    account: fields.text('account'),
    market: id,
    side: fields.word('side', ['buy', 'sell']),
    sizeLots: fields.positive('size', lot),
    priceTicks: fields.positive('price', tick),
    feeAtoms: fields.has('fee') ? fields.signed('fee', atoms(scales)) : 0,
    forced: reason !== 'trade',
  };
}

function payment(
  fields: Fields,
  scales: Scales,
  { sign, deposit }: { readonly sign: 1 | -1; readonly deposit: boolean },
): Told {
  const account = fields.text('account');
  const market = fields.has('market') ? stepsAt(fields, scales).id : null;
  const amountAtoms = sign * fields.signed('amount', atoms(scales));
  return { kind: 'pay', account, market, amountAtoms, deposit };
}

function marginShift(fields: Fields, scales: Scales, sign: 1 | -1): Told {
  const { id } = stepsAt(fields, scales);
  const amountAtoms = sign * fields.positive('amount', atoms(scales));
  return { kind: 'shift-margin', account: fields.text('account'), market: id, amountAtoms };
}

function readLeverage(fields: Fields, scales: Scales): Told {
  const { id } = stepsAt(fields, scales);
  const leverageHundredths = fields.positive('leverage', HUNDREDTHS);
  return { kind: 'set-leverage', account: fields.text('account'), market: id, leverageHundredths };
}

function readMode(fields: Fields, scales: Scales): Told {
  const { id } = stepsAt(fields, scales);
  const marginMode = fields.word('marginMode', ['cross', 'isolated']);
  return { kind: 'set-margin-mode', account: fields.text('account'), market: id, marginMode };
}

function readOrders(fields: Fields, scales: Scales): Told {
  const initialMarginAtoms = fields.signed('initialMargin', atoms(scales));
  return { kind: 'orders', account: fields.text('account'), initialMarginAtoms };
}

function readStatement(fields: Fields, scales: Scales): Told {
  const given = fields.any('isolated') ?? {};
  const margins = new Fields(given, 'isolated');
  const isolated = Object.keys(given).map((id) => ({
    market: stepsOf(id, scales, `isolated.${id}`).id,
    marginAtoms: margins.signed(id, atoms(scales)),
  }));
  const balanceAtoms = fields.signed('balance', atoms(scales));
  return { kind: 'statement', account: fields.text('account'), balanceAtoms, isolated };
}

function decision(fields: Fields, kind: DecisionKind): VenueDecision {
  const market = fields.any('market') === null ? null : fields.any('market');
  const named = market === undefined || market === null ? null : fields.text('market');
  return { kind, account: fields.text('account'), market: named };
}
