/** A simulated scene: markets, accounts and bots, made from a seed. */
import type { Desk } from '../server/desk.ts';

export interface Demo {
  readonly name: string;
  run: () => void;
  stop: () => void;
}
export interface DemoOptions {
  readonly wanted: boolean;
  readonly seed: number;
  readonly time: { clock: () => number };
}
export async function startDemo(_desk: Desk, _options: DemoOptions): Promise<Demo | null> {
  return null;
}
