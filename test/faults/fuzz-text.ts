/** Spoils JSON: wrong types, huge numbers, broken text, repeated keys, changed bytes. */
import type { Dice } from './dice.ts';

/** JSON values as text, most of which no field wants. */
const VALUES: readonly string[] = [
  'null',
  'true',
  '0',
  '-0',
  '-1',
  '1.5',
  '1e309',
  '-1e309',
  '1e-400',
  '9007199254740993',
  '9'.repeat(400),
  `0.${'0'.repeat(400)}1`,
  '[]',
  '{}',
  '[[[[[[]]]]]]',
  '['.repeat(500) + ']'.repeat(500),
  '{"a":'.repeat(200) + '1' + '}'.repeat(200),
  '""',
  '" "',
  '"0"',
  '"-0"',
  '"-1"',
  '"0.0000001"',
  '"1e99"',
  '"1e-99"',
  '"9007199254740993"',
  `"${'9'.repeat(64)}"`,
  `"${'9'.repeat(5_000)}"`,
  '"NaN"',
  '"Infinity"',
  '"0x10"',
  '"١٢٣"',
  '"fund"',
  '"__proto__"',
  '"constructor"',
  '"toString"',
  '"../../etc/passwd"',
  '"\' OR 1=1 --"',
  '"\\ud800"',
  '"\\u0000"',
  '"𝔘𝔫𝔦𝔠𝔬𝔡𝔢 ‮🙃"',
  `"${'é'.repeat(64)}"`,
  `"${'x'.repeat(70_000)}"`,
  '"2026-02-30T00:00:00Z"',
  '"+275760-09-13T00:00:00Z"',
  'NaN',
  'undefined',
  '01',
  '1.',
  "'single'",
  '{"__proto__":{"amount":"1"}}',
  '{"kind":"max","of":[]}',
];

const NAMES: readonly string[] = ['__proto__', 'constructor', 'timeMs', 'client', 'id', 'x', ''];

type Fields = readonly (readonly [name: string, text: string])[];

/** The text of a value after a few changes; `value` itself stays. */
export function spoiledJson(value: object, dice: Dice): Buffer {
  const fields: Fields = Object.entries(value).map(([name, field]) => [
    name,
    JSON.stringify(field) ?? 'null',
  ]);
  const text = textOf(dice.percent(80) ? spoiledFields(fields, dice) : fields);
  const bytes = Buffer.from(text);
  return dice.percent(20) ? spoiledBytes(bytes, dice) : bytes;
}

function textOf(fields: Fields): string {
  return `{${fields.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`;
}

function spoiledFields(fields: Fields, dice: Dice): Fields {
  const at = dice.below(Math.max(1, fields.length));
  const [name, text] = fields[at] ?? ['amount', '"1"'];
  const others = fields.filter((_, k) => k !== at);
  switch (dice.below(6)) {
    case 0:
      return others;
    case 1:
      return [...fields, [name, text]];
    case 2:
      return [...fields, [dice.of(NAMES), dice.of(VALUES)]];
    case 3:
      return [...others, [name, spoiledInside(text, dice)]];
    default:
      return [...others, [name, dice.of(VALUES)]];
  }
}

/** A number somewhere in the text becomes another value. */
function spoiledInside(text: string, dice: Dice): string {
  const places = [...text.matchAll(/"-?\d[^"]*"|\b\d+\b|"[a-z-]+"(?=[,}\]])/g)];
  if (places.length === 0) return dice.of(VALUES);
  const { index, 0: found } = dice.of(places);
  return text.slice(0, index) + dice.of(VALUES) + text.slice(index + found.length);
}

/** Bytes changed, cut off, doubled or put in. */
export function spoiledBytes(bytes: Buffer, dice: Dice): Buffer {
  const at = dice.below(bytes.length + 1);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (dice.below(4)) {
    case 0:
      return before;
    case 1:
      return Buffer.concat([before, dice.bytes(1 + dice.below(8)), after]);
    case 2:
      return Buffer.concat([before, dice.bytes(1), after.subarray(1)]);
    default:
      return Buffer.concat([before, bytes.subarray(dice.below(at + 1), at), after]);
  }
}
