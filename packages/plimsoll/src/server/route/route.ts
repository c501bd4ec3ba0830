/** What all routes share: what they are given, and how they are described. */
import type { FastifyRequest } from 'fastify';
import type { TSchema } from 'typebox';
import type { Access, Caller, Deed } from '../access.ts';
import type { Desk } from '../desk.ts';
import type { SceneControl } from '../scene-control.ts';
import { ProblemSchema, strict } from '../schema/common.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set before every route that names a deed. */
    caller: Caller | null;
    /** The body as it came, of routes whose numbers stay as they were written. */
    bodyText: string;
  }
  interface FastifyContextConfig {
    /** What the caller must be allowed to do; without it the route is for everybody. */
    deed?: Deed;
    /** Whether it is answered also when reads are turned away. */
    isVital?: boolean;
    /** Whether the body's numbers stay as they were written. */
    exactBody?: boolean;
    /** Whether the body is a file, whatever is in it. */
    isFile?: boolean;
  }
}

/** What this server shows, besides what the engine says. */
export interface SceneLabel {
  readonly name: string;
  /** Whether others feed the engine, or a program does: with made prices, or with candles. */
  readonly kind: 'live' | 'simulated' | 'replayed';
  /** Whether money and people are made by a program. */
  readonly simulated: boolean;
  readonly startedAt: string;
}

export interface Surroundings {
  readonly desk: Desk;
  readonly access: Access;
  readonly scene: SceneLabel;
  /** Moves the scene; null where nothing is played. */
  readonly control: SceneControl | null;
}

export interface Description {
  readonly summary: string;
  readonly tag: string;
  readonly deed: Deed;
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly headers?: TSchema;
  readonly body?: TSchema;
  readonly answer: TSchema;
}

export interface RouteParts {
  readonly config: { readonly deed: Deed };
  readonly schema: Readonly<Record<string, unknown>>;
}

/** A route's options for fastify, with its schemas. */
export function described(description: Description): RouteParts {
  const { summary, tag, deed, params, query, headers, body, answer } = description;
  const problem = {
    description: 'A problem',
    content: { 'application/problem+json': { schema: ProblemSchema } },
  };
  return {
    config: { deed },
    schema: {
      summary,
      tags: [tag],
      querystring: query ?? strict({}),
      ...(params === undefined ? {} : { params }),
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined ? {} : { body }),
      response: { 200: answer, '4xx': problem, '5xx': problem },
    },
  };
}

/** The caller of a route that names a deed. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.caller === null) throw new Error(`no caller on ${request.url}`);
  return request.caller;
}
