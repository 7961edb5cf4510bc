/** The frame around all routes: who calls, what fits, what is answered, and how it ends. The routes are modules. */
import Fastify, { type FastifyInstance } from 'fastify';
import { type FastifyPluginAsyncZod, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { type AccessContext, authenticateRequests } from '../access/authenticate.ts';
import type { Database } from '../database/database.ts';
import type { Logger } from '../logger.ts';
import { refuseWhileClosing } from './closing.ts';
import { answerFailures } from './error-answers.ts';
import { type ReadinessCheck, healthRoutes } from './health-routes.ts';
import { takeJsonOnly } from './json-body.ts';
import { describeRoutes, openApiRoutes } from './openapi.ts';
import { answerRequestId, requestIdOf } from './request-id.ts';
import { type RouteListing, keepRouteRules } from './route-rules.ts';
import { answerUnparsable, answerUnroutable } from './unreadable-requests.ts';

/**
 * Some routes: a plugin with whole addresses (`/api/orders`). Each route declares `config.access`, and in its schema
 * `summary`, `tags`, what it takes as strict objects, and `response` (`{ 200: …, ...failures('not_found') }`). Responses
 * are encoded, so their schemas have no transforms: the handler brings the wire's form.
 */
export type RouteModule = FastifyPluginAsyncZod;

export interface HttpOptions extends AccessContext {
  readonly database: Database;
  readonly logger: Logger;
  readonly modules: readonly RouteModule[];
  /** What `/readyz` asks besides the database. */
  readonly checks: readonly ReadinessCheck[];
  /** How long a closing server waits for requests under way; default 10,000. */
  readonly cutAfterMs?: number;
}

export interface HttpFrame {
  readonly app: FastifyInstance;
  /** All routes, the frame's own too; complete when the app is ready. */
  readonly routes: readonly RouteListing[];
  /** From now on `/readyz` says no and new requests are sent elsewhere; `app.close()` waits for those under way. */
  readonly beginClosing: () => void;
}

export function createHttpServer(options: HttpOptions): HttpFrame {
  const { database, logger } = options;
  const app = Fastify({
    bodyLimit: 64 * 1024,
    // A server that is closing must not wait for idle keep-alive connections.
    forceCloseConnections: 'idle',
    // refuseWhileClosing answers instead, in our own form.
    return503OnClosing: false,
    // Node's own default is five minutes, Fastify's none: a request that comes by the byte must not stay that long.
    requestTimeout: 30_000,
    routerOptions: { maxParamLength: 200 },
    genReqId: requestIdOf,
    frameworkErrors: (error, request, reply) => {
      answerUnroutable(error.message, request.id, reply.raw);
    },
    clientErrorHandler: answerUnparsable,
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);

  takeJsonOnly(app);
  const routes = keepRouteRules(app);
  describeRoutes(app);
  answerRequestId(app);
  authenticateRequests(app, options);
  const closing = refuseWhileClosing(app, options.cutAfterMs);
  answerFailures(app, logger);
  app.register(healthRoutes({ database, checks: options.checks, isClosing: closing.isClosing }));
  app.register(openApiRoutes);
  for (const module of options.modules) app.register(module);
  return { app, routes, beginClosing: closing.begin };
}
