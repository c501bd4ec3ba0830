/**
 * How the answers about sizes, stops, funding and sensitivity came about, one step a line, in the
 * numbers that the answers print.
 */
import type { FundingDrag } from './funding-drag.ts';
import type { Sensitivity } from './sensitivity.ts';
import type { CollateralAnswer, SizeAnswer, Standpoint } from './sizing.ts';
import type { Target } from './sizing-target.ts';
import type { Step } from './step.ts';
import type { Stop } from './stop.ts';
import { formatDecimal } from '../units/index.ts';

/** An answer before its steps are known. */
type Bare<Answer> = Omit<Answer, 'steps'>;

/** What is kept, where the largest size stands, and how one lot more fails. */
export function sizeSteps(answer: Bare<SizeAnswer>, target: Target): readonly Step[] {
  const { size, lot, at, next } = answer;
  const found = size === null ? 'every size keeps it' : `the largest is ${size}, in lots of ${lot}`;
  const way = 'the size is reached by trading at the mark, so equity stays as it is';
  return [
    targetStep(target),
    { title: 'search', formula: '', numbers: { lot }, text: `${way}; ${found}` },
    ...standpointSteps([
      ['at that size', at],
      ['one lot more', next],
    ]),
  ];
}

/** What is kept, the deposit that the formula starts from, and its two neighbours. */
export function collateralSteps(answer: Bare<CollateralAnswer>, target: Target): readonly Step[] {
  const { deposit, step, at, next } = answer;
  const formula =
    target.kind === 'ratio'
      ? `deposit = maintenance / ${formatDecimal(target.most)} − equity, to whole steps up`
      : 'deposit = requirement − equity at the price of that distance, to whole steps up';
  const text = `the least is ${deposit}, in steps of ${step}`;
  return [
    targetStep(target),
    { title: 'deposit', formula, numbers: { deposit, step }, text },
    ...standpointSteps([
      ['with it', at],
      ['one step less', next],
    ]),
  ];
}

function targetStep(target: Target): Step {
  if (target.kind === 'ratio') {
    const most = formatDecimal(target.most);
    const formula = `maintenance / equity ≤ ${most}`;
    return { title: 'to be kept', formula, numbers: { most }, text: `a margin ratio of ${most}` };
  }
  const least = formatDecimal(target.least);
  const formula = `|mark − liquidation price| / mark ≥ ${least}`;
  return { title: 'to be kept', formula, numbers: { least }, text: `a distance of ${least}` };
}

function standpointSteps(
  named: readonly (readonly [string, Standpoint | null])[],
): readonly Step[] {
  return named.flatMap(([title, at]) => (at === null ? [] : [standpointStep(title, at)]));
}

function standpointStep(title: string, at: Standpoint): Step {
  const { size, equity, maintenanceMargin, marginRatio, liquidationPrice, distance } = at;
  const price = liquidationPrice ?? 'none';
  const text =
    `size ${size}: equity ${equity}, maintenance ${maintenanceMargin}, ratio ${marginRatio}, ` +
    `liquidation price ${price}, distance ${distance ?? 'none'}`;
  const numbers = { size, equity, maintenanceMargin, marginRatio };
  return { title, formula: '', numbers, text };
}

/** The cushion, part by part, and the stop that it leaves. */
export function stopSteps(stop: Bare<Stop>): readonly Step[] {
  const { cushion, liquidationPrice, markPrice, stopPrice, trigger, gap } = stop;
  const { distance, slippage, latency, fees, total } = cushion;
  const apart = trigger === 'last' ? ` + ${gap ?? '0'}` : '';
  const cushioned: Step = {
    title: 'cushion',
    formula: `cushion = distance + slippage + z × σ × √(latency / day) + fees${apart === '' ? '' : ' + gap'}`,
    numbers: { distance, slippage, latency, fees, total },
    text: `${distance} + ${slippage} + ${latency} + ${fees}${apart} = ${total} of the mark`,
  };
  if (stopPrice === null || liquidationPrice === null) {
    const text = 'no price above 0 liquidates, so no stop is needed';
    return [cushioned, { title: 'stop', formula: '', numbers: {}, text }];
  }
  const sign = Number(liquidationPrice) <= Number(markPrice) ? '+' : '−';
  const placed: Step = {
    title: 'stop',
    formula: `stop = liquidation price ${sign} cushion × mark, to the tick away from liquidation`,
    numbers: { liquidationPrice, total, markPrice, stopPrice },
    text: `${liquidationPrice} ${sign} ${total} × ${markPrice} = ${stopPrice}`,
  };
  return [cushioned, placed];
}

/** The balance that funding eats into. */
export interface Balance {
  readonly value: string;
  readonly equity: string;
  readonly maintenance: string;
}

/** One payment, a day's share of equity, and the payment at which equity meets the requirement. */
export function dragSteps(drag: Bare<FundingDrag>, balance: Balance): readonly Step[] {
  const { rate, payment, intervalHours, dailyDrag, side } = drag;
  const { intervalsToLiquidation, hoursToLiquidation } = drag;
  const { value, equity, maintenance } = balance;
  const sign = side === 'long' ? '' : '−';
  const ended =
    intervalsToLiquidation === null || hoursToLiquidation === null
      ? 'it never is met'
      : `after ${intervalsToLiquidation} payments, ${hoursToLiquidation} hours`;
  return [
    {
      title: 'payment',
      formula: `payment = ${sign}rate × value, each ${intervalHours} hours`,
      numbers: { rate, value, payment },
      text: `${sign}${rate} × ${value} = ${payment}`,
    },
    {
      title: 'a day',
      formula: 'drag = Σ payment × 24 / interval hours / equity',
      numbers: { equity, ...(dailyDrag === null ? {} : { dailyDrag }) },
      text: dailyDrag === null ? 'there is no equity' : `${dailyDrag} of the equity ${equity}`,
    },
    {
      title: 'until liquidation',
      formula:
        'payments = the first n with equity − n × payments ≤ maintenance, the price standing',
      numbers: { equity, maintenance, payment },
      text: `equity ${equity}, maintenance ${maintenance}: ${ended}`,
    },
  ];
}

/** The present price, and for each factor the price with it raised and the quotient. */
export function sensitivitySteps(answer: Bare<Sensitivity>): readonly Step[] {
  const present = answer.liquidationPrice ?? 'none';
  const start: Step = {
    title: 'present',
    formula: '',
    numbers: {},
    text: `liquidation price ${present}, not rounded to the tick`,
  };
  const factors = answer.factors.map(
    ({ factor, meaning, step, liquidationPrice, change, quotient }): Step => ({
      title: factor,
      formula: 'quotient = (price with the factor raised − present price) / step',
      numbers: { step, ...(quotient === null ? {} : { quotient }) },
      text:
        quotient === null || change === null
          ? `${meaning}: price ${liquidationPrice ?? 'none'}, no quotient`
          : `${meaning}: (${liquidationPrice ?? 'none'} − ${present}) / ${step} = ${change} / ${step} = ${quotient}`,
    }),
  );
  return [start, ...factors];
}
