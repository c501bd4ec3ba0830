/**
 * The built-in execution port: a simulated market into which liquidation orders and the fund's
 * inventory are sold, with seeded depth, slippage, delay and partial fills. It keeps no state: what
 * it does at a time is a function of the seed, the orders in force and the prices.
 */
import type { InventoryView, LiquidationView } from '../engine/index.ts';
import { draw, keyOf, pick } from './random.ts';

export interface ExecutionOptions {
  readonly seed: number;
  /** Depth offered in each market at each step, lots: the middle of what is drawn. */
  readonly depthLots: Readonly<Record<string, number>>;
  /** Worst slippage from the trade price, in millionths of it, when all depth is taken. */
  readonly slippageMillionths: number;
  /** The longest that an order waits before its first fill, ms. */
  readonly delayMsMax: number;
  /** Who takes the other side: an ordinary account, which must afford it. */
  readonly counterparty: string;
}

/** What the port looks at, at one time. */
export interface ExecutionScene {
  readonly nowMs: number;
  readonly liquidations: readonly LiquidationView[];
  readonly inventory: readonly InventoryView[];
  /** Prices at which each market trades now, ticks. */
  readonly tradeTicks: ReadonlyMap<string, number>;
}

/** A fill that the port makes, to be sent as a command. */
export type ExecutionFill =
  | {
      readonly kind: 'fill-liquidation';
      readonly liquidation: number;
      readonly sizeLots: number;
      readonly priceTicks: number;
      readonly counterparty: string;
    }
  | {
      readonly kind: 'fill-inventory';
      readonly market: string;
      readonly sizeLots: number;
      readonly priceTicks: number;
      readonly counterparty: string;
    };

export interface Execution {
  /** The fills of one step, in the order in which the orders were placed. */
  step(scene: ExecutionScene): ExecutionFill[];
}

/** A simulated market as execution port. */
export function simulatedExecution(options: ExecutionOptions): Execution {
  return { step: (scene) => stepOnce(options, scene) };
}

interface Depth {
  readonly offered: number;
  left: number;
}

function stepOnce(options: ExecutionOptions, scene: ExecutionScene): ExecutionFill[] {
  const depths = new Map<string, Depth>();
  const fills: ExecutionFill[] = [];
  for (const order of scene.liquidations) {
    if (!hasWaited(options, scene, order)) continue;
    const taken = take(options, scene, depths, order);
    if (taken === null || isWorse(order, taken.priceTicks)) continue;
    commit(depths, order.market, taken.sizeLots);
    const { counterparty } = options;
    fills.push({
      kind: 'fill-liquidation',
      liquidation: order.liquidation,
      ...taken,
      counterparty,
    });
  }
  for (const order of scene.inventory) {
    const taken = take(options, scene, depths, order);
    if (taken === null) continue;
    commit(depths, order.market, taken.sizeLots);
    const { counterparty } = options;
    fills.push({ kind: 'fill-inventory', market: order.market, ...taken, counterparty });
  }
  return fills;
}

function hasWaited(
  options: ExecutionOptions,
  scene: ExecutionScene,
  order: LiquidationView,
): boolean {
  const delayMs = pick(options.delayMsMax + 1, options.seed, order.liquidation, 1);
  return scene.nowMs - order.startedMs >= delayMs;
}

function isWorse(order: LiquidationView, ticks: number): boolean {
  return order.side === 'sell' ? ticks < order.limitTicks : ticks > order.limitTicks;
}

interface Taken {
  readonly sizeLots: number;
  readonly priceTicks: number;
}

/** The part of an order that the depth of this step takes, and the price after slippage. */
function take(
  options: ExecutionOptions,
  scene: ExecutionScene,
  depths: Map<string, Depth>,
  order: InventoryView,
): Taken | null {
  const trade = scene.tradeTicks.get(order.market);
  const depth = depthOf(options, scene, depths, order.market);
  const sizeLots = Math.min(order.sizeLots, depth.left);
  if (trade === undefined || sizeLots <= 0) return null;
  const used = depth.offered - depth.left + sizeLots;
  const slipped = Math.ceil((trade * options.slippageMillionths * (used / depth.offered)) / 1e6);
  const priceTicks = order.side === 'sell' ? trade - slipped : trade + slipped;
  return priceTicks < 1 ? null : { sizeLots, priceTicks };
}

/** Between a quarter and seven quarters of the usual depth, drawn anew for each market and time. */
function depthOf(
  options: ExecutionOptions,
  scene: ExecutionScene,
  depths: Map<string, Depth>,
  market: string,
): Depth {
  const known = depths.get(market);
  if (known !== undefined) return known;
  const usual = options.depthLots[market] ?? 0;
  const share = 250 + (draw(options.seed, keyOf(market), scene.nowMs, 2) % 1501);
  const offered = Math.floor((usual * share) / 1000);
  const depth = { offered, left: offered };
  depths.set(market, depth);
  return depth;
}

function commit(depths: Map<string, Depth>, market: string, lots: number): void {
  const depth = depths.get(market);
  if (depth !== undefined) depth.left -= lots;
}
