/**
 * What a symbol in a venue's formula can stand for: a closed list, each with its meaning for
 * people. Money is in the settlement asset, rates and amounts are those of the level that holds at
 * the liquidation price.
 */
export const QUANTITIES = {
  // The position.
  side: '1 for a long, −1 for a short',
  contracts: 'size in contracts',
  unit: 'base units (linear) or quote units (inverse) of a contract',
  quantity: 'contracts × unit: coins (linear) or money (inverse)',
  'signed quantity': 'contracts × unit, below 0 for a short',
  entry: 'entry price',
  leverage: 'leverage chosen',
  'entry value': 'value at the entry price',
  'mark value': 'value at the mark, below 0 for a short',
  'mark value without sign': 'value at the mark',
  'value at P': 'value at the liquidation price',
  'coins at P': 'size in coins at the liquidation price',
  // What it must hold.
  rate: 'maintenance rate of the level at the liquidation price',
  amount: 'maintenance amount of that level: what its rate would ask too much',
  fee: 'rate of the closing fee inside the requirement',
  'fixed fee': 'closing fee inside the requirement that does not move with the mark',
  'fee at P': 'closing fee at the liquidation price',
  'entry initial': 'value at entry / leverage, with the fixed closing fee',
  'entry maintenance': 'requirement at the entry price, with the fixed closing fee',
  'maintenance at P': 'requirement at the liquidation price, without the closing fee',
  'maintenance now': 'requirement at the mark by the level at the liquidation price',
  base: 'base rate',
  growth: 'what each unit of size adds to the rate',
  offset: 'offset of the growing rate',
  factor: 'factor of the growing rate',
  // What is behind it.
  wallet: 'collateral less unpaid funding, without any PnL',
  free: 'collateral less unpaid funding, with the PnL and less the requirement of other markets',
  added: 'margin beyond value at entry / leverage and the fixed closing fee',
  'margin share': 'the margin as a share of the value at entry',
  'maintenance share': 'the requirement at entry as a share of the value there',
  debit: 'what is owed for the securities: their value at entry less the margin',
  credit: 'proceeds and margin for each share',
  equity: 'equity at the mark',
  'own equity': 'equity at the mark, less what other markets must hold',
  available: 'equity at the mark less the requirement there',
  'own PnL at P': 'unrealised PnL at the liquidation price',
  'PnL at P': 'unrealised PnL at the liquidation price, that of other markets with it',
  'other maintenance': 'requirement of the other markets and of orders, as it is',
  'other PnL': 'unrealised PnL of the other markets, as it is',
  'all value': 'value at the mark of all positions that share the margin',
  // The price.
  mark: 'mark price',
  price: 'liquidation price, exact',
} as const;

/** The name of a quantity of the position itself, or of the pool behind it. */
export type Quantity = keyof typeof QUANTITIES;

/** With a leg, that of the long or the short where a market has both. */
export type Symbolic = Quantity | `${'long' | 'short'} ${Quantity}`;
