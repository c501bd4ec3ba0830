/** A planted bug: what is changed where, why it would matter, and who is expected to notice. */

export interface Mutant {
  readonly name: string;
  /** From the root of the repository. */
  readonly file: string;
  /** Text that is in the file exactly once, and what stands there instead. */
  readonly from: string;
  readonly to: string;
  readonly why: string;
  /** Test files that are asked after, or instead of, the simulator; from the root. */
  readonly tests?: readonly string[];
  /** Whether the simulator cannot see it: its scenes do not reach so far. */
  readonly testsOnly?: boolean;
}
