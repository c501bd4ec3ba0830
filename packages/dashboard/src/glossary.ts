/**
 * What each figure means, in one or two sentences: the words that the page shows on hover, on focus
 * and to screen readers.
 */
export const GLOSSARY = {
  accounts: 'Accounts that exist, and how many of them hold a position.',
  equity:
    'Equity of all accounts: balance plus unrealised profit and loss, less funding that is owed.',
  maintenance:
    'Maintenance margin: the equity that keeps positions open. Below it an account is liquidated.',
  called: 'Accounts that are under a margin call now, and margin calls since the beginning.',
  bankrupt:
    'Accounts that fell below zero before they could be closed; deleveraged: positions closed against winners (ADL).',
  liquidated:
    'Liquidations since the beginning: accounts that fell below their line and were closed.',
  fund: 'Insurance fund: pays what a closed account cannot. Equity now, and the lowest it ever was.',
  epoch:
    'One epoch is one set of new marks. Time to find every account below its line, last and worst.',
  account: 'The account. Choose it to see its positions and where each would be liquidated.',
  markets: 'Markets with an open position; the one nearest its liquidation price first.',
  marginRatio:
    'Margin ratio: maintenance margin ÷ equity, of the pool or of the isolated position that is worst. At 1 it is liquidated; the mark on the bar is that line.',
  distance:
    'Distance: how far the nearest mark price may move, in percent, until the account is liquidated.',
  state:
    'Healthy; called: warned, margin is to be added; liquidating: being closed; bankrupt: equity below zero.',
  accountEquity: 'Equity: balance plus unrealised profit and loss, less funding that is owed.',
  initialMargin: 'Initial margin: the equity that opening the positions and orders takes.',
  spare: 'Spare margin: equity above maintenance margin, pool and isolated positions together.',
  effectiveLeverage:
    'Effective leverage: position value ÷ equity, what is really carried, whatever leverage is set to.',
  available:
    'Available: equity above initial margin and the fees of open orders, free for new positions.',
  positionValue: 'Position value: the worth of all open positions at their mark prices.',
  balance: 'Balance: deposits and what was realised, without open profit and loss.',
  mark: 'Mark price: the price that margin is reckoned at. Not the last trade.',
  change24h: 'Change of the mark price over 24 hours.',
  openInterest:
    'Open interest: contracts that are held long (as many are held short), and their value.',
  fundingRate: 'Funding rate of the last interval: above zero, longs pay shorts.',
  liquidationMap:
    'Liquidation map: how much the engine would close by force if the mark went there, other markets standing still. Positions count whole.',
  entryPrice: 'Entry price: the average price at which the position was opened.',
  liquidationPrice:
    'Liquidation price: the mark price at which equity meets maintenance margin, other markets staying as they are.',
  bankruptcyPrice: 'Bankruptcy price: the mark price at which equity is zero.',
  adlRisk:
    'ADL risk: 5 for the fifth of this side that would be closed first against a bankrupt position, down to 1.',
  sigmas:
    'Distance in daily standard deviations of the mark: how unusual a day would have to be. Below 3, advice calls it close.',
  fundingPaid: 'Funding that this position has paid or received in all since it was opened.',
  fundingNext: 'Funding of the next interval, were its rate that of the last one.',
  owner:
    'Caps and the tiers of initial margin count what all accounts of one owner hold on a side of a market. Maintenance, calls and liquidations are each account’s own.',
  orders: 'Open orders take initial margin; what only reduces a position takes none.',
  leverage: 'Leverage that was chosen for the market: it sets initial margin, never maintenance.',
  unrealizedPnl: 'Unrealised profit or loss at the mark price.',
  size: 'Size in contracts.',
  marginMode:
    'Cross: the whole pool answers for the position. Isolated: only the margin set aside for it.',
} as const;

export type Term = keyof typeof GLOSSARY;

/** What is shown of a figure on hover and on focus: how much exactly, then what it means. */
export function meaningOf(term: Term, exact = ''): string {
  return exact === '' ? GLOSSARY[term] : `${exact}\n${GLOSSARY[term]}`;
}
