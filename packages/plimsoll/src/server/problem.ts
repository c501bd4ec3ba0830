/**
 * Errors as the API tells them: RFC 9457 problem documents, one closed shape for everything from a
 * malformed URL to a refusal of the engine.
 */
import type { RefusalCode } from '@plimsoll/core/engine';

export type Figures = Readonly<Record<string, number | string>>;

/** The body of every answer that is not a success. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly figures?: Figures;
  readonly sequence?: number;
  readonly path?: string;
}

export interface ProblemOptions {
  readonly code?: string;
  readonly path?: string;
  readonly figures?: Figures;
  readonly sequence?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Malformed request',
  401: 'A key is needed',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  406: 'Not acceptable',
  408: 'The request took too long',
  409: 'This key was used before',
  413: 'The body is too large',
  414: 'The address is too long',
  415: 'Wrong content type',
  421: 'Wrong host',
  422: 'Refused',
  426: 'A WebSocket is needed',
  429: 'Too many requests',
  431: 'The headers are too large',
  500: 'Something broke',
  503: 'Not available now',
};

const CODES: Readonly<Record<number, string>> = {
  400: 'malformed',
  401: 'key-needed',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  408: 'timeout',
  413: 'body-too-large',
  415: 'content-type',
  421: 'wrong-host',
  426: 'websocket-needed',
  429: 'too-many-requests',
  431: 'headers-too-large',
  500: 'internal',
  503: 'unavailable',
};

/** Thrown inside the server to answer with a problem document. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, detail: string, options: ProblemOptions = {}) {
    super(detail);
    this.problem = problemOf(status, detail, options);
    this.headers = options.headers ?? {};
  }
}

/** A problem document; `type` is a stable name for programs, not an address. */
export function problemOf(status: number, detail: string, options: ProblemOptions = {}): Problem {
  const code = options.code ?? CODES[status] ?? 'problem';
  const { figures, sequence, path } = options;
  return {
    type: `urn:plimsoll:problem:${code}`,
    title: TITLES[status] ?? 'Problem',
    status,
    detail,
    code,
    ...(figures === undefined ? {} : { figures }),
    ...(sequence === undefined ? {} : { sequence }),
    ...(path === undefined ? {} : { path }),
  };
}

/** 400 with the place of the field: what is wrong with it and how it should be. */
export function malformed(path: string, detail: string): ProblemError {
  return new ProblemError(400, detail, { path });
}

const STATUS_OF: Readonly<Partial<Record<RefusalCode, number>>> = {
  malformed: 400,
  'id-reused': 409,
  'id-too-old': 409,
  'unknown-market': 404,
  'unknown-account': 404,
  'unknown-order': 404,
  'unknown-liquidation': 404,
  'unknown-source': 404,
};

/** The HTTP status of a refusal of the engine. */
export function statusOf(code: RefusalCode): number {
  return STATUS_OF[code] ?? 422;
}
