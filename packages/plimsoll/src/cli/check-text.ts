/** The figures of an account as tables for people. */
import type { PositionReport, Report, RuleUsed } from '@plimsoll/core/margin';
import { percent } from './percent.ts';
import { table } from './table.ts';

/** The pool, each position, what is worth knowing about the figures, and whose rules they are. */
export function checkText(report: Report, document: unknown): string {
  const blocks = [`state: ${report.state}`, poolText(report, settlementAsset(document))];
  if (report.positions.length > 0) blocks.push(positionsText(report.positions));
  return [...blocks, ...notes(report), ...rulesText(report.rules ?? [])].join('\n\n');
}

/** One line a market, or one for each of its rules where its positions are under several. */
function rulesText(rules: readonly RuleUsed[]): readonly string[] {
  const lines = rules.map(({ market, from, source, confidence, doubt, positions }) => {
    const isOne = rules.filter((each) => each.market === market).length === 1;
    const name = isOne ? market : `${market} (#${positions.join(', #')})`;
    const rule = `${name}: rules from ${from} [${confidence}] ${source}`;
    return doubt === undefined ? rule : `${rule}; not certain: ${doubt}`;
  });
  return lines.length === 0 ? [] : [lines.join('\n')];
}

function poolText(report: Report, asset: string): string {
  const unit = asset === '' ? '' : ` (${asset})`;
  const rows = [
    [`cross pool${unit}`, ''],
    ['  equity', report.equity],
    ['  initial margin', report.initialMargin],
    ['  maintenance margin', report.maintenanceMargin],
    ['  margin ratio', report.marginRatio === null ? 'none' : percent(report.marginRatio)],
    ['  available', report.available],
    ['  effective leverage', report.effectiveLeverage],
  ];
  if (report.callAmount !== '0') rows.push(['  deposit to end the call', report.callAmount]);
  return table(rows, ['left', 'right']);
}

const HEADINGS = [
  '#',
  'market',
  'side',
  'mode',
  'value',
  'PnL',
  'equity',
  'maintenance',
  'ratio',
  'state',
  'liquidation',
  'bankruptcy',
  'distance',
];

function positionsText(positions: readonly PositionReport[]): string {
  const hasForced = positions.some(({ forcedPrice }) => forcedPrice !== undefined);
  const headings = hasForced ? [...HEADINGS, 'forced'] : HEADINGS;
  const rows = positions.map((position, k) => {
    const cells = positionCells(position, k);
    return hasForced ? [...cells, position.forcedPrice ?? 'none'] : cells;
  });
  const words = new Set(['market', 'side', 'mode', 'state']);
  const sides = headings.map((heading) => (words.has(heading) ? 'left' : 'right'));
  return table([headings, ...rows], sides);
}

function positionCells(position: PositionReport, k: number): string[] {
  return [
    String(k),
    position.market,
    position.side,
    position.marginMode,
    position.value,
    position.unrealizedPnl,
    position.equity,
    position.maintenanceMargin,
    percent(position.marginRatio),
    position.state,
    position.liquidationPrice ?? 'none',
    position.bankruptcyPrice ?? 'none',
    position.distance === null ? 'none' : percent(position.distance),
  ];
}

function notes({ fixedPrices, advice }: Report): readonly string[] {
  const lines = advice.map(({ severity, message }) => `${severity}: ${message}`);
  if (fixedPrices.length > 0) {
    const names = fixedPrices.join(', ');
    lines.push(
      `note: ${names} keeps its price while the market moves; if it falls too, liquidation is nearer.`,
    );
  }
  return lines.length === 0 ? [] : [lines.join('\n')];
}

/** The one collateral asset without a price of its own: a price is in the settlement asset. */
function settlementAsset(document: unknown): string {
  const { collateral = [] } = document as { collateral?: readonly Record<string, unknown>[] };
  const unpriced = collateral.filter((entry) => entry['price'] === undefined);
  const [only] = unpriced;
  return unpriced.length === 1 && only !== undefined ? String(only['asset']) : '';
}
