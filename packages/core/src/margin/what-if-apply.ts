/** Makes one change on a draft; what is wrong with it is kept in the reader with its path. */
import { minus, negate, ONE, over, times, ZERO } from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import type { Account, Position } from './account.ts';
import { valueAtPrice } from './geometry.ts';
import { readName, readNumber, readObject, step } from './reader.ts';
import { chooseIndex } from './sizing-inquiry.ts';
import type { Change } from './what-if-changes.ts';
import { add, copyOf, pay, setMark, written } from './what-if-draft.ts';
import type { Entry } from './what-if-draft.ts';
import { applyFill, applyOrder } from './what-if-fill.ts';
import { drawCash, numberAt, refuseAt, wordAt } from './what-if-scene.ts';
import type { Scene } from './what-if-scene.ts';

const POSITIVE = { range: 'positive' } as const;

/** Makes the change; `account` is the draft as it stands before. */
export function applyChange(scene: Scene, kind: Change['kind'], account: Account): void {
  switch (kind) {
    case 'fill':
      return applyFill(scene);
    case 'order':
      return applyOrder(scene);
    case 'deposit':
      return pay(scene.draft, numberAt(scene, 'amount', POSITIVE), assetAt(scene));
    case 'withdrawal':
      return drawCash(scene, 'amount', numberAt(scene, 'amount', POSITIVE), assetAt(scene));
    case 'margin':
    case 'funding':
      return applyAmount(scene, kind, account);
    case 'leverage':
      return applyLeverage(scene, account);
    case 'margin-mode':
      return applyMode(scene, account);
    case 'prices':
      return applyPrices(scene);
    case 'tiers':
      return applyTiers(scene);
  }
}

function assetAt({ reader, fields, place }: Scene): string | undefined {
  const asset = fields.get('asset');
  return asset === undefined ? undefined : readName(reader, asset, step(place, 'asset'));
}

/** The chosen position as it is reckoned, and as it is written. */
function chosen({ reader, fields, place, draft }: Scene, account: Account): [Position, Entry] {
  const where = { choice: fields.get('position'), place: step(place, 'position') };
  const index = chooseIndex(reader, account.positions, where);
  return [account.positions[index] as Position, draft.positions[index] as Entry];
}

function applyAmount(scene: Scene, kind: 'margin' | 'funding', account: Account): void {
  const [position, entry] = chosen(scene, account);
  const amount = numberAt(scene, 'amount', { range: 'any' });
  if (scene.reader.refusal !== null) return;
  if (kind === 'funding') return add(entry, 'unpaidFunding', amount);
  if (position.isolatedMargin === null)
    refuseAt(scene, 'position', 'is a cross position; deposit into the pool instead');
  else add(entry, 'isolatedMargin', amount);
}

function applyLeverage(scene: Scene, account: Account): void {
  const [position, entry] = chosen(scene, account);
  const leverage = numberAt(scene, 'leverage', POSITIVE);
  if (scene.reader.refusal !== null) return;
  if (position.isolatedMargin === null) {
    const { name } = position.market;
    for (const each of scene.draft.positions)
      if (each['market'] === name && each['marginMode'] === 'cross')
        each['leverage'] = written(leverage);
    return;
  }
  const needed = minus(over(ONE, leverage), over(ONE, position.leverage));
  const more = times(entryValue(position), needed);
  drawCash(scene, 'leverage', more);
  add(entry, 'isolatedMargin', more);
  entry['leverage'] = written(leverage);
}

function entryValue(position: Position): Rational {
  return valueAtPrice(position, position.entryPrice);
}

function applyMode(scene: Scene, account: Account): void {
  const [position, entry] = chosen(scene, account);
  const mode = wordAt(scene, 'marginMode', ['cross', 'isolated']);
  if (scene.reader.refusal !== null) return;
  if (entry['marginMode'] === mode) return refuseAt(scene, 'marginMode', `is ${mode} already`);
  entry['marginMode'] = mode;
  if (mode === 'isolated') return isolate(scene, entry, position);
  if (scene.fields.has('isolatedMargin'))
    refuseAt(scene, 'isolatedMargin', 'belongs to a change to isolated');
  drawCash(scene, 'marginMode', negate(position.isolatedMargin ?? ZERO));
  delete entry['isolatedMargin'];
}

function isolate(scene: Scene, entry: Entry, position: Position): void {
  const fallback = over(entryValue(position), position.leverage);
  const margin = numberAt(scene, 'isolatedMargin', { range: 'not-negative', fallback });
  drawCash(scene, 'isolatedMargin', margin);
  entry['isolatedMargin'] = written(margin);
}

function applyPrices(scene: Scene): void {
  const { reader, draft } = scene;
  const place = step(scene.place, 'prices');
  const prices = readObject(reader, scene.fields.get('prices'), place, null);
  for (const [market, value] of prices) {
    const at = step(place, market);
    const price = readNumber(reader, value, at, POSITIVE);
    if (reader.refusal !== null) return;
    if (!setMark(draft, market, price)) {
      const known = new Set(draft.positions.map((each) => String(each['market'])));
      refuseIn(scene, market, `has no position to price; there are ${[...known].join(', ')}`);
    }
  }
}

function refuseIn(scene: Scene, market: string, message: string): void {
  refuseAt({ ...scene, place: step(scene.place, 'prices') }, market, message);
}

/** The schedule itself is read with the document that the change makes. */
function applyTiers(scene: Scene): void {
  const { reader, fields, place, draft } = scene;
  const name = readName(reader, fields.get('market'), step(place, 'market'));
  const schedule = fields.get('schedule');
  if (schedule === undefined) return refuseAt(scene, 'schedule', 'is missing; give a schedule');
  const market = copyOf(draft.markets[name]);
  draft.markets[name] = {
    ...market,
    maintenance: { ...copyOf(market['maintenance']), schedule },
  };
}
