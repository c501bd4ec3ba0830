/**
 * Splits a stream of bytes into lines without ever holding more than one line and one chunk, so
 * that a file of any size can be answered line by line.
 */
import { isUtf8 } from 'node:buffer';
import { DOCUMENT_BYTES_MAX, tooLarge } from './input.ts';

/** A line, counted from 1, or why it could not be taken as text. */
export type Line =
  | { readonly number: number; readonly text: string }
  | { readonly number: number; readonly problem: string };

interface Rest {
  readonly parts: Buffer[];
  bytes: number;
  number: number;
}

/** The lines that each chunk completes; the last line needs no line feed after it. */
export async function* readLines(
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<readonly Line[], void, undefined> {
  const rest: Rest = { parts: [], bytes: 0, number: 1 };
  for await (const chunk of chunks) yield linesOf(rest, chunk);
  if (rest.bytes > 0) yield [finishLine(rest)];
}

function linesOf(rest: Rest, chunk: Buffer): readonly Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (;;) {
    const end = chunk.indexOf(0x0a, start);
    if (end < 0) break;
    keep(rest, chunk.subarray(start, end));
    lines.push(finishLine(rest));
    start = end + 1;
  }
  keep(rest, chunk.subarray(start));
  return lines;
}

/** Past the limit only the length is kept: the line is refused when it ends. */
function keep(rest: Rest, piece: Buffer): void {
  rest.bytes += piece.length;
  if (rest.bytes > DOCUMENT_BYTES_MAX) rest.parts.length = 0;
  else if (piece.length > 0) rest.parts.push(piece);
}

function finishLine(rest: Rest): Line {
  const { number } = rest;
  const isTooLarge = rest.bytes > DOCUMENT_BYTES_MAX;
  const bytes = Buffer.concat(rest.parts);
  rest.parts.length = 0;
  rest.bytes = 0;
  rest.number += 1;
  if (isTooLarge) return { number, problem: tooLarge(`line ${number}`) };
  if (!isUtf8(bytes))
    return { number, problem: `line ${number}: this is not UTF-8 text; save the file as UTF-8` };
  return { number, text: bytes.toString('utf8') };
}
