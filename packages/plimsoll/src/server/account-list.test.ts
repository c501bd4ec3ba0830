/** A list that was ordered a moment ago, shown after the price has moved on. */
import { accountView } from '@plimsoll/core/engine';
import { expect, it } from 'vitest';
import { plainRules, Scene, tradeOf } from '../../../core/src/engine/kit/scene.ts';
import { pageOf, rowOf } from './account-list.ts';
import { scaleOf } from './scale.ts';
import { standingOf } from './standing.ts';

const EVERYTHING = {
  sort: '-marginRatio',
  state: undefined,
  market: undefined,
  search: undefined,
  offset: 0,
  limit: 10,
  allowed: null,
};

it('shows every figure of a row as of one moment, however old the order is', () => {
  const scene = new Scene();
  scene.open('A', plainRules(), 100);
  scene.fund({ ann: 100, house: 10_000 });
  scene.choose('ann', 'A', 10);
  scene.accept(tradeOf('A', ['ann', 'house'], [5, 100]));
  const before = standingOf(scene.engine);
  scene.mark({ A: 85 });
  const { accounts } = pageOf(before, EVERYTHING);
  const view = accountView(scene.engine, accounts[0] ?? '');
  if (view === null) throw new Error('no account');
  const unit = scaleOf('1');
  const row = rowOf(scene.engine, view, { atom: unit, market: () => undefined });
  expect(row).toMatchObject({
    account: 'ann',
    state: 'liquidation',
    equity: '25',
    maintenanceMargin: '43',
    marginRatio: '1.72',
    distance: '0',
  });
});
