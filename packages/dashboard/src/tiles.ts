/** The engine's totals as tiles: what each is, how much in short and exactly, and a note below. */
import type { Totals } from './api.ts';
import { compact, count, counted, fixed, percent, took } from './format.ts';
import type { Term } from './glossary.ts';

export interface Tile {
  readonly term: Term;
  readonly label: string;
  /** Empty for a count and for what writes its own. */
  readonly unit: string;
  readonly value: string;
  readonly exact: string;
  readonly note: string;
  readonly tone: 'plain' | 'call' | 'sink' | 'loss';
}

export function tilesOf(totals: Totals, asset: string): Tile[] {
  return [...standing(totals, asset), ...trouble(totals), ...means(totals, asset)];
}

function money(value: string, asset: string): Pick<Tile, 'unit' | 'value' | 'exact' | 'tone'> {
  const exact = `${fixed(value, 2)} ${asset}`;
  return { unit: asset, value: compact(value), exact, tone: 'plain' };
}

function tally(
  value: number,
  one: string,
  many = `${one}s`,
): Pick<Tile, 'unit' | 'value' | 'exact'> {
  return { unit: '', value: count(value), exact: counted(value, one, many) };
}

function standing(totals: Totals, asset: string): Tile[] {
  return [
    {
      term: 'accounts',
      label: 'accounts',
      ...tally(totals.accounts, 'account'),
      note: `${count(totals.withPositions)} with positions`,
      tone: 'plain',
    },
    {
      term: 'equity',
      label: 'equity',
      ...money(totals.equity, asset),
      note: `positions ${compact(totals.positionValue)}`,
    },
    {
      term: 'maintenance',
      label: 'maintenance',
      ...money(totals.maintenanceMargin, asset),
      note: `${shareText(totals)} of equity`,
    },
  ];
}

/** Small shares keep three decimals: a venue's own money often dwarfs everybody's margin. */
function shareText(totals: Totals): string {
  const share = Number(totals.maintenanceMargin) / Number(totals.equity);
  return percent(Number.isFinite(share) ? share : null, share < 0.01 ? 3 : 1);
}

function trouble(totals: Totals): Tile[] {
  return [
    {
      term: 'called',
      label: 'called now',
      ...tally(totals.called, 'account'),
      note: `${counted(totals.marginCalls, 'call')} so far`,
      tone: totals.called > 0 ? 'call' : 'plain',
    },
    {
      term: 'liquidated',
      label: 'liquidated',
      ...tally(totals.liquidations, 'liquidation'),
      note: `${count(totals.liquidating)} under way`,
      tone: totals.liquidations > 0 ? 'sink' : 'plain',
    },
    {
      term: 'bankrupt',
      label: 'bankrupt',
      ...tally(totals.bankruptcies, 'bankruptcy', 'bankruptcies'),
      note: `${count(totals.deleveraged)} deleveraged`,
      tone: totals.bankruptcies > 0 ? 'loss' : 'plain',
    },
  ];
}

function means(totals: Totals, asset: string): Tile[] {
  return [
    {
      term: 'fund',
      label: 'fund',
      ...money(totals.fund.equity, asset),
      note: `lowest ${compact(totals.fund.lowest)}`,
    },
    {
      term: 'epoch',
      label: 'last epoch',
      unit: '',
      value: took(totals.epochMs),
      exact: `${took(totals.epochMs)} for epoch ${count(totals.epoch)}`,
      note: `worst ${took(totals.epochMsWorst)}`,
      tone: 'plain',
    },
  ];
}
