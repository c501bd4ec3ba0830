/** The units of an engine's asset and markets, kept once known: they never change. */
import { configView, marketView, type Engine } from '@plimsoll/core/engine';
import { ProblemError } from './problem.ts';
import type { MarketScale, Scales } from './present.ts';
import { decimalScale, scaleOf, type Scale } from './scale.ts';

/** Scales that look into `engine` when they are asked. */
export function scalesOf(engine: Engine): Scales {
  const markets = new Map<string, MarketScale>();
  let atom: Scale | undefined;
  return {
    get atom(): Scale {
      atom ??= atomOf(engine);
      return atom;
    },
    market: (id) => {
      const known = markets.get(id) ?? readScale(engine, id);
      if (known !== undefined) markets.set(id, known);
      return known;
    },
  };
}

function atomOf(engine: Engine): Scale {
  const config = configView(engine);
  if (config !== null) return decimalScale(config.asset.decimals);
  const detail = 'the engine has no asset yet; POST /v1/configuration first';
  throw new ProblemError(422, detail, { code: 'not-configured' });
}

function readScale(engine: Engine, id: string): MarketScale | undefined {
  const view = marketView(engine, id);
  if (view === null) return undefined;
  return { tick: scaleOf(view.rules.tick), lot: scaleOf(view.rules.lot) };
}
