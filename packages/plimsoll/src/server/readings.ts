/** The figures that `/metrics` reads when it is asked, from the engine and what is around it. */
import {
  configView,
  indexView,
  marketIds,
  marketView,
  type IndexView,
  type TotalsView,
} from '@plimsoll/core/engine';
import type { Desk } from './desk.ts';
import type { CommandClass } from './load-limits.ts';
import { unitsToNumber } from './scale.ts';

/** What can go up and down. */
export interface Levels {
  readonly sequence: number;
  readonly durable: number;
  readonly inFlight: number;
  readonly readsWaiting: number;
  readonly accounts: number;
  readonly accountsHot: number;
  readonly accountsCold: number;
  readonly certificateSlack: number;
  readonly called: number;
  readonly liquidating: number;
  readonly fund: number;
  readonly subscribers: number;
  readonly historyLag: number;
  readonly followerLag: number;
  readonly epochWorstSeconds: number;
  readonly marksNotFresh: number;
  readonly sourcesLeftOut: number;
  readonly halted: number;
}

/** What only rises from the start on. */
export interface Counts {
  readonly indexEpochs: number;
  readonly indexStorms: number;
  readonly accountsHeated: number;
  readonly accountsCooled: number;
  readonly marksSuperseded: number;
  readonly feedRestarts: number;
}

/** How many follow the feed, and how often one had to start again. */
export interface FeedCounts {
  readonly count: number;
  readonly restarts: number;
}

export interface Readings {
  readonly levels: Levels;
  readonly counts: Counts;
  /** Commands that wait before the engine, by class. */
  readonly waiting: Readonly<Record<CommandClass, number>>;
}

/** What is read now; without `totals` the figures of accounts are not known. */
export function readingsOf(desk: Desk, totals: TotalsView | undefined): Readings {
  const { sequencer } = desk;
  const { count: subscribers, restarts: feedRestarts } = desk.feedCounts();
  const index = indexView(desk.engine) ?? NO_INDEX;
  return {
    levels: {
      sequence: desk.engine.sequence,
      durable: sequencer.durable,
      inFlight: sequencer.inFlight,
      readsWaiting: desk.readsWaiting,
      accounts: totals?.accounts ?? Number.NaN,
      accountsHot: index.hot,
      accountsCold: index.cold,
      certificateSlack: index.leastSlack ?? Infinity,
      called: totals?.called ?? Number.NaN,
      liquidating: totals?.liquidating ?? Number.NaN,
      fund: fundOf(desk, totals),
      subscribers,
      historyLag: desk.writer.lag(desk.engine.sequence),
      followerLag: desk.lookout.follower?.lag(sequencer.durable) ?? Number.NaN,
      epochWorstSeconds: sequencer.epochs.worst / 1_000,
      ...trustOf(desk),
      halted: sequencer.state === 'halted' ? 1 : 0,
    },
    counts: {
      indexEpochs: index.epochs,
      indexStorms: index.storms,
      accountsHeated: index.heated,
      accountsCooled: index.cooled,
      marksSuperseded: sequencer.waiting.superseded,
      feedRestarts,
    },
    waiting: sequencer.waiting.sizes,
  };
}

/** Before the first epoch. */
const NO_INDEX: IndexView = {
  hot: 0,
  cold: 0,
  leastSlack: null,
  epochs: 0,
  storms: 0,
  heated: 0,
  cooled: 0,
};

function fundOf({ engine, scales }: Desk, totals: TotalsView | undefined): number {
  if (totals === undefined) return Number.NaN;
  return configView(engine) === null ? 0 : unitsToNumber(totals.fundEquityAtoms, scales.atom);
}

/** How many marks and sources an operator should look at. */
function trustOf({ engine }: Desk): Pick<Levels, 'marksNotFresh' | 'sourcesLeftOut'> {
  const views = marketIds(engine).flatMap((id) => marketView(engine, id) ?? []);
  const marked = views.filter(({ validity }) => validity !== 'unmarked');
  const sources = views.flatMap((view) => view.sources);
  return {
    marksNotFresh: marked.filter(({ validity }) => validity !== 'fresh').length,
    sourcesLeftOut: sources.filter(({ state }) => state !== 'counted').length,
  };
}
