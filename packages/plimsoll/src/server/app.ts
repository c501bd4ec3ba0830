/** Puts the HTTP side together: hooks in the order of the checks, then the routes. */
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import websocket from '@fastify/websocket';
import { fastify, type FastifyInstance, type FastifyRequest } from 'fastify';
import type { TSchema } from 'typebox';
import { bearerOf, refuseForeignPage, requireDeed } from './access.ts';
import { compileChecker, ordinary, readBody } from './body.ts';
import type { Feed } from './feed.ts';
import { addPage } from './page.ts';
import { ProblemError } from './problem.ts';
import { answerBrokenSocket, replyNotFound, replyToError, RouteList } from './problem-reply.ts';
import { addAccountPastRoutes } from './route/account-past.ts';
import { addAccountRoutes } from './route/account.ts';
import { addCalculatingRoutes } from './route/calculating.ts';
import { addChangingRoutes } from './route/changing.ts';
import { addFeed } from './route/feed.ts';
import { addPictureRoutes } from './route/picture.ts';
import { addReadingRoutes } from './route/reading.ts';
import { addRehearsalRoute } from './route/rehearsal.ts';
import type { Surroundings } from './route/route.ts';
import { addSceneRoutes } from './route/scene.ts';

const BODY_MAX = 1 << 20;
const MESSAGE_MAX = 1 << 16;

export interface AppOptions extends Surroundings {
  /** Requests a second of one key or address; executions of liquidations are not counted. */
  readonly ratePerSecond: number;
  /** Subscribers of the feed at most. */
  readonly subscribersMax: number;
}

export interface App {
  readonly app: FastifyInstance;
  readonly feed: Feed;
}

/** The application, ready to listen. */
export async function buildApp(options: AppOptions): Promise<App> {
  const app = bareApp();
  const routes = new RouteList();
  app.addHook('onRoute', ({ url, method }) => routes.add(url, method));
  app.setErrorHandler(replyToError);
  app.setNotFoundHandler((request, reply) => replyNotFound(routes, request, reply));
  useStrictBodies(app);
  addHooks(app, options);
  await addPlugins(app, options);
  const feed = await addRoutes(app, options);
  return { app, feed };
}

function bareApp(): FastifyInstance {
  return fastify({
    logger: false,
    bodyLimit: BODY_MAX,
    requestTimeout: 30_000,
    connectionTimeout: 60_000,
    keepAliveTimeout: 30_000,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    onProtoPoisoning: 'error',
    routerOptions: { maxParamLength: 128, caseSensitive: true },
    frameworkErrors: replyToError,
    clientErrorHandler: answerBrokenSocket,
  });
}

function useStrictBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    ['application/json'],
    { parseAs: 'buffer', bodyLimit: BODY_MAX },
    async (request: FastifyRequest, bytes: Buffer) => {
      if (request.routeOptions.config.isFile === true) throw wrongType('application/octet-stream');
      const value = readBody(bytes);
      if (request.routeOptions.config.exactBody !== true) return ordinary(value);
      request.bodyText = bytes.toString('utf8');
      return value;
    },
  );
  app.addContentTypeParser(
    ['application/octet-stream'],
    { parseAs: 'buffer' },
    async (request: FastifyRequest, bytes: Buffer) => {
      if (request.is404 || request.routeOptions.config.isFile === true) return bytes;
      throw wrongType('application/json');
    },
  );
  app.setValidatorCompiler<TSchema>(({ schema, httpPart }) =>
    compileChecker(schema, httpPart ?? 'body'),
  );
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
}

function wrongType(right: string): ProblemError {
  return new ProblemError(415, `send the body as ${right}`);
}

function addHooks(app: FastifyInstance, { desk, access }: AppOptions): void {
  app.decorateRequest('caller', null);
  app.decorateRequest('bodyText', '');
  app.addHook('onRequest', async (request, reply) => {
    const { host, origin, authorization } = request.headers;
    if (!access.needed) refuseForeignPage({ host, origin });
    const { deed, isVital = false } = request.routeOptions.config;
    if (deed === undefined) return;
    if (deed === 'read' && !isVital) desk.admitRead();
    reply.header('cache-control', 'no-store');
    request.caller = access.identify(bearerOf(authorization), request.ip);
    requireDeed(request.caller, deed);
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method } = request;
    const labels = {
      method,
      route: request.routeOptions.url ?? 'none',
      status: String(reply.statusCode),
    };
    desk.metrics.observeRequest(labels, reply.elapsedTime / 1_000);
  });
}

async function addPlugins(app: FastifyInstance, { ratePerSecond }: AppOptions): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: false,
    crossOriginEmbedderPolicy: false,
  });
  await app.register(rateLimit, {
    max: ratePerSecond * 10,
    timeWindow: 10_000,
    cache: 10_000,
    keyGenerator: (request) => request.caller?.client ?? request.ip,
    errorResponseBuilder: (_request, { after }) =>
      new ProblemError(429, `too many requests; try again in ${after}`),
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Plimsoll', version: '1', description: 'A maintenance-margin engine' },
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
      security: [{}, { key: [] }],
    },
  });
  await app.register(websocket, { options: { maxPayload: MESSAGE_MAX } });
}

async function addRoutes(app: FastifyInstance, options: AppOptions): Promise<Feed> {
  const { subscribersMax, ...surroundings } = options;
  addSceneRoutes(app, surroundings);
  addReadingRoutes(app, surroundings);
  addPictureRoutes(app, surroundings);
  addRehearsalRoute(app, surroundings);
  addAccountRoutes(app, surroundings);
  addAccountPastRoutes(app, surroundings);
  addCalculatingRoutes(app);
  addChangingRoutes(app, surroundings);
  const feed = addFeed(app, surroundings, subscribersMax);
  app.get('/v1/openapi.json', { schema: { hide: true } }, () => app.swagger());
  await addPage(app);
  await app.ready();
  return feed;
}
