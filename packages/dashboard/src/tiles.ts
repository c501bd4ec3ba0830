/** The engine's totals as tiles: what each is, how much in short and exactly, and a note below. */
import type { Totals } from './api.ts';
import { compact, count, fixed, percent, took } from './format.ts';
import type { Term } from './glossary.ts';

export interface Tile {
  readonly term: Term;
  readonly label: string;
  readonly value: string;
  readonly exact: string;
  readonly note: string;
  readonly tone: 'plain' | 'call' | 'sink' | 'loss';
}

export function tilesOf(totals: Totals, asset: string): Tile[] {
  return [...standing(totals, asset), ...trouble(totals), ...means(totals, asset)];
}

function money(value: string, asset: string): Pick<Tile, 'value' | 'exact' | 'tone'> {
  return { value: compact(value), exact: `${fixed(value, 2)} ${asset}`, tone: 'plain' };
}

function tally(value: number, things: string): Pick<Tile, 'value' | 'exact'> {
  return { value: count(value), exact: `${count(value)} ${things}` };
}

function standing(totals: Totals, asset: string): Tile[] {
  return [
    {
      term: 'accounts',
      label: 'accounts',
      ...tally(totals.accounts, 'accounts'),
      note: `${count(totals.withPositions)} with positions`,
      tone: 'plain',
    },
    {
      term: 'equity',
      label: `equity, ${asset}`,
      ...money(totals.equity, asset),
      note: `positions ${compact(totals.positionValue)}`,
    },
    {
      term: 'maintenance',
      label: `maintenance, ${asset}`,
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
      ...tally(totals.called, 'accounts'),
      note: `${count(totals.marginCalls)} calls so far`,
      tone: 'call',
    },
    {
      term: 'liquidated',
      label: 'liquidated',
      ...tally(totals.liquidations, 'liquidations'),
      note: `${count(totals.liquidating)} under way`,
      tone: 'sink',
    },
    {
      term: 'bankrupt',
      label: 'bankrupt',
      ...tally(totals.bankruptcies, 'bankruptcies'),
      note: `${count(totals.deleveraged)} deleveraged`,
      tone: 'loss',
    },
  ];
}

function means(totals: Totals, asset: string): Tile[] {
  return [
    {
      term: 'fund',
      label: `fund, ${asset}`,
      ...money(totals.fund.equity, asset),
      note: `lowest ${compact(totals.fund.lowest)}`,
    },
    {
      term: 'epoch',
      label: 'last epoch',
      value: took(totals.epochMs),
      exact: `epoch ${count(totals.epoch)}`,
      note: `worst ${took(totals.epochMsWorst)}`,
      tone: 'plain',
    },
  ];
}
