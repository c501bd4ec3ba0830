/** The core beside the page: typing never waits for it. One message in, one out, in order. */
import { reckon, type Reckoning, type ReckoningQuestion } from '../account/reckoning.ts';
import { answerTo, standingAt, type Answer, type Question } from './answer.ts';
import type { PricePoint } from './picture.ts';
import type { Calculation } from './sheet.ts';

/**
 * What the worker is asked: everything about a calculation, where it stands at one price, or all
 * about an account document.
 */
export type Ask =
  | { readonly kind: 'answer'; readonly question: Question }
  | { readonly kind: 'price'; readonly calculation: Calculation; readonly price: string }
  | { readonly kind: 'account'; readonly asked: ReckoningQuestion };

export type Reply = Answer | PricePoint | Reckoning | null;

addEventListener('message', ({ data }: MessageEvent<Ask>) => postMessage(replyTo(data)));

function replyTo(ask: Ask): Reply {
  switch (ask.kind) {
    case 'answer':
      return answerTo(ask.question);
    case 'price':
      return standingAt(ask.calculation, ask.price);
    case 'account':
      return reckon(ask.asked);
  }
}
