/** A raw HTTP connection: writes bytes as they are and reads the answers; kept alive if it can. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { HttpInput } from './fuzz-requests.ts';

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Longer than any limit of the server's own. */
const HUNG_MS = 60_000;

/** Thrown when the server neither answers nor closes. */
export class Hung extends Error {
  override readonly name = 'Hung';
}

/** One worker's connection, made anew whenever the server has closed it. */
export class Connection {
  readonly #url: URL;
  #socket: Socket | undefined;
  #received: Buffer = Buffer.alloc(0);
  #wake: () => void = () => undefined;
  #isClosed = true;

  constructor(address: string) {
    this.#url = new URL(address);
  }

  /** Writes the input; the answers that came, fewer when the server closed before. */
  async exchange({ bytes, answers, isHead }: HttpInput): Promise<readonly Answer[]> {
    const socket = await this.#open();
    socket.write(bytes);
    const wanted = answers === 'until-closed' ? Infinity : answers;
    if (wanted === Infinity) socket.end();
    return this.#read(wanted, isHead);
  }

  close(): void {
    this.#socket?.destroy();
  }

  async #open(): Promise<Socket> {
    if (this.#socket !== undefined && !this.#isClosed && this.#socket.writable) return this.#socket;
    this.#socket?.destroy();
    const socket = connect(Number(this.#url.port), this.#url.hostname);
    this.#socket = socket;
    this.#received = Buffer.alloc(0);
    this.#isClosed = false;
    await once(socket, 'connect');
    socket.setNoDelay(true);
    const isCurrent = (): boolean => this.#socket === socket;
    socket.on('data', (chunk: Buffer) => {
      if (!isCurrent()) return;
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    socket.on('error', () => undefined);
    for (const end of ['end', 'close'])
      socket.on(end, () => {
        if (!isCurrent()) return;
        this.#isClosed = true;
        this.#wake();
      });
    return socket;
  }

  async #read(wanted: number, isHead: boolean): Promise<readonly Answer[]> {
    const found: Answer[] = [];
    while (found.length < wanted) {
      const next = takeAnswer(this.#received, isHead);
      if (next !== undefined) {
        this.#received = next.rest;
        if (next.answer.status >= 200) found.push(next.answer);
      } else if (this.#isClosed) break;
      else await this.#more();
    }
    return found;
  }

  #more(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#socket?.destroy();
        reject(new Hung(`no answer within ${HUNG_MS} ms`));
      }, HUNG_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

interface Taken {
  readonly answer: Answer;
  readonly rest: Buffer;
}

/** The first answer in `bytes`, when all of it is there. */
function takeAnswer(bytes: Buffer, isHead: boolean): Taken | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = bytes.subarray(0, headEnd).toString('latin1');
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0);
  const start = headEnd + 4;
  const end =
    isHead || status < 200 || status === 204 || status === 304
      ? start
      : bodyEnd(bytes, head, start);
  if (end === undefined || end > bytes.length) return undefined;
  return {
    answer: { status, text: bytes.subarray(start, end).toString() },
    rest: bytes.subarray(end),
  };
}

function bodyEnd(bytes: Buffer, head: string, start: number): number | undefined {
  if (/^transfer-encoding: *chunked/im.test(head)) {
    const last = bytes.indexOf('0\r\n\r\n', start);
    return last < 0 ? undefined : last + 5;
  }
  return start + Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
}
