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

/** What a route that takes no body takes: nothing, or what clients send when they mean nothing. */
export const NO_BODY = z.strictObject({}).nullish();

function complete(schema: FastifySchema, route: RouteOptions, method: string, access: Access): FastifySchema {
  const { response } = schema;
  const responses = typeof response === 'object' && response !== null ? response : {};
  const mayHaveBody = method !== 'GET';
  return {
    ...schema,
    operationId: schema.operationId ?? operationIdOf(method, route.url),
    // What is not documented is refused and not ignored: a misspelt `?limt=5` as well as a body for nobody.
    querystring: schema.querystring ?? z.strictObject({}),
    ...(mayHaveBody && access !== 'signature' ? { body: schema.body ?? NO_BODY } : {}),
    response: withFrameFailures(describeSuccess({ ...responses }), [
      'bad_request',
      ...(mayHaveBody ? (['too_large'] as const) : []),
      ...failuresOfAccess(access),
      'internal',
      'unavailable',
    ]),
  };
}

/** OpenAPI wants a description of every response. */
function describeSuccess(responses: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(responses).map(([status, schema]) => [
      status,
      schema instanceof z.ZodType && schema.description === undefined
        ? schema.describe(status === '201' ? 'Made' : 'Done')
        : schema,
    ]),
  );
}

function failuresOfAccess(access: Access): readonly HttpFailureCode[] {
  switch (access) {
    case 'public':
      return [];
    case 'signature':
    case 'terminal':
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
