/**
 * A picture of a replay as SVG: price, accounts called, accounts liquidated, fund, one above
 * another.
 */
import type { ReplaySample } from '@plimsoll/core/lab';

const WIDTH = 960;
const PANEL_HEIGHT = 130;
const LEFT = 90;
const RIGHT = 20;
const TOP = 56;
const GAP = 28;
const MOST_POINTS = 900;

interface Panel {
  readonly title: string;
  readonly color: string;
  readonly value: (sample: ReplaySample) => number;
  readonly format: (value: number) => string;
}

export interface ChartScale {
  readonly title: string;
  readonly tick: number;
  readonly atoms: number;
  readonly asset: string;
  readonly market: string;
}

/** Draws the samples of a replay; at most some 900 points a panel. */
export function chartSvg(samples: readonly ReplaySample[], scale: ChartScale): string {
  const shown = thinned(samples);
  const panels = panelsOf(scale);
  const height = TOP + panels.length * (PANEL_HEIGHT + GAP) + 24;
  const body = panels.map((panel, index) =>
    panelSvg(panel, shown, TOP + index * (PANEL_HEIGHT + GAP)),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="${escaped(scale.title)}">`,
    `<rect width="${WIDTH}" height="${height}" fill="#0b1a26"/>`,
    `<text x="${LEFT}" y="28" fill="#e6f1f5" font-size="16">${escaped(scale.title)}</text>`,
    ...body,
    timeAxis(shown, height - 18),
    '</svg>',
    '',
  ].join('\n');
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function price(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 7 });
}

function label(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function panelsOf(scale: ChartScale): Panel[] {
  return [
    {
      title: `mark price of ${scale.market}, ${scale.asset}`,
      color: '#dfeef2',
      value: (sample) => sample.markTicks * scale.tick,
      format: price,
    },
    {
      title: 'margin calls so far',
      color: '#f4c04e',
      value: (sample) => sample.called,
      format: count,
    },
    {
      title: 'liquidations so far',
      color: '#e8705c',
      value: (sample) => sample.liquidated,
      format: count,
    },
    {
      title: `insurance fund, equity in ${scale.asset}`,
      color: '#53c4ae',
      value: (sample) => sample.fundAtoms / scale.atoms,
      format: count,
    },
  ];
}

/** Of every k samples the last, and those at which price or fund were lowest or highest. */
function thinned(samples: readonly ReplaySample[]): ReplaySample[] {
  const step = Math.ceil(samples.length / (MOST_POINTS / 5));
  if (step <= 5) return [...samples];
  const shown: ReplaySample[] = [];
  for (let from = 0; from < samples.length; from += step) {
    const part = samples.slice(from, from + step);
    const kept = new Set([part.at(-1), ...extremes(part, (sample) => sample.markTicks)]);
    for (const one of extremes(part, (sample) => sample.fundAtoms)) kept.add(one);
    shown.push(...part.filter((sample) => kept.has(sample)));
  }
  return shown;
}

function extremes(
  samples: readonly ReplaySample[],
  of: (sample: ReplaySample) => number,
): ReplaySample[] {
  const pick = (isBetter: (a: number, b: number) => boolean): ReplaySample =>
    samples.reduce((best, one) => (isBetter(of(one), of(best)) ? one : best));
  return [pick((a, b) => a < b), pick((a, b) => a > b)];
}

function panelSvg(panel: Panel, samples: readonly ReplaySample[], top: number): string {
  const values = samples.map(panel.value);
  const lowest = Math.min(...values);
  const highest = Math.max(...values);
  const span = highest - lowest || 1;
  const bottom = top + PANEL_HEIGHT;
  const x = xScale(samples);
  const points = samples.map((sample, index) => {
    const y = bottom - (((values[index] ?? 0) - lowest) / span) * PANEL_HEIGHT;
    return `${x(sample).toFixed(1)},${y.toFixed(1)}`;
  });
  return [
    `<text x="${LEFT}" y="${top - 7}" fill="#8fa9b5">${escaped(panel.title)}</text>`,
    `<rect x="${LEFT}" y="${top}" width="${WIDTH - LEFT - RIGHT}" height="${PANEL_HEIGHT}" fill="#0f2433"/>`,
    `<text x="${LEFT - 8}" y="${top + 11}" fill="#8fa9b5" text-anchor="end">${escaped(panel.format(highest))}</text>`,
    `<text x="${LEFT - 8}" y="${bottom}" fill="#8fa9b5" text-anchor="end">${escaped(panel.format(lowest))}</text>`,
    `<polyline points="${points.join(' ')}" fill="none" stroke="${panel.color}" stroke-width="1.6"/>`,
  ].join('\n');
}

function xScale(samples: readonly ReplaySample[]): (sample: ReplaySample) => number {
  const from = samples[0]?.timeMs ?? 0;
  const span = (samples.at(-1)?.timeMs ?? 0) - from || 1;
  return (sample) => LEFT + ((sample.timeMs - from) / span) * (WIDTH - LEFT - RIGHT);
}

function timeAxis(samples: readonly ReplaySample[], y: number): string {
  const from = label(samples[0]?.timeMs ?? 0);
  const to = label(samples.at(-1)?.timeMs ?? 0);
  return [
    `<text x="${LEFT}" y="${y}" fill="#8fa9b5">${from}</text>`,
    `<text x="${WIDTH - RIGHT}" y="${y}" fill="#8fa9b5" text-anchor="end">${to}</text>`,
  ].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
