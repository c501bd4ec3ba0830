/** BitMEX: the user's risk limit sets one rate for the whole position; each step adds the base. */
import type { DatedMarket, Rulebook, WrittenMarket, WrittenTerms } from '../margin/index.ts';
import { mapped, tabled } from './tables.ts';
import { withSteps } from './tiers-by-rule.ts';

const PAGE = 'bitmex.com/app/riskLimitsExamples';
const LIQUIDATION = 'bitmex.com/app/liquidationExamples';
const SAVED = 'instruments of the venue as saved on 2021-07-22';
const LEVELS = 60;
const TERMS: WrittenTerms = {
  contract: 'linear',
  trigger: 'at-or-below',
  maintenance: { basis: 'entry' },
};

interface Limit {
  readonly unit: string;
  readonly tick: string;
  /** Base limit and step, in XBT. */
  readonly limit: string;
  readonly step: string;
  readonly maintenance: string;
  readonly initial: string;
}

/** Each level adds the base maintenance rate to both rates. */
function tableOf({ limit, step, maintenance, initial }: Limit): string {
  const twice = Number(maintenance) * 2;
  const second = Number(initial) + Number(maintenance);
  return withSteps(`0 ${maintenance} ${initial}`, {
    from: limit,
    rate: String(twice),
    initial: second.toFixed(6),
    size: step,
    rise: maintenance,
    count: LEVELS - 1,
  });
}

function marketOf(limit: Limit, contract: 'linear' | 'inverse'): WrittenMarket {
  const { maintenance, initial } = tabled(tableOf(limit), { kind: 'steps' });
  return {
    ...TERMS,
    contract,
    ...(contract === 'linear' ? { multiplier: limit.unit } : { face: limit.unit }),
    tick: limit.tick,
    maintenance: { ...TERMS.maintenance, ...maintenance },
    ...(initial === undefined ? {} : { initial }),
  };
}

const BASIS =
  'maintenance is taken at entry, as in the venue’s example; the level is that of the value, the user may have chosen a higher one';
const STALE = 'changes since 2021 are not known';

/** Linear contracts paid in XBT at a fixed multiplier: limit, step, both rates. */
const QUANTO: Readonly<Record<string, Limit>> = {
  ETHUSD: limitOf('0.000001 0.05 75 75 0.005 0.01'),
  XRPUSD: limitOf('0.0002 0.0001 50 50 0.01 0.02'),
  LINKUSDT: limitOf('0.0001 0.0005 50 50 0.01 0.02'),
  DOGEUSDT: limitOf('0.001 0.00001 50 50 0.01 0.02'),
  BNBUSDT: limitOf('0.000001 0.01 50 50 0.01 0.02'),
  ADAUSDT: limitOf('0.01 0.00001 50 50 0.015 0.03'),
  SOLUSDT: limitOf('0.00001 0.001 50 50 0.015 0.03'),
  LTCUSD: limitOf('0.000002 0.01 50 50 0.015 0.03'),
};

function limitOf(text: string): Limit {
  const [unit = '', tick = '', limit = '', step = '', maintenance = '', initial = ''] =
    text.split(' ');
  return { unit, tick, limit, step, maintenance, initial };
}

function datedOf(limit: Limit): readonly DatedMarket[] {
  const first: DatedMarket = {
    from: '2021-07-22',
    market: marketOf(limit, 'linear'),
    source: `${SAVED}; ${PAGE}`,
    confidence: 'code',
    doubt: `${BASIS}; ${STALE}`,
  };
  return [first];
}

const ETHER_STEP: DatedMarket = {
  from: '2021-08-31',
  appliesTo: 'new',
  market: marketOf(limitOf('0.000001 0.05 75 100 0.005 0.01'), 'linear'),
  source: `${SAVED}; BitMEX blog on risk steps, 2021-08-31`,
  confidence: 'mirror',
  doubt: `open positions kept their terms: give their openedAt; ${BASIS}; ${STALE}`,
};

const BITCOIN: readonly DatedMarket[] = [
  {
    from: '2021-07-22',
    market: marketOf(limitOf('1 0.5 200 100 0.0035 0.01'), 'inverse'),
    source: SAVED,
    confidence: 'code',
    doubt: `the page prints a base of 0.5 %, the instrument 0.35 %; ${BASIS}`,
  },
  {
    from: '2021-08-31',
    appliesTo: 'new',
    market: marketOf(limitOf('1 0.5 200 150 0.0035 0.01'), 'inverse'),
    source: 'instruments of the venue as saved in December 2021 and 2022',
    confidence: 'code',
    doubt: `open positions kept their terms: give their openedAt; the page prints a base of 0.5 %; ${BASIS}`,
  },
  {
    from: '2024-11-24',
    market: marketOf(limitOf('1 0.1 200 150 0.005 0.01'), 'inverse'),
    source: 'instrument of the venue as saved on 2024-11-24',
    confidence: 'code',
    doubt: `the day on which 0.35 % became 0.5 % is not known, so it is taken for open positions too; ${BASIS}`,
  },
];

const quanto = mapped(QUANTO, datedOf);

/** BitMEX perpetuals, margined in XBT. */
export const bitmex: Rulebook = {
  id: 'bitmex',
  title: 'BitMEX',
  clauses: [
    {
      about: 'maintenance',
      says: 'One rate for the whole value: the base rate, and the base again for each risk step above the base limit.',
      source: PAGE,
      confidence: 'documented',
    },
    {
      about: 'basis',
      says: 'Bought at 100 with leverage 100: liquidated at 99.5, bankrupt at 99; so maintenance is of the value at entry.',
      source: LIQUIDATION,
      confidence: 'documented',
    },
    {
      about: 'trigger',
      says: 'Liquidated when the mark (fair price) reaches the liquidation price.',
      source: LIQUIDATION,
      confidence: 'documented',
    },
    {
      about: 'closing fee',
      says: 'Fees are left out; staff have quoted a price that holds them.',
      source: LIQUIDATION,
      confidence: 'inferred',
    },
    {
      about: 'dates',
      says: 'A change holds for new positions, new orders and any change of leverage or limit; open positions keep their terms.',
      source: 'BitMEX blog on risk limits, 2021-08-31 and 2025-06-12',
      confidence: 'mirror',
    },
  ],
  markets: {
    XBTUSD: BITCOIN,
    ...quanto,
    ETHUSD: [...(quanto['ETHUSD'] ?? []), ETHER_STEP],
  },
  others: [
    {
      from: '2021-07-22',
      market: TERMS,
      source: PAGE,
      confidence: 'documented',
      doubt: BASIS,
    },
  ],
};
