/** The worker's other end: questions go out in order, each with a promise of its answer. */
import type { Reckoning, ReckoningQuestion } from '../account/reckoning.ts';
import type { Answer, Question } from './answer.ts';
import type { PricePoint } from './picture.ts';
import type { Calculation } from './sheet.ts';
import type { Ask, Reply } from './worker.ts';

export class CoreWorker {
  readonly #worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  readonly #waiting: ((reply: Reply) => void)[] = [];

  constructor() {
    this.#worker.addEventListener('message', ({ data }: MessageEvent<Reply>) =>
      this.#waiting.shift()?.(data),
    );
  }

  answer(question: Question): Promise<Answer> {
    return this.#send({ kind: 'answer', question }) as Promise<Answer>;
  }

  /** Where the account stands with the looked-at market at a price. */
  price(asked: { calculation: Calculation; price: string }): Promise<PricePoint | null> {
    return this.#send({ kind: 'price', ...asked }) as Promise<PricePoint | null>;
  }

  /** An account, as it is or with changes. */
  account(asked: ReckoningQuestion): Promise<Reckoning> {
    return this.#send({ kind: 'account', asked }) as Promise<Reckoning>;
  }

  close(): void {
    this.#worker.terminate();
  }

  #send(ask: Ask): Promise<Reply> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#worker.postMessage(ask, {});
    });
  }
}
