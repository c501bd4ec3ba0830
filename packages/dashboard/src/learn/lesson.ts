/**
 * The accounts of the lesson: one coin bought at 50,000 under a rule of 5 %, so that every line can
 * be told from the next with the eye. All figures are those of `check`.
 */
import { check, type PositionReport, type Report } from '@plimsoll/core/margin';

export const ENTRY = 50_000;
/** Maintenance margin, of the value. */
const RATE = '0.05';
/** Of equity: from there on an account is called. */
export const CALL_AT = 0.8;
/** Behind each of the two positions of the last step. */
const SHARE = 5_000;

/** One account with one position. */
export interface Lesson {
  readonly report: Report;
  readonly position: PositionReport;
}

function rules(markets: readonly string[]): Readonly<Record<string, object>> {
  const maintenance = { schedule: { kind: 'flat', rate: RATE } };
  return Object.fromEntries(markets.map((market) => [market, { maintenance }]));
}

function reported(document: object): Report {
  const report = check(
    { venue: 'custom', policy: { marginCallAt: String(CALL_AT) }, ...document },
    [{ id: 'custom', title: '', clauses: [], markets: {} }],
  );
  if ('error' in report) throw new Error(`${report.error.path} ${report.error.message}`);
  return report;
}

/** One coin, long, opened with exactly the initial margin of this leverage. */
export function opened({ leverage, price }: { leverage: number; price: number }): Lesson {
  const report = reported({
    collateral: [{ asset: 'USDT', amount: String(ENTRY / leverage) }],
    positions: [
      {
        market: 'BTC',
        side: 'long',
        size: '1',
        entryPrice: String(ENTRY),
        markPrice: String(price),
        marginMode: 'cross',
        leverage: String(leverage),
      },
    ],
    markets: rules(['BTC']),
  });
  return { report, position: onlyOf(report, 0) };
}

function onlyOf({ positions }: Report, index: number): PositionReport {
  const position = positions[index];
  if (position === undefined) throw new Error(`no position ${index}`);
  return position;
}

/** Bitcoin and ether, long both, 5,000 behind each: apart, or in one pool. */
export function paired(price: number, marginMode: 'cross' | 'isolated'): readonly PositionReport[] {
  const own = marginMode === 'isolated' ? { isolatedMargin: String(SHARE) } : {};
  const common = { side: 'long', marginMode, leverage: '10', ...own };
  const report = reported({
    collateral: marginMode === 'cross' ? [{ asset: 'USDT', amount: String(2 * SHARE) }] : [],
    positions: [
      { ...common, market: 'BTC', size: '1', entryPrice: '50000', markPrice: String(price) },
      { ...common, market: 'ETH', size: '10', entryPrice: '3000', markPrice: '3000' },
    ],
    markets: rules(['BTC', 'ETH']),
  });
  return report.positions;
}
