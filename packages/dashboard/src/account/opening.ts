/** A position that is supposed to be opened in a market where the account holds none. */
import type { Change } from '@plimsoll/core/margin';
import type { Decimal, Market } from '../api.ts';
import type { Account, Position } from './answers.ts';

export interface Opening {
  readonly market: string;
  readonly side: Position['side'];
  /** Contracts; empty: not yet. */
  readonly size: Decimal;
  readonly leverage: Decimal;
  readonly marginMode: Position['marginMode'];
  /** The mark when the market was chosen: it is bought and sold there. */
  readonly price: Decimal;
}

const LEVERAGE = 10;
/** Of what is available, what the first suggestion takes. */
const SHARE = 0.5;

/** What is suggested for a market: a size that the account can carry, or one lot. */
export function openingIn({ market, mark, rules }: Market, { available }: Account): Opening {
  const leverage = Math.min(LEVERAGE, Math.floor(Number(rules.maxLeverage)));
  const most = sizeFor(Number(available) * SHARE * leverage, { mark, rules });
  return {
    market,
    side: 'long',
    size: most > 0 ? plain(most) : rules.lot,
    leverage: String(leverage),
    marginMode: 'cross',
    price: mark ?? '',
  };
}

/** The largest size on a lot that is worth no more than `value`, in contracts. */
export function sizeFor(value: number, { mark, rules }: Pick<Market, 'mark' | 'rules'>): number {
  const price = Number(mark);
  const { contract, multiplier, face } = rules;
  const each = contract === 'inverse' ? Number(face) / price : Number(multiplier ?? '1') * price;
  const lot = Number(rules.lot);
  return Math.floor(value / each / lot) * lot;
}

/** It is bought or sold with the taker fee; nothing as long as no size is given. */
export function changeOf(opening: Opening | null): readonly Change[] {
  if (opening === null || opening.size === '' || Number(opening.size) === 0) return [];
  const { market, side, size, leverage, marginMode, price } = opening;
  const given = leverage === '' ? {} : { leverage };
  return [
    {
      kind: 'fill',
      market,
      side: side === 'long' ? 'buy' : 'sell',
      size,
      price,
      marginMode,
      ...given,
    },
  ];
}

/** The account document with the rules of a market that it says nothing of. */
export function withRules(document: object, market: Market): object {
  const { markets } = document as { readonly markets: Readonly<Record<string, unknown>> };
  if (Object.hasOwn(markets, market.market)) return document;
  return { ...document, markets: { ...markets, [market.market]: rulesOf(market) } };
}

/** Those of the server's rules that an account document knows. */
function rulesOf({ rules }: Market): object {
  const { contract, multiplier, face, tick, maintenance, initial, takerFee, trigger } = rules;
  const unit = contract === 'inverse' ? { face } : { multiplier: multiplier ?? '1' };
  const opened = initial === null ? {} : { initial };
  return { contract, ...unit, tick, maintenance, ...opened, takerFee, trigger };
}

function plain(value: number): Decimal {
  return value.toFixed(10).replace(/\.?0+$/, '');
}
