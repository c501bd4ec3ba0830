/** A rehearsed change of rules says what the change then does, and changes nothing. */
import { expect, test } from 'vitest';
import { rehearseRules } from './rules-rehearsal.ts';
import { eventsOf, maintenance, plainRules, Scene, tradeOf } from './kit/scene.ts';
import { encodeState } from './snapshot.ts';

/** Ann 10 long with 150, cem with 130, eve isolated with 200; bob is on the other side. */
function book(): Scene {
  const scene = new Scene();
  scene.open('A', plainRules(), 100);
  scene.fund({ ann: 150, cem: 130, eve: 200, bob: 10_000 });
  for (const account of ['ann', 'cem', 'bob']) scene.choose(account, 'A', 10);
  scene.choose('eve', 'A', 5, true);
  for (const id of ['ann', 'cem', 'eve']) scene.accept(tradeOf('A', [id, 'bob'], [10, 100]));
  return scene;
}

test.each([
  ['0.1', [], []],
  ['0.103', [], []],
  ['0.104', ['cem'], []],
  ['0.119', ['cem'], []],
  ['0.12', ['ann', 'cem'], []],
  ['0.13', ['ann', 'cem'], []],
  ['0.131', ['ann'], ['cem']],
  ['0.15', ['ann'], ['cem']],
  ['0.151', [], ['ann', 'cem']],
  ['0.159', [], ['ann', 'cem']],
  ['0.16', ['eve'], ['ann', 'cem']],
])('maintenance of %s', (rate, expectedCalls, expectedLiquidations) => {
  const scene = book();
  const rules = plainRules({ maintenance: maintenance(rate) });
  const before = encodeState(scene.engine);
  const rehearsed = rehearseRules(scene.engine, [{ market: 'A', rules }]);
  expect(Buffer.compare(encodeState(scene.engine), before)).toBe(0);
  if ('code' in rehearsed) throw new Error(rehearsed.message);
  const events = scene.accept({
    kind: 'update-market',
    market: 'A',
    rules,
    appliesTo: 'open',
    effectiveMs: null,
  });
  const named = (outcome: string): string[] => {
    return rehearsed.units.filter((unit) => unit.outcome === outcome).map((unit) => unit.account);
  };
  const liquidated = eventsOf(events, 'liquidation-started').map((event) => event.account);
  const called = eventsOf(events, 'margin-called').map((event) => event.account);
  expect(named('liquidated').toSorted()).toEqual(expectedLiquidations);
  expect(named('called').toSorted()).toEqual(expectedCalls);
  expect(liquidated.toSorted()).toEqual(expectedLiquidations);
  expect(called.filter((id) => !liquidated.includes(id)).toSorted()).toEqual(expectedCalls);
  expect(rehearsed.called + rehearsed.liquidated).toBe(rehearsed.units.length);
});

test('totals and the shortfall, the largest first', () => {
  const rules = plainRules({ maintenance: maintenance('0.16') });
  expect(rehearseRules(book().engine, [{ market: 'A', rules }])).toMatchObject({
    called: 1,
    liquidated: 2,
    missingAtoms: 40n,
    markets: [
      { market: 'A', positions: 4, maintenanceBeforeAtoms: 600n, maintenanceAfterAtoms: 960n },
    ],
    units: [
      { account: 'cem', missingAtoms: 30, equityAtoms: 130, maintenanceAfterAtoms: 160 },
      { account: 'ann', missingAtoms: 10 },
      { account: 'eve', market: 'A', outcome: 'called', missingAtoms: 0 },
    ],
  });
});

test('changes of several markets count together, and a pool once', () => {
  const scene = book();
  scene.open('B', plainRules(), 10);
  for (const account of ['ann', 'bob']) scene.choose(account, 'B', 10);
  scene.accept(tradeOf('B', ['ann', 'bob'], [20, 10]));
  const [a, b] = ['0.12', '0.14'].map((rate) => plainRules({ maintenance: maintenance(rate) }));
  const changes = [
    { market: 'A', rules: a ?? plainRules() },
    { market: 'B', rules: b ?? plainRules() },
  ];
  const outcomes = changes.map((one) => rehearseRules(scene.engine, [one]));
  for (const outcome of outcomes) expect(outcome).toMatchObject({ liquidated: 0 });
  expect(rehearseRules(scene.engine, changes)).toMatchObject({
    liquidated: 0,
    called: 1,
    markets: [{ market: 'A' }, { market: 'B', maintenanceAfterAtoms: 56n }],
    units: [{ account: 'cem', outcome: 'called' }],
  });
});

const MORE: object = { more: 1 };

test.each([
  ['an unknown market', 'B', {}, 'unknown-market'],
  ['another lot', 'A', { lot: '2' }, 'bad-rules'],
  ['a rate above 1', 'A', { takerFee: '2' }, 'bad-rules'],
  ['a field that there is not', 'A', MORE, 'malformed'],
])('%s is refused as the change would be', (_what, market, changes, code) => {
  const rules = plainRules(changes);
  expect(rehearseRules(book().engine, [{ market, rules }])).toMatchObject({ code });
});

test('a market that is delisted has no other rules, and none to rehearse', () => {
  const scene = book();
  scene.accept({ kind: 'halt-market', market: 'A' });
  scene.accept({ kind: 'delist-market', market: 'A', priceTicks: 100, reason: 'delisting' });
  const rules = plainRules({ maintenance: maintenance('0.2') });
  const change = { market: 'A', rules };
  expect(rehearseRules(scene.engine, [change])).toMatchObject({ code: 'market-mode' });
  const draft = { kind: 'update-market', appliesTo: 'open', effectiveMs: null } as const;
  expect(scene.verdict({ ...draft, ...change })).toBe('market-mode');
});
