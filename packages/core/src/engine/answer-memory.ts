/**
 * What a client's commands were answered, by their ids. Whole numbers that rise, as most clients
 * count them, lie in columns: a fresh one is known to be fresh by a look at the newest. All others,
 * and numbers that come late, are in a map.
 */
import type { Refusal } from './refusal.ts';

export interface RememberedAnswer {
  readonly fingerprint: number;
  readonly sequence: number;
  readonly timeMs: number;
  readonly refusal: Refusal | null;
}

const FIRST_ROWS = 16;
const LONGEST_NUMBER = 15;
const ZERO = 48;

/** The number that an id of 1 to 15 digits is, −1 for any other. */
export function wholeNumber(id: string): number {
  if (id.length === 0 || id.length > LONGEST_NUMBER) return -1;
  let number = 0;
  for (let i = 0; i < id.length; i += 1) {
    const digit = id.charCodeAt(i) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}

/** Whether the id is the number's one proper spelling: `7` is, `007` is another id. */
function isProper(id: string): boolean {
  return id.length === 1 || id.charCodeAt(0) !== ZERO;
}

export class AnswerMemory {
  /** Rising; row `k` of every column belongs to `#numbers[k]`, from `#first` to before `#end`. */
  #numbers: Float64Array = new Float64Array(FIRST_ROWS);
  #fingerprints: Float64Array = new Float64Array(FIRST_ROWS);
  #sequences: Float64Array = new Float64Array(FIRST_ROWS);
  #times: Float64Array = new Float64Array(FIRST_ROWS);
  #first = 0;
  #end = 0;
  /** Of the rows; most commands are accepted. */
  readonly #refusals = new Map<number, Refusal>();
  readonly #others = new Map<string, RememberedAnswer>();

  get(id: string): RememberedAnswer | undefined {
    const row = this.#rowOf(id);
    return row < 0 ? this.#others.get(id) : this.#answerAt(row);
  }

  has(id: string): boolean {
    return this.#rowOf(id) >= 0 || this.#others.has(id);
  }

  /** For an id that is not here yet. */
  add(id: string, answer: RememberedAnswer): void {
    const number = wholeNumber(id);
    if (number > this.#newest() && isProper(id)) this.#append(number, answer);
    else this.#others.set(id, answer);
  }

  /**
   * Keeps the latest `kept` of the rising numbers and of all others. They are forgotten an eighth
   * of the memory at a time: to find the oldest one each time would cost more than the rest of a
   * command. Answers the largest number forgotten, −1 for none.
   */
  forgetBeyond(kept: number): number {
    const most = kept + Math.floor(kept / 8);
    const ofNumbers = this.#end - this.#first > most ? this.#forgetNumbers(kept) : -1;
    const ofOthers = this.#others.size > most ? this.#forgetOthers(kept) : -1;
    return Math.max(ofNumbers, ofOthers);
  }

  /** In an order from which `add` makes the same memory. */
  *[Symbol.iterator](): Generator<readonly [string, RememberedAnswer]> {
    for (let row = this.#first; row < this.#end; row += 1)
      yield [String(this.#numbers[row]), this.#answerAt(row)];
    yield* this.#others;
  }

  #newest(): number {
    return this.#end === this.#first ? -1 : (this.#numbers[this.#end - 1] ?? -1);
  }

  #rowOf(id: string): number {
    const newest = this.#newest();
    if (newest < 0) return -1;
    const number = wholeNumber(id);
    if (number < 0 || number > newest || !isProper(id)) return -1;
    const row = this.#lowestFrom(number);
    return this.#numbers[row] === number ? row : -1;
  }

  /** The first row whose number is not below. */
  #lowestFrom(number: number): number {
    let [low, high] = [this.#first, this.#end];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#numbers[middle] ?? Infinity) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #answerAt(row: number): RememberedAnswer {
    return {
      fingerprint: this.#fingerprints[row] ?? 0,
      sequence: this.#sequences[row] ?? 0,
      timeMs: this.#times[row] ?? 0,
      refusal: this.#refusals.get(this.#numbers[row] ?? -1) ?? null,
    };
  }

  #append(number: number, { fingerprint, sequence, timeMs, refusal }: RememberedAnswer): void {
    if (this.#end === this.#numbers.length) this.#makeRoom();
    const row = this.#end;
    this.#numbers[row] = number;
    this.#fingerprints[row] = fingerprint;
    this.#sequences[row] = sequence;
    this.#times[row] = timeMs;
    if (refusal !== null) this.#refusals.set(number, refusal);
    this.#end += 1;
  }

  /** Moves the rows to the front, into columns twice as long when they are nearly full. */
  #makeRoom(): void {
    const rows = this.#end - this.#first;
    const length = this.#numbers.length * (4 * rows > 3 * this.#numbers.length ? 2 : 1);
    const moved = (column: Float64Array): Float64Array => {
      const target = length === column.length ? column : new Float64Array(length);
      target.set(column.subarray(this.#first, this.#end));
      return target;
    };
    this.#numbers = moved(this.#numbers);
    this.#fingerprints = moved(this.#fingerprints);
    this.#sequences = moved(this.#sequences);
    this.#times = moved(this.#times);
    [this.#first, this.#end] = [0, rows];
  }

  #forgetNumbers(kept: number): number {
    const first = this.#end - kept;
    for (let row = this.#first; this.#refusals.size > 0 && row < first; row += 1)
      this.#refusals.delete(this.#numbers[row] ?? -1);
    this.#first = first;
    return this.#numbers[first - 1] ?? -1;
  }

  #forgetOthers(kept: number): number {
    let largest = -1;
    for (const id of this.#others.keys()) {
      if (this.#others.size <= kept) break;
      this.#others.delete(id);
      largest = Math.max(largest, wholeNumber(id));
    }
    return largest;
  }
}
