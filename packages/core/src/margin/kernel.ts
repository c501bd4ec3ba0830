/**
 * Standing and liquidation price in IEEE doubles over typed columns, for bulk work: flat, bracket
 * and step schedules by value, basis mark, linear and inverse. Agrees with `check` to 1e-12 of the
 * account's size and allocates nothing. In both contracts a position of value V has
 *
 *   equity = C ± V,   requirement = V·(rate + fee) − deduction,   V = amount·P or amount/P.
 */

/** Levels of many markets end to end; a market's rows are `start` up to `end`. */
export interface LevelColumns {
  /** The value at which each level begins; 0 on the first of a market. */
  readonly from: Float64Array;
  /** The level's rate plus the market's closing fee rate. */
  readonly rate: Float64Array;
  /** What the brackets below save; 0 for steps. */
  readonly deduction: Float64Array;
}

/** One row a market. */
export interface MarketColumns {
  readonly markPrice: Float64Array;
  /** 1 for inverse contracts, 0 for linear ones. */
  readonly inverse: Uint8Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly levels: LevelColumns;
}

/** One row a position. */
export interface PositionColumns {
  /** A row of the market columns. */
  readonly market: Int32Array;
  /** Size times multiplier or face; below 0 for a short. */
  readonly amount: Float64Array;
  readonly entryPrice: Float64Array;
}

/**
 * Writes each position's liquidation price into `prices`: the mark itself when equity does not
 * exceed the requirement, NaN when no price above 0 triggers. `backing` is what stands behind each
 * row besides its own PnL, unpaid funding taken off: isolated margin, or for a pool its collateral
 * plus the others' PnL less the others' requirement.
 */
export function liquidationPrices(
  markets: MarketColumns,
  positions: PositionColumns,
  backing: Float64Array,
  prices: Float64Array,
): void {
  const { market, amount, entryPrice } = positions;
  for (let row = 0; row < prices.length; row += 1) {
    const m = market[row] as number;
    const signed = amount[row] as number;
    const size = signed < 0 ? -signed : signed;
    const mark = markets.markPrice[m] as number;
    const entry = entryPrice[row] as number;
    const isInverse = markets.inverse[m] === 1;
    const gains = isInverse ? signed < 0 : signed > 0;
    const atEntry = isInverse ? size / entry : size * entry;
    const now = isInverse ? size / mark : size * mark;
    const own = backing[row] as number;
    const line = gains
      ? lineBelow(markets, m, own - atEntry, now)
      : lineAbove(markets, m, own + atEntry, now);
    prices[row] = line === now ? mark : isInverse ? size / line : line / size;
  }
}

/** For a position that gains with its value: the value, walking down, at which C + V is used up. */
function lineBelow(markets: MarketColumns, m: number, constant: number, now: number): number {
  const { from, rate, deduction } = markets.levels;
  const first = markets.start[m] as number;
  let value = now;
  for (let k = levelOf(markets, m, now); k >= first; k -= 1) {
    const fixed = constant + (deduction[k] as number);
    const slope = 1 - (rate[k] as number);
    if (fixed + slope * value <= 0) return value;
    const edge = from[k] as number;
    if (fixed + slope * edge < 0) return -fixed / slope;
    value = edge;
  }
  return Number.NaN;
}

/** For a position that loses with its value: the value, walking up, at which C − V is used up. */
function lineAbove(markets: MarketColumns, m: number, constant: number, now: number): number {
  const { from, rate, deduction } = markets.levels;
  const last = (markets.end[m] as number) - 1;
  let value = now;
  for (let k = levelOf(markets, m, now); k <= last; k += 1) {
    const fixed = constant + (deduction[k] as number);
    const slope = 1 + (rate[k] as number);
    if (fixed - slope * value <= 0) return value;
    const line = fixed / slope;
    if (k === last || line <= (from[k + 1] as number)) return line;
    value = from[k + 1] as number;
  }
  return Number.NaN;
}

/** The row of the level that the value is in; an edge belongs to the lower level. */
function levelOf({ start, end, levels }: MarketColumns, m: number, value: number): number {
  const first = start[m] as number;
  let k = (end[m] as number) - 1;
  while (k > first && (levels.from[k] as number) >= value) k -= 1;
  return k;
}

/** Accounts as ranges of position rows, each with its cash; the answers go into the same rows. */
export interface AccountColumns {
  /** Account a has the rows `firstPosition[a]` up to `firstPosition[a + 1]`: one entry more. */
  readonly firstPosition: Int32Array;
  /** Collateral less unpaid funding. */
  readonly cash: Float64Array;
  readonly equity: Float64Array;
  readonly maintenance: Float64Array;
}

/** Writes the equity and the maintenance margin of every account, at the markets' marks. */
export function standings(
  markets: MarketColumns,
  positions: PositionColumns,
  accounts: AccountColumns,
): void {
  const { firstPosition, cash, equity, maintenance } = accounts;
  const { market, amount, entryPrice } = positions;
  const { rate, deduction } = markets.levels;
  for (let account = 0; account < cash.length; account += 1) {
    let own = cash[account] as number;
    let required = 0;
    const end = firstPosition[account + 1] as number;
    for (let row = firstPosition[account] as number; row < end; row += 1) {
      const m = market[row] as number;
      const signed = amount[row] as number;
      const mark = markets.markPrice[m] as number;
      const entry = entryPrice[row] as number;
      const isInverse = markets.inverse[m] === 1;
      own += isInverse ? signed / entry - signed / mark : signed * (mark - entry);
      const size = signed < 0 ? -signed : signed;
      const value = isInverse ? size / mark : size * mark;
      const k = levelOf(markets, m, value);
      required += value * (rate[k] as number) - (deduction[k] as number);
    }
    equity[account] = own;
    maintenance[account] = required;
  }
}
