/**
 * A venue in which it is known who falls when: each of the victims is long against the house with
 * just so much money that it stands until the mark is a certain number of ticks below the start.
 */
import { CONFIG, MARK_TICKS, MARKET, RULES, type Draft } from './load.ts';

export const HOUSE = 'house';
const LOTS = 10;
/** What a tick is worth to a victim. */
const ATOMS_A_TICK = 1_000;
const MAINTENANCE = 0.004;
const RICH_ATOMS = 1_000_000_000_000;

/** Ticks below the start at which the first victim falls: it has to afford its trade before. */
export const FIRST_FALL = 3_020;

export const victimOf = (k: number): string => `victim-${k}`;

/** Configuration, market, mark, the house and the fund. */
export function* opening(fundAtoms: number): Generator<Draft> {
  yield { kind: 'configure', config: CONFIG };
  yield { kind: 'open-market', market: MARKET, rules: RULES };
  yield marks(1, MARK_TICKS);
  yield { kind: 'open-account', account: HOUSE };
  yield { kind: 'deposit', account: HOUSE, amountAtoms: 100 * RICH_ATOMS };
  if (fundAtoms > 0) yield { kind: 'deposit', account: 'fund', amountAtoms: fundAtoms };
}

/** An epoch of the only market. */
export function marks(sourceSequence: number, priceTicks: number): Draft {
  const prices = [{ market: MARKET, priceTicks }];
  return { kind: 'marks', source: 'bench', sourceSequence, prices };
}

/** The `k`-th victim, who falls `FIRST_FALL + k` ticks below the start or one tick later. */
export function* victim(
  k: number,
  counterparty: string,
  account: string = victimOf(k),
): Generator<Draft> {
  const ticks = FIRST_FALL + k;
  const atoms = Math.ceil(ATOMS_A_TICK * (MAINTENANCE * (MARK_TICKS - ticks) + ticks));
  yield { kind: 'open-account', account };
  yield { kind: 'deposit', account, amountAtoms: atoms + feeAtoms() };
  yield { kind: 'set-leverage', account, market: MARKET, leverageHundredths: 10_000 };
  yield trade(account, counterparty);
}

/** Two accounts against each other, so rich that nothing befalls them. */
export function* bystanders(pair: number): Generator<Draft> {
  const [buyer, seller] = [`buyer-${pair}`, `seller-${pair}`];
  for (const account of [buyer, seller]) {
    yield { kind: 'open-account', account };
    yield { kind: 'deposit', account, amountAtoms: RICH_ATOMS };
  }
  yield trade(buyer, seller);
}

/** Bought as the maker. */
function trade(buyer: string, seller: string): Draft {
  return {
    kind: 'trade',
    market: MARKET,
    buyer,
    seller,
    sizeLots: LOTS,
    priceTicks: MARK_TICKS,
    taker: 'sell',
    buyOrder: null,
    sellOrder: null,
  };
}

function feeAtoms(): number {
  return Math.ceil(ATOMS_A_TICK * MARK_TICKS * Number(RULES.makerFee));
}
