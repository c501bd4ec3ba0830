/**
 * The work of `commands-durable`: 256 clients that deposit and trade, each waiting for its answer.
 */
import type { Command, CommandKind, CommandOf, Envelope } from '@plimsoll/core/engine';

export const CLIENTS = 256;
export const MARK_TICKS = 500_000;
export const MARKET = 'BTC-PERP';
const DEPOSIT_ATOMS = 1_000_000;
const OPENING_ATOMS = 1_000_000_000_000;

/** A command without its envelope. */
export type Draft = { [K in CommandKind]: Omit<CommandOf<K>, keyof Envelope> }[CommandKind];

export const RULES = {
  contract: 'linear',
  multiplier: '1',
  tick: '0.1',
  lot: '0.001',
  maintenance: {
    basis: 'mark',
    schedule: {
      kind: 'brackets',
      by: 'value',
      levels: [
        { from: '0', rate: '0.004' },
        { from: '50000', rate: '0.005' },
        { from: '250000', rate: '0.01' },
      ],
    },
    closingFeeRate: '0',
    closingFeeAt: 'mark',
  },
  initial: null,
  maxLeverage: '100',
  makerFee: '0.0002',
  takerFee: '0.0005',
  liquidationFee: '0.001',
  trigger: 'below',
  priceBand: '0.1',
  profitWithdrawable: false,
  staleAfterMs: null,
  invalidAfterMs: null,
} as const;

/** How long a liquidation order stands. */
export const LIQUIDATION_TIMEOUT_MS = 1_000;

export const CONFIG = {
  asset: { symbol: 'USDT', decimals: 6 },
  policy: { marginCallAt: '0.8', marginCallClearAt: null, call: null },
  liquidation: {
    timeoutMs: LIQUIDATION_TIMEOUT_MS,
    remainderTo: 'fund',
    depositCures: true,
    fundLeverage: '10',
  },
  rememberedIds: 1_024,
} as const;

const ACCOUNTS: readonly string[] = Array.from({ length: CLIENTS }, (_, k) => `account-${k}`);

/** The account of a client, counted round. */
export function accountOf(client: number): string {
  return ACCOUNTS[client % CLIENTS] ?? '';
}

/**
 * What makes the scene: configuration, a market with its mark, a funded account for each client.
 */
export function openingDrafts(): readonly Draft[] {
  return [
    { kind: 'configure', config: CONFIG },
    { kind: 'open-market', market: MARKET, rules: RULES },
    {
      kind: 'marks',
      source: 'bench',
      sourceSequence: 1,
      prices: [{ market: MARKET, priceTicks: MARK_TICKS }],
    },
    ...ACCOUNTS.flatMap((account): Draft[] => [
      { kind: 'open-account', account },
      { kind: 'deposit', account, amountAtoms: OPENING_ATOMS },
    ]),
  ];
}

/**
 * The `turn`-th command of a client: deposits and trades in turns; what is bought is sold again.
 */
export function draftOf(client: number, turn: number): Draft {
  const own = accountOf(client);
  if (turn % 2 === 0) return { kind: 'deposit', account: own, amountAtoms: DEPOSIT_ATOMS };
  const other = accountOf(client + 1);
  const buys = turn % 4 === 1;
  return {
    kind: 'trade',
    market: MARKET,
    buyer: buys ? own : other,
    seller: buys ? other : own,
    sizeLots: 10,
    priceTicks: MARK_TICKS,
    taker: 'buy',
    buyOrder: null,
    sellOrder: null,
  };
}

/** A draft with its envelope; the draft is not used again. */
export function commandOf(draft: Draft, client: string, sent: number): Command {
  return Object.assign(draft, { client, id: String(sent), timeMs: sent });
}

/** Lets every client send `turns` commands, each after the answer to the one before. */
export async function sendAll(
  turns: number,
  send: (client: number, turn: number) => Promise<void>,
): Promise<number> {
  const one = async (client: number): Promise<void> => {
    for (let turn = 0; turn < turns; turn += 1) await send(client, turn);
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, client) => one(client)));
  return turns * CLIENTS;
}
