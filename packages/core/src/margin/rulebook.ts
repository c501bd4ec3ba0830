/** What a venue's rulebook is to `margin`: a name that a document may ask for. */

/** One venue's rules. With `custom` a document brings every market itself. */
export interface Rulebook {
  /** What a document's `venue` says. */
  readonly id: string;
  /** The venue's name for people. */
  readonly title: string;
}
