/**
 * The typed columns that the kernel in doubles works on: markets with their schedules in parts,
 * positions, accounts.
 */

/** Levels of many parts end to end. */
export interface LevelColumns {
  /** Where each level begins, in what its part looks at; 0 on the first of a part. */
  readonly from: Float64Array;
  readonly rate: Float64Array;
  /** What the brackets below save; 0 for steps. */
  readonly deduction: Float64Array;
}

/** What a part looks at: the value, the size in contracts, or the price of a unit. */
export const LOOKS_AT = { value: 0, size: 1, price: 2 } as const;
/** Where the closing fee is reckoned. */
export const FEE_AT = { mark: 0, bankruptcy: 1, leverage: 2 } as const;
/** How a long and a short of one market in one account are reckoned. */
export const HEDGE = { separate: 0, sum: 1, larger: 2, 'rate-of-larger': 3 } as const;
/** How an account stands, from best to worst, as `check` names it. */
export const STATE = { healthy: 0, 'margin-call': 1, liquidation: 2, bankrupt: 3 } as const;

/**
 * One row a part. Of X, which it looks at, a part asks V·(rate − deduction/X + factor·X^exponent)
 * and `amount` for each contract; a schedule asks the largest of its parts.
 */
export interface PartColumns {
  readonly looksAt: Uint8Array;
  /** Rows of the levels: `start` up to `end`. */
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly factor: Float64Array;
  readonly exponent: Float64Array;
  readonly amount: Float64Array;
}

/** One row a market; made by `marketColumns`. */
export interface MarketColumns {
  /** In the settlement asset; NaN until it is set. */
  readonly markPrice: Float64Array;
  /** 1 for inverse contracts, 0 for linear ones. */
  readonly inverse: Uint8Array;
  /** Base units (linear) or quote units (inverse) of a contract. */
  readonly unit: Float64Array;
  /** 1 where the schedule looks at the value at the entry price. */
  readonly entryBasis: Uint8Array;
  readonly feeRate: Float64Array;
  readonly feeAt: Uint8Array;
  readonly hedge: Uint8Array;
  /** 1 where equity that equals the requirement triggers. */
  readonly atOrBelow: Uint8Array;
  /** Rows of the parts that longs must hold, and shorts. */
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly shortStart: Int32Array;
  readonly shortEnd: Int32Array;
  readonly parts: PartColumns;
  readonly levels: LevelColumns;
}

/** One row a position. */
export interface PositionColumns {
  /** A row of the market columns. */
  readonly market: Int32Array;
  /** Size times multiplier or face; below 0 for a short. */
  readonly amount: Float64Array;
  readonly entryPrice: Float64Array;
  /** Read only where the market's closing fee is at leverage. */
  readonly leverage: Float64Array;
  /** The row of the other side in the same market and account, −1 without; see `partnerRows`. */
  readonly partner: Int32Array;
}

/** Accounts as ranges of position rows, each with its cash; the answers go into the same rows. */
export interface AccountColumns {
  /** Account a has the rows `firstPosition[a]` up to `firstPosition[a + 1]`: one entry more. */
  readonly firstPosition: Int32Array;
  /** Collateral (of an isolated position its margin) less unpaid funding. */
  readonly cash: Float64Array;
  /** A margin call from this margin ratio on; Infinity for none. */
  readonly marginCallAt: number;
  readonly equity: Float64Array;
  readonly maintenance: Float64Array;
  /** Maintenance / equity; Infinity when equity is not above 0. */
  readonly marginRatio: Float64Array;
  /** See `STATE`. Equity within 1e-12 of a line is for `check` to decide. */
  readonly state: Uint8Array;
  /** One row a position: its own part of the maintenance margin. */
  readonly positionMaintenance: Float64Array;
}

/** Accounts with room for their answers. */
export function accountColumns(
  firstPosition: Int32Array,
  cash: Float64Array,
  marginCallAt: number = Number.POSITIVE_INFINITY,
): AccountColumns {
  const column = (): Float64Array => new Float64Array(cash.length);
  return {
    firstPosition,
    cash,
    marginCallAt,
    equity: column(),
    maintenance: column(),
    marginRatio: column(),
    state: new Uint8Array(cash.length),
    positionMaintenance: new Float64Array(firstPosition[cash.length] ?? 0),
  };
}

/** For each position the row of the other position of its account in the same market, or −1. */
export function partnerRows(firstPosition: Int32Array, market: Int32Array): Int32Array {
  const partner = new Int32Array(market.length).fill(-1);
  const latest = new Map<number, number>();
  for (let account = 0; account + 1 < firstPosition.length; account += 1) {
    latest.clear();
    const end = firstPosition[account + 1] as number;
    for (let row = firstPosition[account] as number; row < end; row += 1) {
      const other = latest.get(market[row] as number);
      if (other === undefined) latest.set(market[row] as number, row);
      else [partner[row], partner[other]] = [other, row];
    }
  }
  return partner;
}
