/**
 * Files and standard input as bytes and as text. Nothing is trusted: what cannot be read, is no
 * UTF-8 or is too large ends in a `Failure` that names the place.
 */
import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { Failure, reasonOf, systemCode } from './failure.ts';

/** One document, or one line of many, may be as large as this. */
export const DOCUMENT_BYTES_MAX: number = 16 * 1024 * 1024;

/** What a person calls the place that is read. */
export function inputName(file: string): string {
  return file === '-' ? 'standard input' : file;
}

/** The bytes of a file, or of standard input for `-`, as they come. */
export async function* readChunks(file: string): AsyncGenerator<Buffer> {
  try {
    const stream = file === '-' ? process.stdin : createReadStream(file);
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (cause) {
    throw new Failure(unreadable(file, cause), 1, { cause });
  }
}

function unreadable(file: string, cause: unknown): string {
  const name = inputName(file);
  switch (systemCode(cause)) {
    case 'ENOENT':
      return `there is no file ${name}: check the path`;
    case 'EISDIR':
      return `${name} is a folder: give a file`;
    case 'EACCES':
      return `${name} may not be read: check its rights`;
    default:
      return `${name} cannot be read (${reasonOf(cause)}): check the path`;
  }
}

/** All of a small text. A document too large, empty or not in UTF-8 is refused. */
export async function readText(file: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of readChunks(file)) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > DOCUMENT_BYTES_MAX) throw new Failure(tooLarge(inputName(file)));
  }
  const bytes = Buffer.concat(chunks);
  if (!isUtf8(bytes)) throw new Failure(`${inputName(file)}, ${notText(bytes)}`);
  const text = bytes.toString('utf8');
  if (text.trim() === '')
    throw new Failure(`${inputName(file)} is empty: write an account document into it`);
  return text;
}

/** Says that `place` holds more than one document may. */
export function tooLarge(place: string): string {
  const mebibytes = DOCUMENT_BYTES_MAX / 1024 / 1024;
  return `${place} is larger than ${mebibytes} MiB: one document is one account; give many with --jsonl, one a line`;
}

/** Says which line is the first that is not UTF-8. */
function notText(bytes: Buffer): string {
  let line = 1;
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(0x0a, start);
    if (end < 0 || !isUtf8(bytes.subarray(start, end))) break;
    start = end + 1;
    line += 1;
  }
  return `line ${line}: this is not UTF-8 text; save the file as UTF-8`;
}
