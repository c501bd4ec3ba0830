/** What an operator does to a market in a rehearsal: halts, recoveries, modes, a rare delisting. */
import type { Dice } from './dice.ts';
import type { Draft } from './scene.ts';
import type { Engine } from '../state.ts';
import { marketView } from '../view.ts';

/** Mostly what brings a market back, so that it trades for most of a run. */
export function drawControl(dice: Dice, engine: Engine, market: string): Draft {
  const roll = dice.below(100);
  if (roll < 5) return drawDelisting(dice, engine, market);
  switch (marketView(engine, market)?.mode) {
    case 'open':
      return drawStop(dice, market);
    case 'reduce-only':
    case 'liquidation-only':
      return { kind: 'set-market-mode', market, mode: 'open' };
    default:
      return drawResumption(dice, market);
  }
}

function drawStop(dice: Dice, market: string): Draft {
  if (dice.chance(40)) return { kind: 'halt-market', market };
  const mode = dice.pick(['reduce-only', 'liquidation-only'] as const);
  return { kind: 'set-market-mode', market, mode };
}

function drawDelisting(dice: Dice, engine: Engine, market: string): Draft {
  const mark = Math.max(1, marketView(engine, market)?.markTicks ?? 1000);
  const priceTicks = Math.max(1, Math.floor((mark * dice.between(50, 150)) / 100));
  const reason = dice.pick(['expiry', 'delisting'] as const);
  return { kind: 'delist-market', market, priceTicks, reason };
}

function drawResumption(dice: Dice, market: string): Draft {
  return {
    kind: 'resume-market',
    market,
    confirmations: dice.between(1, 2),
    toleranceE9: dice.pick([20_000_000, 1_000_000_000]),
    reduceOnlyMs: dice.pick([0, 500, 30_000]),
    liquidationsMs: dice.pick([0, 500, 30_000]),
  };
}
