/**
 * Every change of the API as a row of a table: its address, its body, and the command that it is.
 */
import type { TSchema } from 'typebox';
import type { Deed } from '../access.ts';
import { markPrices, timeOf, wholeNumbers } from '../draft.ts';
import type { Scales } from '../present.ts';
import { ProblemError } from '../problem.ts';
import { BODIES } from '../schema/change.ts';
import { Name, strict } from '../schema/common.ts';
import type { Draft, Sender } from '../sequencer.ts';
import { Type } from 'typebox';

type Fields = Readonly<Record<string, unknown>>;

export interface Change {
  readonly method: 'POST' | 'DELETE';
  readonly url: string;
  readonly summary: string;
  readonly deed: Deed;
  /** Whether it is never turned away, so that the rate of a caller is not limited either. */
  readonly isUrgent?: boolean;
  readonly params?: TSchema;
  readonly body?: TSchema;
  /** The command, from the body and the address together; throws a `ProblemError`. */
  readonly draft: (fields: Fields, scales: Scales, sender: Sender) => Draft | Promise<Draft>;
}

/** Most changes are their fields in whole numbers, with the command's kind and a few constants. */
function plainly(kind: Draft['kind'], more: Fields = {}): Change['draft'] {
  return (fields, scales) => ({ kind, ...more, ...wholeNumbers(fields, scales) }) as Draft;
}

const AccountParams = strict({ account: Name });
const OrderParams = strict({ account: Name, order: Name });
const MarketParams = strict({ market: Name });
const LiquidationParams = strict({ id: Type.Integer({ minimum: 1 }) });

function moveMargin(fields: Fields, scales: Scales): Draft {
  const { amountAtoms, ...rest } = wholeNumbers(fields, scales);
  const amount = Number(amountAtoms);
  if (amount === 0) throw new ProblemError(400, 'amount must not be 0', { path: 'amount' });
  const kind = amount > 0 ? 'add-margin' : 'remove-margin';
  return { kind, ...rest, amountAtoms: Math.abs(amount) } as Draft;
}

function sendMarks({ sourceTime, ...fields }: Fields, scales: Scales): Draft {
  const prices = markPrices(fields['prices'] as Readonly<Record<string, string>>, scales);
  const at =
    typeof sourceTime === 'string' ? { sourceTimeMs: timeOf('sourceTime', sourceTime) } : {};
  return { kind: 'marks', ...fields, ...at, prices } as unknown as Draft;
}

function settleFunding({ intervalEnd, ...fields }: Fields, scales: Scales): Draft {
  const intervalEndMs = timeOf('intervalEnd', String(intervalEnd));
  return { kind: 'settle-funding', ...wholeNumbers(fields, scales), intervalEndMs } as Draft;
}

function updateMarket({ effectiveAt, ...fields }: Fields): Draft {
  const effectiveMs = typeof effectiveAt === 'string' ? timeOf('effectiveAt', effectiveAt) : null;
  return { kind: 'update-market', ...fields, effectiveMs } as Draft;
}

function fillLiquidation({ id, ...fields }: Fields, scales: Scales, market: string): Draft {
  const { market: _market, ...fill } = wholeNumbers({ ...fields, market }, scales);
  return { kind: 'fill-liquidation', liquidation: id, ...fill } as Draft;
}

/**
 * Finds the market that a fill is about: the one it names, or where the liquidation was when the
 * sender first said it, or where it is.
 */
export type MarketOf = (fill: FillPlace, sender: Sender) => Promise<string>;

export interface FillPlace {
  readonly liquidation: number;
  readonly named: string | undefined;
}

export function changes(marketOf: MarketOf): readonly Change[] {
  return [
    ...openingChanges(),
    ...accountChanges(),
    ...venueChanges(),
    ...controlChanges(),
    ...fillChanges(marketOf),
  ];
}

/** Who is who. */
function openingChanges(): Change[] {
  return [
    {
      method: 'POST',
      url: '/v1/accounts',
      summary: 'Opens an account',
      deed: 'operate',
      body: BODIES.account,
      draft: plainly('open-account'),
    },
    {
      method: 'POST',
      params: AccountParams,
      url: '/v1/accounts/:account/owner',
      summary: 'Says who holds an account; null: nobody who holds others',
      deed: 'operate',
      body: BODIES.owner,
      draft: plainly('set-owner'),
    },
  ];
}

function accountChanges(): Change[] {
  const post = { method: 'POST', params: AccountParams } as const;
  return [
    {
      ...post,
      url: '/v1/accounts/:account/deposits',
      summary: 'Money from outside',
      deed: 'operate',
      body: BODIES.amount,
      draft: plainly('deposit'),
    },
    {
      ...post,
      url: '/v1/accounts/:account/withdrawals',
      summary: 'Money out',
      deed: 'trade',
      body: BODIES.amount,
      draft: plainly('withdraw'),
    },
    {
      ...post,
      url: '/v1/accounts/:account/leverage',
      summary: 'Sets the leverage in a market',
      deed: 'trade',
      body: BODIES.leverage,
      draft: plainly('set-leverage'),
    },
    {
      ...post,
      url: '/v1/accounts/:account/margin-mode',
      summary: 'Sets cross or isolated in a market',
      deed: 'trade',
      body: BODIES.marginMode,
      draft: plainly('set-margin-mode'),
    },
    {
      ...post,
      url: '/v1/accounts/:account/margin',
      summary: 'Adds to an isolated margin, or with an amount below zero takes from it',
      deed: 'trade',
      body: BODIES.margin,
      draft: moveMargin,
    },
    {
      ...post,
      url: '/v1/accounts/:account/orders',
      summary: 'Places an order',
      deed: 'trade',
      body: BODIES.order,
      draft: plainly('place-order', { reduceOnly: false }),
    },
    {
      method: 'DELETE',
      url: '/v1/accounts/:account/orders/:order',
      summary: 'Cancels an order',
      deed: 'trade',
      params: OrderParams,
      draft: plainly('cancel-order'),
    },
  ];
}

function venueChanges(): Change[] {
  return [
    {
      method: 'POST',
      url: '/v1/configuration',
      summary: 'Sets asset, policy and liquidation rules, once',
      deed: 'operate',
      body: BODIES.configuration,
      draft: (config) => ({ kind: 'configure', config }) as unknown as Draft,
    },
    {
      method: 'POST',
      url: '/v1/trades',
      summary: 'A match between two accounts',
      deed: 'trade',
      body: BODIES.trade,
      draft: plainly('trade', { buyOrder: null, sellOrder: null }),
    },
    {
      method: 'POST',
      url: '/v1/marks',
      summary: 'An epoch of marks',
      deed: 'publish',
      body: BODIES.marks,
      draft: sendMarks,
    },
    {
      method: 'POST',
      url: '/v1/funding',
      summary: 'Settles the funding of an interval',
      deed: 'publish',
      body: BODIES.funding,
      draft: settleFunding,
    },
    {
      method: 'POST',
      url: '/v1/clock',
      summary: 'Lets time pass',
      deed: 'publish',
      body: BODIES.clock,
      draft: plainly('clock'),
    },
    {
      method: 'POST',
      url: '/v1/markets',
      summary: 'Opens a market',
      deed: 'operate',
      body: BODIES.market,
      draft: (fields) => ({ kind: 'open-market', ...fields }) as Draft,
    },
    {
      method: 'POST',
      url: '/v1/markets/:market/rules',
      summary: 'Changes the rules of a market',
      deed: 'operate',
      params: MarketParams,
      body: BODIES.rules,
      draft: updateMarket,
    },
    {
      method: 'POST',
      url: '/v1/fund/deposits',
      summary: 'Money into the insurance fund',
      deed: 'operate',
      body: BODIES.amount,
      draft: plainly('deposit', { account: 'fund' }),
    },
  ];
}

/** What an operator does to a market that misbehaves or ends. */
function controlChanges(): Change[] {
  const operated = { method: 'POST', deed: 'operate', params: MarketParams } as const;
  return [
    {
      ...operated,
      url: '/v1/markets/:market/halt',
      summary: 'Halts a market: nothing but cancelling is left',
      body: BODIES.halt,
      draft: plainly('halt-market'),
    },
    {
      ...operated,
      url: '/v1/markets/:market/resumption',
      summary: 'Brings a halted market back: prices, reducing, liquidations, open',
      body: BODIES.resume,
      draft: plainly('resume-market'),
    },
    {
      ...operated,
      url: '/v1/markets/:market/mode',
      summary: 'Sets what a market that is not halted lets happen',
      body: BODIES.mode,
      draft: plainly('set-market-mode'),
    },
    {
      ...operated,
      url: '/v1/markets/:market/delisting',
      summary: 'Closes every position at a final price, and the market for good',
      body: BODIES.delisting,
      draft: plainly('delist-market'),
    },
  ];
}

function placeOf({ id, market }: Fields): FillPlace {
  return { liquidation: Number(id), named: typeof market === 'string' ? market : undefined };
}

function fillChanges(marketOf: MarketOf): Change[] {
  return [
    {
      method: 'POST',
      url: '/v1/liquidations/:id/fills',
      summary: 'An execution of a liquidation order',
      deed: 'operate',
      isUrgent: true,
      params: LiquidationParams,
      body: BODIES.liquidationFill,
      draft: async (fields, scales, sender) =>
        fillLiquidation(fields, scales, await marketOf(placeOf(fields), sender)),
    },
    {
      method: 'POST',
      url: '/v1/inventory/:market/fills',
      summary: "An execution of the fund's sale",
      deed: 'operate',
      isUrgent: true,
      params: MarketParams,
      body: BODIES.fill,
      draft: plainly('fill-inventory'),
    },
  ];
}
