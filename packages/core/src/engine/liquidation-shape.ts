/** The shape of liquidation rules in commands: which fields they have and what they may hold. */
import { hasFields, isDecimalOrNull, isDecimalText, isWhole, type Check } from './shape-checks.ts';

const HOUR_MS = 3_600_000;
const MOST_LEVELS = 1000;

function isOneOf(...texts: readonly string[]): Check {
  return (value) => typeof value === 'string' && texts.includes(value);
}

function isKind(
  kind: string,
  fields: Readonly<Record<string, Check>> = {},
  optional: readonly string[] = [],
): Check {
  return (value) => hasFields(value, { kind: isOneOf(kind), ...fields }, optional);
}

function isAnyOf(...checks: readonly Check[]): Check {
  return (value) => checks.some((holds) => holds(value));
}

const isSize = isAnyOf(
  isKind('whole'),
  isKind('fraction'),
  isKind('step-down', { levels: (levels) => isWhole(levels, 1, MOST_LEVELS) }),
  isKind('portion', {
    share: isDecimalText,
    above: isDecimalText,
    wholeWithinMs: (ms) => isWhole(ms, 0, HOUR_MS),
  }),
);

const isFundPays = isOneOf('never', 'fund-pays', 'all-pay');

const isRising: Check = (value) =>
  hasFields(value, {
    most: isDecimalText,
    afterMs: (ms) => isWhole(ms, 0, HOUR_MS),
    perSecond: isDecimalText,
  });

const isLimit = isAnyOf(
  isKind('bankruptcy'),
  isKind('mark', { within: isDecimalText, beyondBankruptcy: isFundPays, rising: isRising }, [
    'rising',
  ]),
  isKind('spread', {
    adjustment: isDecimalText,
    spread: isDecimalText,
    beyondBankruptcy: isFundPays,
  }),
);

const isChunk: Check = (value) =>
  value === null ||
  hasFields(
    value,
    {
      maxValue: isDecimalOrNull,
      maxSize: isDecimalText,
      cooldownMs: (ms) => isWhole(ms, 1, HOUR_MS),
    },
    ['maxSize'],
  );

const isFee: Check = (value) =>
  hasFields(value, {
    charged: isOneOf('at-end', 'each-fill'),
    on: isOneOf('fill', 'mark'),
    mostShare: isDecimalText,
    most: isDecimalOrNull,
  });

const isDeleveraging: Check = (value) =>
  hasFields(value, {
    by: isOneOf('queue', 'pro-rata'),
    when: isOneOf('unfilled', 'bankrupt', 'never'),
  });

const RULES: Readonly<Record<string, Check>> = {
  size: isSize,
  buffer: isDecimalText,
  chunk: isChunk,
  limit: isLimit,
  bankruptcy: isOneOf('whole-equity', 'by-maintenance'),
  backstopBelow: isDecimalOrNull,
  takeover: (takes) => typeof takes === 'boolean',
  remainderTo: isOneOf('account', 'fund'),
  fee: isFee,
  adl: isDeleveraging,
};

/** Of a venue or a market: every field may be missing. */
export const isLiquidationRules: Check = (value) => hasFields(value, RULES, Object.keys(RULES));

const POLICY: Readonly<Record<string, Check>> = {
  timeoutMs: (ms) => isWhole(ms, 0, HOUR_MS),
  remainderTo: isOneOf('account', 'fund'),
  depositCures: (cures) => typeof cures === 'boolean',
  fundLeverage: isDecimalText,
  order: isOneOf('largest-maintenance', 'largest-loss', 'most-relief'),
  fundPerEpoch: (limits) =>
    hasFields(limits, { takeoverValue: isDecimalOrNull, loss: isDecimalOrNull }),
  losses: isOneOf('by-available', 'by-size'),
  rules: isLiquidationRules,
};

/** Of the whole engine. */
export const isLiquidationPolicy: Check = (value) =>
  hasFields(value, POLICY, ['order', 'fundPerEpoch', 'losses', 'rules']);
