/** One position under several venues: names, contracts, figures and refusals side by side. */
import { describe, expect, test } from 'vitest';
import { rulebooks } from '../rulebook/index.ts';
import { check, explainAcross } from './index.ts';
import type { Across, Report, VenueAnswer, VenueRefusal } from './index.ts';

interface Shape {
  readonly venue?: string;
  readonly market?: string;
  readonly size?: string;
  readonly extra?: object;
}

function documentOf({
  venue = 'binance-usdm',
  market = 'BTCUSDT',
  size = '2',
  extra = {},
}: Shape): object {
  return {
    venue,
    asOf: '2026-08-01',
    collateral: [{ asset: 'USDT', amount: '12000' }],
    positions: [
      {
        market,
        side: 'long',
        size,
        entryPrice: '60000',
        markPrice: '60500',
        marginMode: 'cross',
        leverage: '10',
      },
    ],
    ...extra,
  };
}

function across(
  document: object,
  venues: readonly string[],
): readonly (VenueAnswer | VenueRefusal)[] {
  const answer = explainAcross(document, { venues }, rulebooks);
  if ('error' in answer) throw new Error(`${answer.error.path}: ${answer.error.message}`);
  return answer.venues;
}

function only(document: object, venue: string): VenueAnswer {
  const [answer] = across(document, [venue]);
  if (answer === undefined || 'error' in answer) throw new Error(JSON.stringify(answer));
  return answer;
}

function refusal(document: object, venue: string): string {
  const [answer] = across(document, [venue]);
  return answer !== undefined && 'error' in answer
    ? `${answer.error.path} ${answer.error.message}`
    : '';
}

describe('names and contracts', () => {
  test.each([
    ['okx-linear', 'BTC-USDT-SWAP', '200', '0.01'],
    ['hyperliquid', 'BTC', '2', '1'],
    ['dydx', 'BTC-USD', '2', '1'],
    ['bybit-linear', 'BTCUSDT', '2', '1'],
    ['deribit', 'BTC_USDC-PERPETUAL', '2', '1'],
    ['kraken-futures', 'PF_XBTUSD', '2', '1'],
    ['kucoin', 'XBTUSDTM', '2000', '0.001'],
    ['mexc', 'BTC_USDT', '20000', '0.0001'],
    ['orderly', 'PERP_BTC_USDC', '2', '1'],
  ])('BTCUSDT at %s is %s, %s contracts of %s', (venue, market, size, unit) => {
    const answer = only(documentOf({}), venue);
    expect(answer).toMatchObject({ market, size, unit, value: '121000' });
    expect(answer.translation.join()).toContain(`BTCUSDT is ${market} there`);
  });

  test('and the way back gives what there was', () => {
    const there = { venue: 'okx-linear', market: 'BTC-USDT-SWAP', size: '200' };
    const here = only(documentOf({}), 'binance-usdm');
    expect(here.translation).toEqual([]);
    expect(only(documentOf(there), 'binance-usdm')).toMatchObject({
      size: '2',
      liquidationPrice: here.liquidationPrice,
    });
  });

  test('inverse contracts go by their face', () => {
    const coin = { venue: 'binance-coinm', market: 'BTCUSD_PERP', size: '300' };
    const document = { ...documentOf(coin), collateral: [{ asset: 'BTC', amount: '0.1' }] };
    expect(only(document, 'deribit')).toMatchObject({ market: 'BTC-PERPETUAL', size: '3000' });
    expect(only(document, 'bitmex')).toMatchObject({ market: 'XBTUSD', size: '30000' });
    expect(refusal(document, 'okx-linear')).toContain('is inverse');
  });

  test('orders and tied collateral follow their market', () => {
    const orders = [{ market: 'BTCUSDT', side: 'buy', size: '1', price: '59000' }];
    const held = { asset: 'BTC', amount: '0.1', price: '60500' };
    const cash = { asset: 'USDT', amount: '12000' };
    const at = (coin: object): number =>
      Number(
        only(documentOf({ extra: { orders, collateral: [cash, coin] } }), 'okx-linear')
          .liquidationPrice,
      );
    expect(at({ ...held, market: 'BTCUSDT' })).toBeGreaterThan(at(held));
  });
});

describe('figures', () => {
  test('are those of check at each venue', () => {
    const okx = { venue: 'okx-linear', market: 'BTC-USDT-SWAP', size: '200' };
    const report = check(documentOf(okx), rulebooks) as Report;
    const answer = only(documentOf({}), 'okx-linear');
    const { initialMargin, maintenanceMargin, liquidationPrice, distance } =
      report.positions.at(0)!;
    expect(answer).toMatchObject({ initialMargin, maintenanceMargin, liquidationPrice, distance });
    expect(answer).toMatchObject({ level: '1 of 99, rate 0.004', rate: '0.0045' });
    expect(answer.trigger).toBe('equity ≤ requirement');
    expect(answer.doubts.join()).toContain('taker rate');
  });

  test('each column derives its price by the rules of its own venue', () => {
    const answers = across(documentOf({}), ['binance-usdm', 'okx-linear', 'hyperliquid']);
    const formulas = answers.map((each) =>
      'error' in each
        ? ''
        : each.steps.find(({ title }) => title.startsWith('formula of'))?.formula,
    );
    expect(formulas[0]).toContain('TMM1');
    expect(formulas[1]).toContain('balance');
    expect(formulas[2]).toContain('liq_price');
  });

  test('what the document says of its own venue is left behind, and that is said', () => {
    const extra = { policy: { marginCallAt: '0.8' }, markets: { BTCUSDT: { tick: '0.1' } } };
    const { translation } = only(documentOf({ extra }), 'hyperliquid');
    expect(translation).toContain('the document’s own rules are left out');
    expect(translation).toContain('the document’s policy is left out');
    expect(translation.join()).toContain('one USDT taken as one USDC');
  });
});

describe('refusals stay in their column', () => {
  test('and the others answer', () => {
    const document = documentOf({ market: 'ETHUSDT', size: '1' });
    const answers = across(document, ['deribit', 'hyperliquid', 'nowhere', 'binance-coinm']);
    expect(answers.map((each) => 'error' in each)).toEqual([true, false, true, true]);
  });

  test.each([
    ['binance-coinm', {}, 'only contracts that are paid in coin'],
    ['bybit-inverse', {}, 'only contracts that are paid in coin'],
    ['reg-t', {}, 'names no such contracts'],
    ['dydx', { market: 'PEPEUSDT' }, 'has no rules'],
    ['nowhere', {}, 'names no rulebook; known: custom, binance-usdm, '],
    ['hyperliquid', { venue: 'bitmex', market: 'ETHUSD' }, 'in no form'],
  ])('%s, %j: %s', (venue, shape, message) => {
    const rules = {
      markets: { PEPEUSDT: { maintenance: { schedule: { kind: 'flat', rate: '0.05' } } } },
    };
    const extra = 'market' in shape && shape.market === 'PEPEUSDT' ? rules : {};
    expect(refusal(documentOf({ ...shape, extra }), venue)).toContain(message);
  });

  test.each<[object, object, string]>([
    [{ venues: [] }, documentOf({}), 'venues'],
    [{}, documentOf({}), 'venues'],
    [{ venues: 'okx-linear' }, documentOf({}), 'venues'],
    [{ venues: [7] }, documentOf({}), 'venues[0]'],
    [{ venues: ['dydx'], position: 4 }, documentOf({}), 'position'],
    [{ venues: ['dydx'] }, {}, 'venue'],
  ])('a bad question is refused as a whole: %j', (request, document, path) => {
    const answer = explainAcross(document, request as { venues: string[] }, rulebooks);
    expect((answer as { error: { path: string } }).error.path).toBe(path);
  });

  test('one answer has no more than its position', () => {
    const answer = explainAcross(documentOf({}), { venues: ['dydx'] }, rulebooks) as Across;
    expect(answer).toMatchObject({ market: 'BTCUSDT', side: 'long', marginMode: 'cross' });
  });
});
