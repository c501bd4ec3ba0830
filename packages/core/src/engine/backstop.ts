/** When the fund takes over at once: below the second threshold. */
import { termsOf } from './liquidation-terms.ts';
import { RATE_SCALE } from './requirement.ts';
import type { Engine, Liquidation } from './state.ts';
import { standingOf } from './unit.ts';

/** Whether equity < backstopBelow × maintenance by the rules of the position in turn. */
export function isBackstopped(engine: Engine, open: Liquidation): boolean {
  const { backstopBelow } = termsOf(engine, open.position);
  if (backstopBelow === 0) return false;
  const { equity, maintenance } = standingOf(engine, open);
  return BigInt(equity) * BigInt(RATE_SCALE) < BigInt(maintenance) * BigInt(backstopBelow);
}
