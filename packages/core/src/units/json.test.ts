/** JSON texts and what they become, or where they are refused. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isNumberText, numberText, parseDecimal, formatDecimal, parseJson } from './index.ts';

function valueOf(text: string): unknown {
  const result = parseJson(text);
  if ('refusal' in result) throw new Error(result.refusal.message);
  return result.value;
}

/** The same value with ordinary objects and doubles. */
function plain(value: unknown): unknown {
  if (isNumberText(value)) return Number(value[numberText]);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value))
    Object.defineProperty(copy, key, {
      value: plain(member),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  return copy;
}

test('reads what JSON.parse reads', () => {
  fc.assert(
    fc.property(fc.json({ depthSize: 'medium' }), (text) => {
      expect(plain(valueOf(text))).toEqual(JSON.parse(text));
    }),
    { numRuns: 500 },
  );
});

test('never throws, whatever the text', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json().chain((text) => fc.nat(text.length).map((n) => text.slice(0, n))),
      ),
      (text) => {
        const isRefused = 'refusal' in parseJson(text);
        let isBad = false;
        try {
          JSON.parse(text);
        } catch {
          isBad = true;
        }
        if (isBad) expect(isRefused).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});

test('a number keeps every digit', () => {
  const digits = '0.1234567890123456789012345';
  const value = (valueOf(`{"a":${digits}}`) as { a: unknown }).a;
  expect(formatDecimal(parseDecimal(value)!, 40)).toBe(digits);
  expect(formatDecimal(parseDecimal(valueOf('1E-6'))!)).toBe('0.000001');
  expect(parseDecimal(valueOf('1e31'))).toBeUndefined();
});

test('__proto__ is a key like any other', () => {
  const value = valueOf('{"__proto__": {"polluted": 1}}') as object;
  expect(Object.keys(value)).toEqual(['__proto__']);
  expect(Object.getPrototypeOf(value)).toBeNull();
  expect({}).not.toHaveProperty('polluted');
});

describe('refusals', () => {
  test.each([
    ['', '', 1, 1, 'ends in the middle'],
    ['{"a": 1, "a": 2}', 'a', 1, 13, 'repeated'],
    ['{"a":\n {"b": [1, 2,]}}', 'a.b[2]', 2, 14, 'unexpected "]"'],
    ['{"a": 01}', 'a', 1, 8, 'not a JSON number'],
    ['{"a": .5}', 'a', 1, 7, 'unexpected "."'],
    ['{"a": NaN}', 'a', 1, 7, 'unexpected "N"'],
    ['{"a": 1} x', '', 1, 10, 'after the end'],
    ['{"a" 1}', 'a', 1, 6, 'colon'],
    ['{a: 1}', '', 1, 2, 'double quotes'],
    ['[1 2]', '', 1, 4, 'comma or ]'],
    ['"\t"', '', 1, 2, 'control character'],
    ['"abc', '', 1, 5, 'closing quote'],
    ['"\\x"', '', 1, 2, 'escape'],
    ['"\\u12g4"', '', 1, 2, 'escape'],
    ['tru', '', 1, 1, 'unexpected "t"'],
    ['{"x": {"a.b": [nope]}}', 'x["a.b"][0]', 1, 16, 'unexpected "n"'],
  ])('%s at %s', (...row) => {
    const [text, path, line, column, message] = row;
    const result = parseJson(text);
    expect(result).toMatchObject({ refusal: { path, line, column } });
    expect((result as { refusal: { message: string } }).refusal.message).toContain(message);
  });

  test.each([['['], ['{"a":']])('a million of %s', (text) => {
    const result = parseJson(text.repeat(1_000_000));
    expect(result).toMatchObject({
      refusal: { message: expect.stringContaining('64 levels') as string },
    });
  });
});
