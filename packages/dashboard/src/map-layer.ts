/**
 * The liquidation map as a layer of the chart: bars that grow from the price scale towards the
 * candles. The chart calls it whenever it paints, so both always have one scale.
 */
import type {
  AutoscaleInfo,
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesApi,
  ISeriesPrimitive,
  SeriesAttachedParameter,
  UTCTimestamp,
} from 'lightweight-charts';
import type { LiquidationMap } from './api.ts';
import { barsOf, type MapBar } from './map.ts';
import { colour } from './theme.svelte.ts';

type Target = Parameters<IPrimitivePaneRenderer['draw']>[0];
type Series = ISeriesApi<'Candlestick', UTCTimestamp>;

/** Least height of a bar with the gap below it, pixels. */
const PITCH = 5;
/** Share of the chart's width that the longest bar takes. */
const SHARE = 0.2;

export class MapLayer implements ISeriesPrimitive<UTCTimestamp>, IPrimitivePaneView {
  #map: LiquidationMap | null = null;
  #share: number | null = null;
  #attached: SeriesAttachedParameter<UTCTimestamp> | null = null;

  attached(parameters: SeriesAttachedParameter<UTCTimestamp>): void {
    this.#attached = parameters;
  }

  detached(): void {
    this.#attached = null;
  }

  /** What is shown from now on, and how far around the mark. */
  show(map: LiquidationMap | null, share: number | null): void {
    this.#map = map;
    this.#share = share;
    this.#attached?.requestUpdate();
  }

  autoscaleInfo(): AutoscaleInfo | null {
    if (!this.#map || this.#share === null) return null;
    const mark = Number(this.#map.mark);
    const [minValue, maxValue] = [mark * (1 - this.#share), mark * (1 + this.#share)];
    return { priceRange: { minValue, maxValue } };
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return [this];
  }

  zOrder(): 'bottom' {
    return 'bottom';
  }

  renderer(): IPrimitivePaneRenderer {
    return { draw: (target) => this.#draw(target) };
  }

  #draw(target: Target): void {
    const map = this.#map;
    const series = this.#attached?.series as Series | undefined;
    if (!map || !series) return;
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      const bottom = series.coordinateToPrice(mediaSize.height);
      const top = series.coordinateToPrice(0);
      if (bottom === null || top === null) return;
      const bars = barsOf(map, ((top - bottom) / mediaSize.height) * PITCH);
      const seen = bars.filter(({ low, high }) => high > bottom && low < top);
      paintBars(context, seen, { width: mediaSize.width, series });
    });
  }
}

function paintBars(
  pen: CanvasRenderingContext2D,
  bars: readonly MapBar[],
  { width, series }: { readonly width: number; readonly series: Series },
): void {
  const most = bars.reduce((largest, { value }) => Math.max(largest, value), 0);
  const colours = { long: colour('down'), short: colour('up') };
  pen.globalAlpha = 0.85;
  for (const { low, high, side, value } of bars) {
    const [top, foot] = [series.priceToCoordinate(high), series.priceToCoordinate(low)];
    if (top === null || foot === null) continue;
    const length = Math.max(2, (value / most) * width * SHARE);
    pen.fillStyle = colours[side];
    pen.beginPath();
    pen.roundRect(width - length, top + 0.5, length, Math.max(1.5, foot - top - 1.5), [2, 0, 0, 2]);
    pen.fill();
  }
  pen.globalAlpha = 1;
}
