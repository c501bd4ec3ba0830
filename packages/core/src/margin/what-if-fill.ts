/**
 * An order that fills, on a draft: what is closed pays out its PnL, what is opened is averaged in.
 * A pool's equity changes by the fee and by the gap between fill and mark, and by nothing else.
 */
import { isZero, least, minus, negate, ONE, over, plus, times, ZERO } from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import type { Position } from './account.ts';
import { isRefusal, readAccount } from './document.ts';
import { coordinate, pnlAtPrice } from './geometry.ts';
import { readName, step } from './reader.ts';
import type { Market } from './rules.ts';
import { add, documentOf, numberOf, pay, scale, written } from './what-if-draft.ts';
import type { Draft, Entry } from './what-if-draft.ts';
import { drawCash, numberAt, refuseAt, wordAt } from './what-if-scene.ts';
import type { Scene } from './what-if-scene.ts';

const POSITIVE = { range: 'positive' } as const;

/** A fill as it is read. */
interface Fill {
  readonly market: string;
  readonly side: 'buy' | 'sell';
  readonly size: Rational;
  readonly price: Rational;
  readonly reduceOnly: boolean;
}

/** A fill that is written out. */
export function applyFill(scene: Scene): void {
  const { reader, fields, place } = scene;
  const fill = {
    market: readName(reader, fields.get('market'), step(place, 'market')),
    side: wordAt(scene, 'side', ['buy', 'sell']),
    size: numberAt(scene, 'size', POSITIVE),
    price: numberAt(scene, 'price', POSITIVE),
    reduceOnly: false,
  };
  if (scene.reader.refusal === null) trade(scene, fill);
}

/** The fill of an order that the document has. */
export function applyOrder(scene: Scene): void {
  const { draft, fields } = scene;
  const index = fields.get('order');
  const order = typeof index === 'number' ? draft.orders[index] : undefined;
  if (order === undefined || typeof index !== 'number') {
    const { length } = draft.orders;
    refuseAt(scene, 'order', `must be the index of an order; the document has ${length}`);
    return;
  }
  draft.orders.splice(index, 1);
  trade(scene, {
    market: String(order['market']),
    side: order['side'] as 'buy' | 'sell',
    size: numberOf(order, 'size'),
    price: numberOf(order, 'price'),
    reduceOnly: order['reduceOnly'] === true,
  });
}

function trade(scene: Scene, fill: Fill): void {
  const mode = modeOf(scene, fill.market);
  const [own, other] = sidesOf(scene, fill, mode);
  if (scene.reader.refusal !== null) return;
  const closing = other === undefined ? ZERO : least(fill.size, numberOf(other, 'size'));
  const opening = minus(fill.size, closing);
  if (other !== undefined) close(scene, other, { ...fill, size: closing });
  if (isZero(opening) || fill.reduceOnly) return;
  if (scene.fields.has('positionSide') && other !== undefined) {
    refuseAt(scene, 'size', 'is more than the position that it closes');
    return;
  }
  open(scene, own ?? opened(scene, { ...fill, size: opening }, mode), {
    ...fill,
    size: opening,
    isNew: own === undefined,
  });
}

/** The margin mode that is meant: said, or that of the market's positions, or cross. */
function modeOf(scene: Scene, market: string): string {
  const words = ['cross', 'isolated'] as const;
  if (scene.fields.has('marginMode')) return wordAt(scene, 'marginMode', words);
  const there = inMarket(scene.draft, market);
  const isolated = there.some((each) => each['marginMode'] === 'isolated');
  if (isolated && there.some((each) => each['marginMode'] === 'cross'))
    refuseAt(scene, 'marginMode', 'is missing; the market has both modes');
  return isolated ? 'isolated' : 'cross';
}

function inMarket({ positions }: Draft, market: string): readonly Entry[] {
  return positions.filter((each) => each['market'] === market);
}

/** The position that the fill adds to, and the one that it closes. */
function sidesOf(
  scene: Scene,
  { market, side }: Fill,
  mode: string,
): readonly [Entry | undefined, Entry | undefined] {
  const there = inMarket(scene.draft, market).filter((each) => each['marginMode'] === mode);
  const [long, short] = ['long', 'short'].map((s) => there.find((each) => each['side'] === s));
  const [own, other] = side === 'buy' ? [long, short] : [short, long];
  if (scene.fields.has('positionSide')) {
    const meant = wordAt(scene, 'positionSide', ['long', 'short']);
    const isOpening = (meant === 'long') === (side === 'buy');
    if (!isOpening && other === undefined)
      refuseAt(scene, 'positionSide', `names no position: there is no ${meant} to close`);
    return isOpening ? [own, undefined] : [undefined, other];
  }
  if (own !== undefined && other !== undefined)
    refuseAt(scene, 'positionSide', 'is missing; the market has a long and a short');
  return [own, other];
}

/** Realises the part that is closed, with its share of isolated margin and funding owed. */
function close(scene: Scene, entry: Entry, { size, price }: Fill): void {
  const { draft } = scene;
  const position = readPosition(scene, entry);
  if (position === null) return;
  const share = over(size, position.size);
  const kept = minus(ONE, share);
  const margin = times(position.isolatedMargin ?? ZERO, share);
  const realized = times(pnlAtPrice(position, price), share);
  const owed = times(position.unpaidFunding, share);
  const fee = feeOf(scene, { market: position.market, size, price });
  pay(draft, minus(plus(margin, realized), plus(owed, fee)));
  if (isZero(kept)) draft.positions.splice(draft.positions.indexOf(entry), 1);
  else shrink(entry, kept);
}

function shrink(entry: Entry, kept: Rational): void {
  scale(entry, 'size', kept);
  for (const key of ['isolatedMargin', 'unpaidFunding'])
    if (entry[key] !== undefined) scale(entry, key, kept);
}

/** A position of the size that is to be filled, put on the draft. */
function opened(scene: Scene, { market, side, size, price }: Fill, mode: string): Entry {
  const { draft, fields } = scene;
  const twin = inMarket(draft, market)[0];
  const given = fields.has('markPrice') ? numberAt(scene, 'markPrice', POSITIVE) : price;
  const mark = twin === undefined ? given : numberOf(twin, 'markPrice');
  const entry: Entry = {
    market,
    side: side === 'buy' ? 'long' : 'short',
    size: written(size),
    entryPrice: written(price),
    markPrice: written(mark),
    marginMode: mode,
  };
  if (fields.has('leverage')) entry['leverage'] = fields.get('leverage');
  if (mode === 'isolated') entry['isolatedMargin'] = '0';
  draft.positions.push(entry);
  return entry;
}

/** Averages the fill in; an isolated position draws its margin from the pool and pays the fee. */
function open(scene: Scene, entry: Entry, fill: Fill & { readonly isNew: boolean }): void {
  const position = readPosition(scene, entry);
  if (position === null) return;
  const { market, leverage } = position;
  const value = times(times(fill.size, market.unit), coordinate(market, fill.price));
  const fee = feeOf(scene, { market, size: fill.size, price: fill.price });
  if (!fill.isNew) average(entry, position, fill);
  if (position.isolatedMargin === null) return pay(scene.draft, negate(fee));
  const margin = scene.fields.has('margin')
    ? numberAt(scene, 'margin', { range: 'not-negative' })
    : over(value, leverage);
  drawCash(scene, 'margin', margin);
  add(entry, 'isolatedMargin', minus(margin, fee));
}

function average(entry: Entry, position: Position, { size, price }: Fill): void {
  const { market, entryPrice } = position;
  const whole = plus(position.size, size);
  const held = times(position.size, coordinate(market, entryPrice));
  const added = times(size, coordinate(market, price));
  entry['size'] = written(whole);
  entry['entryPrice'] = written(coordinate(market, over(plus(held, added), whole)));
}

/** The entry with its market's rules; what is wrong with it is kept in the reader. */
function readPosition(scene: Scene, entry: Entry): Position | null {
  const account = readAccount(documentOf(scene.draft), scene.rulebooks);
  if (!isRefusal(account))
    return account.positions[scene.draft.positions.indexOf(entry)] as Position;
  refuseAt(scene, null, `makes a document that is refused: ${account.path}: ${account.message}`);
  return null;
}

function feeOf(
  scene: Scene,
  { market, size, price }: { market: Market; size: Rational; price: Rational },
): Rational {
  const options = { range: 'not-negative', fallback: scene.takerFee(market.name) } as const;
  const rate = numberAt(scene, 'feeRate', options);
  return times(rate, times(times(size, market.unit), coordinate(market, price)));
}
