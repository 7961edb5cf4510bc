/** What every route must say of itself before the server starts, and the list of those that did. */
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify';
import { z } from 'zod';
import type { Access } from '../access/access.ts';
import { withFrameFailures } from './failure-responses.ts';
import type { HttpFailureCode } from './http-failure.ts';

export interface RouteListing {
  readonly method: string;
  /** with `:name` for parameters */
  readonly url: string;
  readonly access: Access;
}

/**
 * Refuses, by throwing where it is added, a route that does not declare who may call it (`config.access`) or what it
 * is (`schema.summary`, `schema.tags`); completes the schemas of the others; and lists them. The HEAD that Fastify
 * makes of every GET is not listed: it is the same route with the same access.
 */
export function keepRouteRules(app: FastifyInstance): readonly RouteListing[] {
  const routes: RouteListing[] = [];
  app.addHook('onRoute', (route) => {
    for (const method of [route.method].flat()) {
      const name = `${method} ${route.url}`;
      const access = route.config?.access;
      if (access === undefined) throw new Error(`${name} does not declare config.access`);
      const schema = route.schema ?? {};
      if (!schema.summary || !schema.tags?.length) throw new Error(`${name} has no summary or no tags`);
      if (method === 'HEAD') continue;
      routes.push({ method, url: route.url, access });
      route.schema = complete(schema, route, method, access);
    }
  });
  return routes;
}

function complete(schema: FastifySchema, route: RouteOptions, method: string, access: Access): FastifySchema {
  const responses = typeof schema.response === 'object' && schema.response !== null ? schema.response : {};
  return {
    ...schema,
    operationId: schema.operationId ?? operationIdOf(method, route.url),
    // A misspelt `?limt=5` is refused, not ignored.
    querystring: schema.querystring ?? z.strictObject({}),
    response: withFrameFailures({ ...responses }, frameFailuresOf(schema, access)),
  };
}

function frameFailuresOf(schema: FastifySchema, access: Access): HttpFailureCode[] {
  return [
    'bad_request',
    ...(schema.body === undefined ? [] : (['too_large'] as const)),
    ...failuresOfAccess(access),
    'internal',
    'unavailable',
  ];
}

function failuresOfAccess(access: Access): readonly HttpFailureCode[] {
  switch (access) {
    case 'public':
      return [];
    case 'signature':
      return ['unauthorized'];
    case 'admin':
    case 'orders':
    case 'catalogue':
    case 'inventory':
      return ['unauthorized', 'forbidden'];
  }
}

/** `GET /api/terminals/:id/verify-chain` → `getApiTerminalsIdVerifyChain` */
function operationIdOf(method: string, url: string): string {
  const words = url.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
