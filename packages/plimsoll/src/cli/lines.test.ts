/** Lines come out the same however the bytes arrive. */
import { expect, it } from 'vitest';
import { readLines, type Line } from './lines.ts';

const BYTES = Buffer.from('first\n\nzweite Zeile: ü€😀\r\n\xff', 'utf8');

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function linesOf(bytes: Buffer, size: number): Promise<readonly Line[]> {
  const all: Line[] = [];
  for await (const lines of readLines(inPieces(bytes, size))) all.push(...lines);
  return all;
}

it.each([1, 2, 3, 5, 7, 1000])('in pieces of %d bytes', async (size) => {
  const lines = await linesOf(BYTES, size);
  expect(lines).toEqual([
    { number: 1, text: 'first' },
    { number: 2, text: '' },
    { number: 3, text: 'zweite Zeile: ü€😀\r' },
    { number: 4, text: 'ÿ' },
  ]);
});

it.each([
  ['nothing', '', 0],
  ['one line with its end', 'a\n', 1],
  ['one line without', 'a', 1],
  ['an empty line', '\n', 1],
])('%s', async (_name, text, count) => {
  expect(await linesOf(Buffer.from(text), 4)).toHaveLength(count);
});
