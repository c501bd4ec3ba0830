/**
 * How the figures of a whole account come about: the sums that the core makes, with the numbers in
 * them, in the words of `explain`.
 */
import type { Decimal } from '../api.ts';
import { fixed, MISSING, ratio, signed } from '../format.ts';
import type { Step } from '@plimsoll/core/margin';
import type { Figures } from './figures.ts';

type Line = Pick<Step, 'title' | 'formula' | 'text'>;

/** One line for each figure beside the gauge; `asset` is the unit of money. */
export function derivationOf(figures: Figures, asset: string): readonly Line[] {
  const { positions } = figures;
  const money = (value: Decimal | number): string => `${fixed(value, 2)} ${asset}`;
  const profit = sum(positions.map(({ unrealizedPnl }) => unrealizedPnl));
  const funds = Number(figures.equity) - profit;
  return [
    {
      title: 'equity',
      formula: 'equity = balance + isolated margins + unrealised PnL − funding owed',
      text: `${money(funds)} and ${signed(money(profit))} of unrealised PnL: ${money(figures.equity)}`,
    },
    {
      title: 'initial margin',
      formula: 'initial margin = Σ max(value ÷ leverage, initial schedule), open orders included',
      text: `${parts(positions, 'initialMargin', figures.initialMargin)}: ${money(figures.initialMargin)}`,
    },
    {
      title: 'maintenance margin',
      formula: 'maintenance margin = Σ requirement of each position at its mark',
      text: `${parts(positions, 'maintenanceMargin', figures.maintenanceMargin)}: ${money(figures.maintenanceMargin)}`,
    },
    {
      title: 'margin ratio',
      formula: 'margin ratio = maintenance margin ÷ equity',
      text:
        'the worst of the cross pool and of each isolated position: ' + ratio(figures.marginRatio),
    },
    {
      title: 'available',
      formula: 'available = max(0, equity − initial margin − fees that open orders would pay)',
      text: `of the cross pool alone: ${money(figures.available)}`,
    },
    {
      title: 'effective leverage',
      formula: 'effective leverage = position value ÷ equity',
      text: `${money(figures.positionValue)} ÷ ${money(figures.equity)} = ${times(figures)}`,
    },
  ];
}

/** Position value over equity, as text; a dash without position and equity. */
export function times({
  positionValue,
  equity,
}: Pick<Figures, 'positionValue' | 'equity'>): string {
  const value = Number(equity);
  if (value > 0) return `${fixed(Number(positionValue) / value, 2)}×`;
  return Number(positionValue) === 0 ? MISSING : '∞';
}

type Key = 'initialMargin' | 'maintenanceMargin';

/** "BTC-PERP 12.00 + ETH-PERP 3.00", and what is not of a position: open orders. */
function parts(positions: Figures['positions'], key: Key, whole: Decimal): string {
  const named = positions.map((each) => `${each.market} ${fixed(each[key], 2)}`);
  const rest = Number(whole) - sum(positions.map((each) => each[key]));
  if (rest > 0.005) named.push(`orders ${fixed(rest, 2)}`);
  return named.length === 0 ? 'no position' : named.join(' + ');
}

function sum(texts: readonly Decimal[]): number {
  return texts.reduce((total, text) => total + Number(text), 0);
}
