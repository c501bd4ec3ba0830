/** A difference of tier tables as tables for people. */
import type { PositionReport } from '@plimsoll/core/margin';
import type { LevelChange, TableChange, TierLevel } from '@plimsoll/core/rulebook';
import { percent } from './percent.ts';
import { table } from './table.ts';
import type { TierDiff } from './tiers-diff.ts';
import type { MovedAccount } from './tiers-moved.ts';

/** Rows that a person still reads; `--json` has all. */
const ACCOUNTS_SHOWN = 50;

/** Whose tables, what differs in each market, then the accounts. */
export function diffText(diff: TierDiff): string {
  const { before, after, markets } = diff;
  const sides = [sideText('before', before), sideText('after', after)];
  return [
    sides.join('\n'),
    marketsText(markets),
    ...markets.changed.map(changeText),
    ...accountsText(diff),
  ].join('\n\n');
}

function sideText(title: string, { name, source, left, doubts }: TierDiff['before']): string {
  return [
    `${title}: ${name} (${source})`,
    ...doubts.map((doubt) => `  not certain: ${doubt}`),
    ...(left.length === 0 ? [] : [`  no level tables, left out: ${left.join(', ')}`]),
  ].join('\n');
}

function marketsText({ changed, same, added, removed }: TierDiff['markets']): string {
  return `markets: ${changed.length} changed, ${same} the same, ${added.length} only after, ${removed.length} only before`;
}

function changeText({ market, levels, form, cap }: TableChange): string {
  const lines = [
    market,
    ...(form === null ? [] : [`  schedule  ${turn(form.before, form.after)}`]),
    ...(cap === null ? [] : [`  cap  ${turn(cap.before, cap.after)}`]),
  ];
  if (levels.length === 0) return lines.join('\n');
  const rows = [['  level', 'from', 'rate', 'leverage'], ...levels.map(levelCells)];
  return [...lines, table(rows, ['left', 'left', 'left', 'left'])].join('\n');
}

function levelCells({ change, before, after }: LevelChange): readonly string[] {
  const cell = (textOf: (level: TierLevel) => string): string =>
    turn(before === null ? null : textOf(before), after === null ? null : textOf(after));
  return [
    `  ${change}`,
    cell(({ from }) => from),
    cell(({ rate }) => rate),
    cell(({ maxLeverage }) => maxLeverage ?? 'not known'),
  ];
}

/** `a → b`, or the one of both that there is. */
function turn(before: string | null, after: string | null): string {
  if (before === null || after === null || before === after) return after ?? before ?? '';
  return `${before} → ${after}`;
}

function accountsText({ accounts, refused }: TierDiff): readonly string[] {
  if (accounts.length === 0 && refused.length === 0) return [];
  const moved = accounts.filter((account) => isMoved(account));
  const shown = moved.slice(0, ACCOUNTS_SHOWN);
  const more = moved.length - shown.length;
  return [
    accountsLine({ accounts, refused }, moved.length),
    ...(shown.length === 0 ? [] : [accountsTable(shown)]),
    ...(more === 0 ? [] : [`${more} more accounts: --json has all`]),
    ...(refused.length === 0 ? [] : [refusedText(refused)]),
  ];
}

function isMoved({ difference: { account, positions } }: MovedAccount): boolean {
  return Object.keys(account).length > 0 || positions.length > 0;
}

function accountsLine(
  { accounts, refused }: Pick<TierDiff, 'accounts' | 'refused'>,
  moved: number,
): string {
  const newly = (...states: readonly string[]): number =>
    accounts.filter((account) => states.includes(account.newly ?? '')).length;
  const parts = [
    `accounts: ${accounts.length} read`,
    `${newly('liquidation', 'bankrupt')} newly in liquidation`,
    `${newly('margin-call')} newly called`,
    `${moved} with other figures`,
    `${refused.length} refused`,
  ];
  return `${parts.join(', ')}; worst first`;
}

const HEADINGS = ['account', 'of', 'maintenance', 'ratio', 'state', 'liquidation'];

function accountsTable(accounts: readonly MovedAccount[]): string {
  return table(
    [HEADINGS, ...accounts.flatMap(accountRows)],
    HEADINGS.map(() => 'left'),
  );
}

function accountRows({ account, before, after }: MovedAccount): readonly (readonly string[])[] {
  const state = turn(before.state, after.state);
  const pool =
    after.marginRatio === null
      ? ['no cross position', '', '']
      : [
          'cross pool',
          turn(before.maintenanceMargin, after.maintenanceMargin),
          turn(ratioText(before.marginRatio), ratioText(after.marginRatio)),
        ];
  const positions = after.positions.map((now, k) => positionRow(before.positions[k] ?? now, now));
  return [[account, ...pool, state], ...positions];
}

function positionRow(before: PositionReport, after: PositionReport): readonly string[] {
  return [
    '',
    `${after.market} ${after.side}, ${after.marginMode}`,
    turn(before.maintenanceMargin, after.maintenanceMargin),
    turn(ratioText(before.marginRatio), ratioText(after.marginRatio)),
    turn(before.state, after.state),
    turn(before.liquidationPrice ?? 'none', after.liquidationPrice ?? 'none'),
  ];
}

function ratioText(ratio: string | null): string {
  return ratio === null ? 'none' : percent(ratio);
}

function refusedText(refused: TierDiff['refused']): string {
  return refused
    .map(({ account, error }) => `refused: ${account}: ${error.path} ${error.message}`)
    .join('\n');
}
