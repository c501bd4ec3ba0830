/** The core beside the page: typing never waits for it. One message in, one out, in order. */
import { answerTo, standingAt, type Answer, type Question } from './answer.ts';
import type { PricePoint } from './picture.ts';
import type { Calculation } from './sheet.ts';

/** What the worker is asked: everything, or where the account stands at one price. */
export type Ask =
  | { readonly kind: 'answer'; readonly question: Question }
  | { readonly kind: 'price'; readonly calculation: Calculation; readonly price: string };

export type Reply = Answer | PricePoint | null;

addEventListener('message', ({ data }: MessageEvent<Ask>) => {
  postMessage(
    data.kind === 'answer' ? answerTo(data.question) : standingAt(data.calculation, data.price),
  );
});
