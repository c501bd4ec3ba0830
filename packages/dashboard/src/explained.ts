/**
 * The server's derivation of a liquidation price as lines to read: the same as
 * `plimsoll explain --json` answers.
 */
export interface Explained {
  readonly steps?: readonly { readonly text: string }[];
  readonly text?: string;
}

export function stepsOf(explained: Explained): readonly string[] {
  if (explained.steps) return explained.steps.map((step) => step.text);
  return (explained.text ?? '').split('\n').filter((line) => line.trim() !== '');
}
