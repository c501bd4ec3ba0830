/**
 * What would happen: seeded populations and markets, price paths, replays, an independent audit.
 */
export { missedBreaches, type MissedBreach } from './audit.ts';
export {
  bookLiquidationPrices,
  liquidationMap,
  type LadderShape,
  type LiquidationMap,
  type LiquidationPrices,
  type Rung,
} from './liquidation-map.ts';
export {
  simulatedExecution,
  type Execution,
  type ExecutionFill,
  type ExecutionOptions,
  type ExecutionScene,
} from './execution.ts';
export {
  candlePath,
  markedPath,
  mergePaths,
  pathOf,
  type Candle,
  type ExtremesOrder,
  type PathEpoch,
  type PathPoint,
} from './path.ts';
export { largestFall, type Fall } from './fall.ts';
export { member, population, type Intention, type Member } from './population.ts';
export { draw, keyOf, pick, pickWeighted } from './random.ts';
export { replay, type ReplayReport, type ReplaySample } from './replay.ts';
export {
  ReplayScript,
  type CommandBody,
  type ReplayMarket,
  type ReplayPlan,
  type SendAt,
} from './script.ts';
export {
  Shadow,
  type ShadowDecision,
  type ShadowDifference,
  type ShadowNews,
  type ShadowProblem,
  type ShadowSummary,
} from './shadow.ts';
