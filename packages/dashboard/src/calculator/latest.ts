/**
 * Answers to the newest question only: at most one is under way, at most one waits, and what was
 * asked before the newest is dropped. An answer that comes can therefore never be older than one
 * that came.
 */
export class Latest<Question, Answer> {
  readonly #ask: (question: Question) => Promise<Answer>;
  readonly #tell: (answer: Answer) => void;
  #next: { readonly question: Question } | null = null;
  #busy = false;

  constructor(ask: (question: Question) => Promise<Answer>, tell: (answer: Answer) => void) {
    this.#ask = ask;
    this.#tell = tell;
  }

  ask(question: Question): void {
    this.#next = { question };
    if (!this.#busy) void this.#run();
  }

  async #run(): Promise<void> {
    this.#busy = true;
    while (this.#next !== null) {
      const { question } = this.#next;
      this.#next = null;
      const answer = await this.#ask(question);
      this.#tell(answer);
    }
    this.#busy = false;
  }
}
