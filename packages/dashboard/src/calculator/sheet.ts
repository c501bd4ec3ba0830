/**
 * What a reader has entered: an account as traders speak of it, in text as typed, and what is asked
 * about it.
 */

/** What a size is counted in: contracts, base coins, or money in the quote currency. */
export type SizeUnit = 'contracts' | 'coin' | 'value';

/** One position. Numbers are decimal text; an empty text is what `sheet-document` fills in. */
export interface PositionLine {
  readonly market: string;
  readonly side: 'long' | 'short';
  readonly size: string;
  readonly unit: SizeUnit;
  readonly entry: string;
  /** Empty: the entry price. */
  readonly mark: string;
  readonly leverage: string;
  readonly mode: 'cross' | 'isolated';
  /** Isolated only; empty: value at the entry / leverage. */
  readonly margin: string;
  /** In percent each interval, above 0 longs pay; empty: not known. */
  readonly funding: string;
  readonly hours: string;
}

export interface OrderLine {
  readonly market: string;
  readonly side: 'buy' | 'sell';
  /** Contracts. */
  readonly size: string;
  readonly price: string;
  readonly reduceOnly: boolean;
}

export interface Sheet {
  /** A rulebook's id. */
  readonly venue: string;
  /** YYYY-MM-DD; empty: the newest tables. */
  readonly asOf: string;
  /** `custom` only: maintenance as percent of the value. */
  readonly rate: string;
  /** The cross pool in the settlement asset, before unrealised PnL. */
  readonly collateral: string;
  readonly positions: readonly PositionLine[];
  readonly orders: readonly OrderLine[];
}

/** What is asked beside the figures. Shares are in percent of the mark. */
export interface Wishes {
  /** Which position is looked at, from 0. */
  readonly chosen: number;
  /** The distance that a safe size keeps. */
  readonly keep: string;
  /** What a stop leaves to liquidation. */
  readonly room: string;
  readonly slippage: string;
  /** Rulebooks to compare with, at most two. */
  readonly beside: readonly string[];
}

/** The whole state of the calculator: what its link carries. */
export interface Calculation {
  readonly form: 'sheet' | 'document';
  readonly sheet: Sheet;
  /** The pasted account document; counts in the form `document`. */
  readonly text: string;
  readonly wishes: Wishes;
}

export const FIRST_LINE: PositionLine = {
  market: 'BTCUSDT',
  side: 'long',
  size: '0.5',
  unit: 'coin',
  entry: '60000',
  mark: '61000',
  leverage: '10',
  mode: 'cross',
  margin: '',
  funding: '0.01',
  hours: '8',
};

/** An example that can be read at once, and changed. */
export const FIRST_CALCULATION: Calculation = {
  form: 'sheet',
  sheet: {
    venue: 'binance-usdm',
    asOf: '',
    rate: '0.5',
    collateral: '4000',
    positions: [FIRST_LINE],
    orders: [],
  },
  text: '',
  wishes: { chosen: 0, keep: '20', room: '1', slippage: '0.2', beside: [] },
};

/**
 * The sheet with one position changed; one mark and one funding hold for a market's positions. A
 * position that comes to a market takes over what is there.
 */
export function withLine(sheet: Sheet, index: number, change: Partial<PositionLine>): Sheet {
  const own = { ...(sheet.positions[index] ?? FIRST_LINE), ...change };
  const there = sheet.positions.find((line, k) => k !== index && line.market === own.market);
  const isMoved = change.market !== undefined && there !== undefined;
  const { market, mark, funding, hours } = isMoved ? there : own;
  const changed = { ...own, mark, funding, hours };
  const positions = sheet.positions.map((line, k) => {
    if (k === index) return changed;
    return line.market === market ? { ...line, mark, funding, hours } : line;
  });
  return { ...sheet, positions };
}
