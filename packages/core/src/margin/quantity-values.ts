/**
 * The numbers that the symbols of a venue's formula stand for, from the exact figures of a position
 * at its liquidation price. They come from the schedule and the account, never from the equation
 * that gave the price, so that the formula can be held against it.
 */
import {
  absolute,
  compare,
  integer,
  isZero,
  minus,
  negate,
  ONE,
  over,
  plus,
  sum,
  times,
  ZERO,
} from '../units/index.ts';
import type { Rational } from '../units/index.ts';
import type { Position } from './account.ts';
import { isCross } from './figures.ts';
import type { PositionFigures } from './figures.ts';
import { pnlAtPrice, scaleOf, valueAtPrice } from './geometry.ts';
import { portionOf, portionRequirement, scheduleOf } from './hedge.ts';
import { requirementPieces } from './movement.ts';
import { pieceIndexAt } from './pieces.ts';
import type { Quantity, Symbolic } from './quantity.ts';
import type { Schedule } from './rules.ts';
import { isStraight } from './terms.ts';

/** A position, those that share its margin, and its exact liquidation price. */
export interface Scene {
  readonly figures: PositionFigures;
  readonly all: readonly PositionFigures[];
  readonly price: Rational;
}

interface Leg extends Scene {
  readonly position: Position;
  readonly closingFee: Rational;
}

/** The value of one symbol. */
export function valueOfSymbol(scene: Scene, symbol: Symbolic): Rational {
  const [, side, name] = /^(long |short )?(.*)$/.exec(symbol) ?? [];
  const { positions } = scene.figures.movement;
  const wanted = side === 'long ' ? 1 : -1;
  const own = side === undefined ? undefined : positions.find((each) => each.side === wanted);
  return READERS[name as Quantity](legOf(scene, own ?? scene.figures.position));
}

function legOf(scene: Scene, position: Position): Leg {
  const { movement, burden } = scene.figures;
  const index = movement.positions.indexOf(position);
  return { ...scene, position, closingFee: burden.fees[index] ?? ZERO };
}

function legsOf(scene: Scene): readonly Leg[] {
  return scene.figures.movement.positions.map((position) => legOf(scene, position));
}

const READERS: Readonly<Record<Quantity, (leg: Leg) => Rational>> = {
  side: ({ position }) => integer(position.side),
  contracts: ({ position }) => position.size,
  unit: ({ position }) => position.market.unit,
  quantity: ({ position }) => scaleOf(position),
  'signed quantity': ({ position }) => signed(position, scaleOf(position)),
  entry: ({ position }) => position.entryPrice,
  leverage: ({ position }) => position.leverage,
  'entry value': entryValue,
  'mark value': ({ position }) => signed(position, markValue(position)),
  'mark value without sign': ({ position }) => markValue(position),
  'value at P': ({ position, price }) => valueAtPrice(position, price),
  'coins at P': coinsAtPrice,
  rate: (leg) => levelOf(leg).rate,
  amount: (leg) => levelOf(leg).amount,
  fee: ({ position }) => position.market.closingFeeRate,
  'fixed fee': ({ closingFee }) => closingFee,
  'fee at P': (scene) => sum(legsOf(scene).map((leg) => feeAt(leg, scene.price))),
  'entry initial': entryInitial,
  'entry maintenance': (leg) => plus(scheduledAtEntry(leg), leg.closingFee),
  'maintenance at P': (leg) => plus(sum(legsOf(leg).map(scheduledAtPrice)), otherMaintenance(leg)),
  'maintenance now': maintenanceNow,
  base: (leg) => parameter(leg, 'base'),
  growth: (leg) => parameter(leg, 'perUnit'),
  offset: (leg) => parameter(leg, 'offset'),
  factor: (leg) => parameter(leg, 'factor'),
  wallet: walletOf,
  free: freeOf,
  added: (leg) => minus(freeOf(leg), entryInitial(leg)),
  'margin share': (leg) => over(freeOf(leg), entryValue(leg)),
  'maintenance share': (leg) => over(plus(scheduledAtEntry(leg), leg.closingFee), entryValue(leg)),
  debit: (leg) => minus(entryValue(leg), freeOf(leg)),
  credit: (leg) => over(plus(entryValue(leg), freeOf(leg)), scaleOf(leg.position)),
  equity: ({ figures }) => figures.standing.equity,
  'own equity': (leg) => minus(leg.figures.standing.equity, otherMaintenance(leg)),
  available: (leg) => minus(leg.figures.standing.equity, maintenanceNow(leg)),
  'own PnL at P': ownPnl,
  'PnL at P': (leg) => plus(ownPnl(leg), otherPnl(leg)),
  'other maintenance': otherMaintenance,
  'other PnL': otherPnl,
  'all value': (leg) => sum(sharersOf(leg).map(({ value }) => absolute(value))),
  mark: ({ position }) => position.markPrice,
  price: ({ price }) => price,
};

function signed({ side }: Position, amount: Rational): Rational {
  return side === 1 ? amount : negate(amount);
}

function entryValue({ position }: Leg): Rational {
  return valueAtPrice(position, position.entryPrice);
}

function markValue(position: Position): Rational {
  return valueAtPrice(position, position.markPrice);
}

function coinsAtPrice({ position, price }: Leg): Rational {
  return position.market.contract === 'linear' ? scaleOf(position) : over(scaleOf(position), price);
}

function entryInitial(leg: Leg): Rational {
  return plus(over(entryValue(leg), leg.position.leverage), leg.closingFee);
}

function movingFee({ market }: Position): Rational {
  return market.closingFeeAt === 'mark' ? market.closingFeeRate : ZERO;
}

function feeAt({ position, closingFee }: Leg, price: Rational): Rational {
  return plus(times(movingFee(position), valueAtPrice(position, price)), closingFee);
}

function scheduled({ position, figures }: Leg, value: Rational): Rational {
  const portion = portionOf(position, figures.movement.positions);
  return portionRequirement(scheduleOf(position), portion, value);
}

function scheduledAtEntry(leg: Leg): Rational {
  return scheduled(leg, entryValue(leg));
}

function scheduledAtPrice(leg: Leg): Rational {
  const { position, price } = leg;
  return position.market.basis === 'entry'
    ? scheduledAtEntry(leg)
    : scheduled(leg, valueAtPrice(position, price));
}

interface LevelTerms {
  readonly rate: Rational;
  readonly amount: Rational;
}

/** Value × rate − amount; a schedule that is not of that form has the rate that it comes to. */
function levelOf(leg: Leg): LevelTerms {
  const { position, figures, price } = leg;
  if (position.market.basis === 'entry')
    return { rate: over(scheduledAtEntry(leg), entryValue(leg)), amount: ZERO };
  const { pieces } = requirementPieces(position, ZERO, figures.movement.positions);
  const value = valueAtPrice(position, price);
  const piece = pieces[pieceIndexAt(pieces, value, -1)]?.terms;
  if (piece !== undefined && isStraight(piece) && !isZero(piece.linear))
    return { rate: piece.linear, amount: negate(piece.constant) };
  return { rate: over(scheduledAtPrice(leg), value), amount: ZERO };
}

/** At the mark, by the level that holds at the liquidation price, as the venue's formula has it. */
function maintenanceNow(leg: Leg): Rational {
  const own = legsOf(leg).map((each) => {
    const { rate, amount } = levelOf(each);
    const { position } = each;
    const asked = minus(times(rate, markValue(position)), amount);
    return plus(asked, feeAt(each, position.markPrice));
  });
  return plus(sum(own), otherMaintenance(leg));
}

type Parameter = 'base' | 'perUnit' | 'offset' | 'factor';

/** A parameter of a schedule that has it; 0 of one that has not. */
function parameter({ position }: Leg, name: Parameter): Rational {
  const schedule = scheduleOf(position) as Schedule & Partial<Record<Parameter, Rational>>;
  return schedule[name] ?? ZERO;
}

/** Those that draw on the same margin. */
function sharersOf({ figures, all }: Scene): readonly PositionFigures[] {
  return isCross(figures.position) ? all.filter(({ position }) => isCross(position)) : [figures];
}

function ownPnl(scene: Scene): Rational {
  return sum(legsOf(scene).map(({ position }) => pnlAtPrice(position, scene.price)));
}

function otherPnl(scene: Scene): Rational {
  const { movement } = scene.figures;
  const others = sharersOf(scene).filter(({ position }) => !movement.positions.includes(position));
  return sum(others.map(({ pnl }) => pnl));
}

function otherMaintenance({ figures }: Scene): Rational {
  return figures.burden.others;
}

function walletOf(scene: Scene): Rational {
  const gains = sum(sharersOf(scene).map(({ pnl }) => pnl));
  return minus(scene.figures.standing.equity, gains);
}

function freeOf(scene: Scene): Rational {
  return minus(plus(walletOf(scene), otherPnl(scene)), otherMaintenance(scene));
}

const TOLERANCE: Rational = over(ONE, integer(10n ** 24n));

/** Whether two numbers are the same but for the rounding of powers and roots: to 1e-24 of them. */
export function isSame(a: Rational, b: Rational): boolean {
  return compare(absolute(minus(a, b)), times(TOLERANCE, absolute(b))) <= 0;
}
