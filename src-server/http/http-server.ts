/** The HTTP side: health for whoever watches the process, and the admin's API behind its key. */
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Database } from '../database/database.ts';
import { classifyFailure } from '../database/database-failure.ts';
import type { Logger } from '../logger.ts';
import { secretsEqual } from '../terminals/token.ts';
import { type AdminContext, adminRoutes } from './admin-routes.ts';
import { HttpFailure } from './http-failure.ts';

export interface HttpOptions extends AdminContext {
  readonly adminKey: string;
  readonly logger: Logger;
}

export function createHttpServer(options: HttpOptions): FastifyInstance {
  const { database, adminKey, logger } = options;
  const app = Fastify({
    bodyLimit: 64 * 1024,
    // A server that is closing must not wait for idle keep-alive connections.
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 200 },
    // Addresses that cannot be decoded do not reach the error handler below.
    frameworkErrors: (error, _request, { raw }) => {
      raw.writeHead(400, { 'content-type': 'application/json; charset=utf-8' });
      raw.end(JSON.stringify({ code: 'bad_request', message: error.message }));
    },
  });

  app.setErrorHandler<FastifyError | HttpFailure | Error>((error, request, reply) => {
    const failure = toFailure(error);
    if (failure.statusCode >= 500) logger.error({ err: error, url: request.url }, 'request failed');
    return reply.status(failure.statusCode).send({ code: failure.code, message: failure.message });
  });
  app.setNotFoundHandler((_request, reply) =>
    reply.status(404).send({ code: 'not_found', message: 'There is nothing at this address' }),
  );

  app.get('/healthz', () => ({ ok: true }));
  app.route({
    method: 'GET',
    url: '/readyz',
    handler: async () => {
      await checkDatabase(database);
      return { ok: true, database: database.kind };
    },
  });

  app.register(
    async (api) => {
      api.addHook('onRequest', async (request) => {
        const [scheme, key, ...rest] = (request.headers.authorization ?? '').split(' ');
        const given = scheme?.toLowerCase() === 'bearer' && rest.length === 0 ? (key ?? '') : '';
        if (!secretsEqual(given, adminKey)) {
          throw new HttpFailure('unauthorized', 'This needs the admin key: Authorization: Bearer <key>');
        }
      });
      await api.register(adminRoutes(options));
    },
    { prefix: '/api' },
  );
  return app;
}

const oneRow = z.object({ one: z.literal(1) });

async function checkDatabase(database: Database): Promise<void> {
  try {
    await database.query(oneRow, 'SELECT 1 AS one');
  } catch {
    throw new HttpFailure('unavailable', 'The database does not answer');
  }
}

function toFailure(error: FastifyError | HttpFailure | Error): HttpFailure {
  if (error instanceof HttpFailure) return error;
  if (error instanceof z.ZodError) return new HttpFailure('bad_request', z.prettifyError(error));
  if ('statusCode' in error && typeof error.statusCode === 'number' && error.statusCode < 500) {
    // Fastify's own refusals: a body that is no JSON, too large, of a foreign type.
    return error.statusCode === 413
      ? new HttpFailure('too_large', 'The request is too large')
      : new HttpFailure('bad_request', error.message);
  }
  switch (classifyFailure(error)) {
    case 'bad_value':
      return new HttpFailure('bad_request', 'The request has a value that cannot be stored');
    case 'unavailable':
      return new HttpFailure('unavailable', 'The database does not answer; try again');
    case 'conflict':
    case 'defect':
      return new HttpFailure('internal', 'The server failed; its log says why');
  }
}
