/** Turns whatever went wrong in a request into a problem document, without ever a stack trace. */
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { ProblemError, problemOf, type Problem } from './problem.ts';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** Answers a request with a problem document. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.code(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}

/** Answers with the problem that an error is. */
export function replyToError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  // A refused upgrade leaves a socket that no one else would close.
  if (request.headers.upgrade !== undefined) {
    reply.raw.once('finish', () => request.raw.socket.destroySoon());
  }
  if (error instanceof ProblemError) {
    reply.headers(error.headers);
    void sendProblem(reply, error.problem);
    return;
  }
  const { isFile = false } = request.routeOptions.config;
  const problem = knownProblem(error as FastifyError, isFile ? FILE_DETAILS : {});
  if (problem.status >= 500) console.error(`${request.method} ${request.url}:`, error);
  void sendProblem(reply, problem);
}

const DETAILS: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'a body has at most 1 MiB; send less at once',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'send the body as application/json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'the body is not as long as its Content-Length says',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'the body is empty; send a JSON object',
  FST_ERR_BAD_URL: 'the address is malformed; write % as %25',
  FST_ERR_MAX_PARAM_LENGTH: 'a part of the address is too long',
};

/** What is said otherwise where the body is a file. */
const FILE_DETAILS: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'a file has at most 64 MiB; gzip it or cut it into parts',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'send the file as application/octet-stream',
};

function knownProblem(error: FastifyError, special: Readonly<Record<string, string>>): Problem {
  const status = error.statusCode ?? 500;
  if (status >= 500 || status < 400) return problemOf(500, 'the server has logged what happened');
  return problemOf(status, special[error.code] ?? DETAILS[error.code] ?? error.message);
}

/** Routes by their pattern, to tell a wrong method from a wrong address. */
export class RouteList {
  readonly #routes: { readonly pattern: RegExp; readonly method: string }[] = [];

  add(url: string, method: string | readonly string[]): void {
    const source = url.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/:[A-Za-z]+/g, '[^/]+');
    const pattern = new RegExp(`^${source}$`);
    for (const one of typeof method === 'string' ? [method] : method) {
      this.#routes.push({ pattern, method: one });
    }
  }

  /** The methods that this path answers. */
  methodsOf(path: string): string[] {
    return [...new Set(this.#routes.filter((r) => r.pattern.test(path)).map((r) => r.method))];
  }
}

/** 405 with the methods that there are, or 404. */
export function replyNotFound(
  routes: RouteList,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const path = request.url.split('?')[0] ?? '';
  const methods = routes.methodsOf(path);
  if (methods.length === 0) {
    const detail = 'there is nothing here; /v1/openapi.json lists what there is';
    void sendProblem(reply, problemOf(404, detail));
    return;
  }
  const allow = methods.join(', ');
  reply.header('allow', allow);
  void sendProblem(reply, problemOf(405, `use ${allow} here`));
}

const SOCKET_PROBLEMS: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'the headers have more than 16 KiB; send fewer'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'the request did not arrive in time'],
};

/** Answers what is not even HTTP, then lets the connection go. */
export function answerBrokenSocket(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return;
  const [status, detail] = SOCKET_PROBLEMS[error.code ?? ''] ?? [400, 'this is not HTTP'];
  const body = JSON.stringify(problemOf(status, detail));
  const head = [
    `HTTP/1.1 ${status} ${status === 400 ? 'Bad Request' : 'Error'}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
