/**
 * Numbers that cannot lie: decimal text in and out, exact rationals, whole numbers with named
 * roundings.
 */
export {
  absolute,
  bitLength,
  ceiling,
  compare,
  equals,
  floor,
  greatest,
  integer,
  integerRoot,
  isZero,
  least,
  lowestTerms,
  minus,
  negate,
  ONE,
  over,
  plus,
  rational,
  sign,
  significant,
  squareRoot,
  sum,
  times,
  toNumber,
  ZERO,
  type Rational,
} from './rational.ts';
export {
  decimal,
  formatDecimal,
  formatFixed,
  isNumberText,
  numberText,
  parseDecimal,
  powerOfTen,
  type DecimalLike,
  type NumberText,
} from './decimal.ts';
export { assertSafe, divideRounded, mulDiv, type Rounding } from './integer.ts';
export { appendKey, parseJson, type JsonRefusal, type JsonResult, type JsonValue } from './json.ts';
export { power, smallWhole } from './power.ts';
