/**
 * The shape of every command as a table: which fields it has and what they may hold.
 * `decodeCommand`
 * reads untrusted values by it, the reducer asks it again, and so nothing malformed comes further.
 */
import type { Command, CommandKind } from './command.ts';
import { isLiquidationPolicy, isLiquidationRules } from './liquidation-shape.ts';
import { refuse, type Refusal } from './refusal.ts';
import {
  hasFields,
  isDecimalOrNull,
  isDecimalText,
  isRecord,
  isWhole,
  type Check,
} from './shape-checks.ts';

type FieldType =
  | 'id'
  | 'id?'
  | 'id-or-none'
  | 'positive'
  | 'natural'
  | 'whole'
  | 'time'
  | 'time?'
  | 'time-or-none'
  | 'boolean'
  | 'side'
  | 'mode'
  | 'applies'
  | 'chosen'
  | 'delisting'
  | 'rules'
  | 'config'
  | 'prices';

type Shape = Readonly<Record<string, FieldType>>;

const ENVELOPE: Shape = { client: 'id', id: 'id', timeMs: 'time' };

const SHAPES: Readonly<Record<CommandKind, Shape>> = {
  configure: { config: 'config' },
  'open-market': { market: 'id', rules: 'rules' },
  'update-market': { market: 'id', rules: 'rules', appliesTo: 'applies', effectiveMs: 'time?' },
  'halt-market': { market: 'id' },
  'resume-market': {
    market: 'id',
    confirmations: 'positive',
    toleranceE9: 'natural',
    reduceOnlyMs: 'natural',
    liquidationsMs: 'natural',
  },
  'set-market-mode': { market: 'id', mode: 'chosen' },
  'delist-market': { market: 'id', priceTicks: 'positive', reason: 'delisting' },
  'open-account': { account: 'id', owner: 'id-or-none' },
  'set-owner': { account: 'id', owner: 'id?' },
  deposit: { account: 'id', amountAtoms: 'positive' },
  withdraw: { account: 'id', amountAtoms: 'positive' },
  'set-leverage': { account: 'id', market: 'id', leverageHundredths: 'positive' },
  'set-margin-mode': { account: 'id', market: 'id', marginMode: 'mode' },
  'add-margin': { account: 'id', market: 'id', amountAtoms: 'positive' },
  'remove-margin': { account: 'id', market: 'id', amountAtoms: 'positive' },
  'place-order': {
    account: 'id',
    order: 'id',
    market: 'id',
    side: 'side',
    sizeLots: 'positive',
    priceTicks: 'positive',
    reduceOnly: 'boolean',
  },
  'cancel-order': { account: 'id', order: 'id' },
  trade: {
    market: 'id',
    buyer: 'id',
    seller: 'id',
    sizeLots: 'positive',
    priceTicks: 'positive',
    taker: 'side',
    buyOrder: 'id?',
    sellOrder: 'id?',
  },
  marks: {
    source: 'id',
    sourceSequence: 'positive',
    sourceTimeMs: 'time-or-none',
    prices: 'prices',
  },
  'settle-funding': { market: 'id', rateE9: 'whole', intervalEndMs: 'time' },
  'fill-liquidation': {
    liquidation: 'natural',
    sizeLots: 'positive',
    priceTicks: 'positive',
    counterparty: 'id',
  },
  'fill-inventory': {
    market: 'id',
    sizeLots: 'positive',
    priceTicks: 'positive',
    counterparty: 'id',
  },
  clock: {},
};

/** Names of accounts, markets, clients, orders and ids: 1 to 64 of A–Z a–z 0–9 . _ : - */
const NAME_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-';
const IN_NAME: Uint8Array = new Uint8Array(128);
for (const character of NAME_CHARACTERS) IN_NAME[character.charCodeAt(0)] = 1;
const LONGEST_NAME = 64;
/** The year 9999, and sizes and prices that leave room for their products. */
const LATEST_MS = 253_402_300_799_999;
const MOST = 2 ** 50;
const MOST_RATE_E9 = 1_000_000_000;
const MOST_PRICES = 1000;

const REMEDY: Readonly<Record<FieldType, string>> = {
  id: '1 to 64 of the characters A-Z a-z 0-9 . _ : -',
  'id?': 'a name, or null',
  'id-or-none': 'a name, or left out',
  positive: 'a whole number from 1 to 2^50',
  natural: 'a whole number from 0 to 2^50',
  whole: 'a whole number from -10^9 to 10^9',
  time: 'whole milliseconds since 1970',
  'time?': 'whole milliseconds since 1970, or null',
  'time-or-none': 'whole milliseconds since 1970, or left out',
  boolean: 'true or false',
  side: '"buy" or "sell"',
  mode: '"cross" or "isolated"',
  applies: '"open" or "new"',
  chosen: '"open", "reduce-only" or "liquidation-only"',
  delisting: '"expiry" or "delisting"',
  rules: "a market's rules",
  config: 'an engine configuration',
  prices: 'a list of 1 to 1000 { market, priceTicks }',
};

/** Reads an untrusted value as a command, or says which field is wrong and what it should be. */
export function decodeCommand(value: unknown): Command | Refusal {
  return malformed(value) ?? (value as Command);
}

/** The first thing that is missing, wrong or unknown about what should be a command. */
export function malformed(value: unknown): Refusal | null {
  if (!isRecord(value)) return refuse('malformed', 'a command is an object');
  const kind = value['kind'];
  const fields = typeof kind === 'string' ? FIELDS.get(kind) : undefined;
  if (fields === undefined) {
    const kinds = [...FIELDS.keys()].join(', ');
    return refuse('malformed', `kind must be one of ${kinds}`, { path: 'kind' });
  }
  for (const { name, type, holds } of fields) {
    if (holds(value[name])) continue;
    return refuse('malformed', `${name} must be ${REMEDY[type]}`, { path: name });
  }
  return Object.keys(value).length === fields.length + 1 ? null : refuseUnknown(value, fields);
}

function refuseUnknown(value: Record<string, unknown>, fields: readonly Field[]): Refusal | null {
  const known = new Set(['kind', ...fields.map(({ name }) => name)]);
  const path = Object.keys(value).find((name) => !known.has(name));
  if (path === undefined) return null;
  const message = `"${path.slice(0, 64)}" is not a field of ${String(value['kind'])}: leave it out`;
  return refuse('malformed', message, { path });
}

function isName(value: unknown): boolean {
  if (typeof value !== 'string' || value.length === 0 || value.length > LONGEST_NAME) return false;
  for (let i = 0; i < value.length; i += 1) {
    if (IN_NAME[value.charCodeAt(i)] !== 1) return false;
  }
  return true;
}

const CHECKS: Readonly<Record<FieldType, (value: unknown) => boolean>> = {
  id: isName,
  'id?': (value) => value === null || isName(value),
  'id-or-none': (value) => value === undefined || isName(value),
  positive: (value) => isWhole(value, 1, MOST),
  natural: (value) => isWhole(value, 0, MOST),
  whole: (value) => isWhole(value, -MOST_RATE_E9, MOST_RATE_E9),
  time: (value) => isWhole(value, 0, LATEST_MS),
  'time?': (value) => value === null || isWhole(value, 0, LATEST_MS),
  'time-or-none': (value) => value === undefined || isWhole(value, 0, LATEST_MS),
  boolean: (value) => typeof value === 'boolean',
  side: (value) => value === 'buy' || value === 'sell',
  mode: (value) => value === 'cross' || value === 'isolated',
  applies: (value) => value === 'open' || value === 'new',
  chosen: (value) => value === 'open' || value === 'reduce-only' || value === 'liquidation-only',
  delisting: (value) => value === 'expiry' || value === 'delisting',
  rules: isRules,
  config: isConfig,
  prices: isPrices,
};

interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly holds: Check;
}

/** Every field of each kind of command, in the order in which they are checked. */
const FIELDS: ReadonlyMap<string, readonly Field[]> = new Map(
  Object.entries(SHAPES).map(([kind, shape]) => {
    const fields = Object.entries({ ...ENVELOPE, ...shape });
    return [kind, fields.map(([name, type]) => ({ name, type, holds: CHECKS[type] }))];
  }),
);

const BODY_FIELDS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(SHAPES).map(([kind, shape]) => [kind, Object.keys(shape)]),
);

/** The fields that say what a command does: all but its kind and its envelope. */
export function bodyFields(kind: CommandKind): readonly string[] {
  return BODY_FIELDS.get(kind) ?? [];
}

function isPrices(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_PRICES) return false;
  return value.every((price: unknown) => {
    if (!isRecord(price) || Object.keys(price).length !== 2) return false;
    return isName(price['market']) && isWhole(price['priceTicks'], 1, MOST);
  });
}

function isConfig(value: unknown): boolean {
  return hasFields(value, {
    asset: (asset) => hasFields(asset, { symbol: isName, decimals: (d) => isWhole(d, 0, 18) }),
    policy: isPolicy,
    liquidation: isLiquidationPolicy,
    rememberedIds: (count) => isWhole(count, 1, 100_000),
  });
}

const isCall: Check = (value) =>
  hasFields(value, {
    restoreTo: (to) => to === 'initial' || to === 'maintenance',
    deadlineHours: isDecimalText,
    liquidateBelow: isDecimalOrNull,
  });

function isPolicy(value: unknown): boolean {
  return hasFields(value, {
    marginCallAt: isDecimalOrNull,
    marginCallClearAt: isDecimalOrNull,
    call: (call) => call === null || isCall(call),
  });
}

function isAge(value: unknown): boolean {
  return value === null || isWhole(value, 0, LATEST_MS);
}

const GUARDS = ['caps', 'initialByOpenInterest', 'leverageByVolatility', 'orderBand', 'breaker'];

/** What a guard holds is said where it is compiled, in the refusal of the rules. */
function isGuard(value: unknown): boolean {
  return value === null || isRecord(value);
}

function isRules(value: unknown): boolean {
  return hasFields(
    value,
    {
      contract: (contract) => contract === 'linear' || contract === 'inverse',
      multiplier: isDecimalText,
      face: isDecimalText,
      tick: isDecimalText,
      lot: isDecimalText,
      maintenance: isMaintenance,
      initial: (initial) => initial === null || hasFields(initial, { schedule: isRecord }),
      maxLeverage: isDecimalText,
      makerFee: isDecimalText,
      takerFee: isDecimalText,
      liquidationFee: isDecimalText,
      liquidation: isLiquidationRules,
      trigger: (trigger) => trigger === 'below' || trigger === 'at-or-below',
      priceBand: isDecimalText,
      profitWithdrawable: (may) => typeof may === 'boolean',
      staleAfterMs: isAge,
      invalidAfterMs: isAge,
      prices: isPriceRules,
      caps: isGuard,
      initialByOpenInterest: isGuard,
      leverageByVolatility: isGuard,
      orderBand: isDecimalOrNull,
      breaker: isGuard,
    },
    ['multiplier', 'face', 'liquidation', 'prices', ...GUARDS],
  );
}

const MOST_SOURCES = 16;
const MOST_CONFIRMATIONS = 1000;

function isSources(value: unknown): boolean {
  return (
    Array.isArray(value) && value.length > 0 && value.length <= MOST_SOURCES && value.every(isName)
  );
}

const isJump: Check = (value) =>
  hasFields(value, {
    threshold: isDecimalText,
    confirmations: (count) => isWhole(count, 1, MOST_CONFIRMATIONS),
  });

function isPriceRules(value: unknown): boolean {
  return hasFields(value, {
    sources: isSources,
    minimumAgreeing: (count) => isWhole(count, 1, MOST_SOURCES),
    maxDeviation: isDecimalText,
    silentAfterMs: (ms) => isWhole(ms, 1, LATEST_MS),
    jump: (jump) => jump === null || isJump(jump),
  });
}

function isMaintenance(value: unknown): boolean {
  return hasFields(value, {
    basis: (basis) => basis === 'mark' || basis === 'entry',
    schedule: isRecord,
    closingFeeRate: isDecimalText,
    closingFeeAt: (at) => at === 'mark' || at === 'leverage',
  });
}
