/** What is to happen to an account, from options to the changes of a what-if. */
import type { Change } from '@plimsoll/core/margin';
import { parseJson } from '@plimsoll/core/units';
import { Failure } from './failure.ts';
import { assigned } from './option-values.ts';

/** What may happen, each kind in the order given; kinds happen in the order of these fields. */
export interface Happenings {
  readonly deposit?: readonly string[] | undefined;
  readonly withdraw?: readonly string[] | undefined;
  readonly margin?: readonly string[] | undefined;
  readonly funding?: readonly string[] | undefined;
  readonly mode?: readonly string[] | undefined;
  readonly leverage?: readonly string[] | undefined;
  readonly order?: readonly string[] | undefined;
  readonly price?: readonly string[] | undefined;
  readonly change?: readonly string[] | undefined;
}

/** The changes in their order; none when nothing was given. */
export function changesOf(happenings: Happenings): readonly Change[] {
  return [
    ...all(happenings.deposit).map((amount): Change => ({ kind: 'deposit', amount })),
    ...all(happenings.withdraw).map((amount): Change => ({ kind: 'withdrawal', amount })),
    ...all(happenings.margin)
      .map(assigned)
      .map(([position, amount]): Change => ({
        kind: 'margin',
        position,
        amount,
      })),
    ...all(happenings.funding)
      .map(assigned)
      .map(([position, amount]): Change => ({
        kind: 'funding',
        position,
        amount,
      })),
    ...all(happenings.mode)
      .map(assigned)
      .map(([position, mode]): Change => ({
        kind: 'margin-mode',
        position,
        marginMode: mode as 'cross' | 'isolated',
      })),
    ...all(happenings.leverage)
      .map(assigned)
      .map(([position, leverage]): Change => ({
        kind: 'leverage',
        position,
        leverage,
      })),
    ...all(happenings.order).map(orderOf),
    ...all(happenings.price)
      .map(assigned)
      .map(([market, price]): Change => ({
        kind: 'prices',
        prices: { [market]: price },
      })),
    ...all(happenings.change).map(jsonOf),
  ];
}

function all(texts: readonly string[] | undefined): readonly string[] {
  return texts ?? [];
}

function orderOf(text: string): Change {
  const [side, size, market, price, ...more] = text.trim().split(/\s+/);
  const isWhole = size !== undefined && market !== undefined && price !== undefined;
  if (isWhole && more.length === 0 && (side === 'buy' || side === 'sell'))
    return { kind: 'fill', side, size, market, price };
  throw new Failure(`${text} is no order: write "buy 0.5 BTCUSDT 60000"`, 2);
}

function jsonOf(text: string): Change {
  const parsed = parseJson(text);
  if ('value' in parsed) return parsed.value as unknown as Change;
  throw new Failure(`--change is no JSON: ${parsed.refusal.message}`, 2);
}
