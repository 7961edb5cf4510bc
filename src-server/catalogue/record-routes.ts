/** The five routes that items, merchandise codes and promotions have in common. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { JsonValue } from '#domain/events/canonical-json.ts';
import { failures } from '../http/failure-responses.ts';
import { HttpFailure, type HttpFailureCode } from '../http/http-failure.ts';
import { wholeNumberText } from '../http/parameters.ts';
import { catalogueOrigin } from './catalogue-origin.ts';
import { etagOf, ifMatchHeaders, versionIn } from './if-match.ts';
import type { RecordStore } from './record-store.ts';
import type { Versioned } from './versioned.ts';

type WireObject = Readonly<Record<string, JsonValue>>;

/** A body that changes a record. */
export interface ChangesBody<Kept> {
  readonly key: string;
  /** The version that it was read with, where it says so. */
  readonly version: number | undefined;
  readonly apply: (current: Kept) => Kept;
}

export interface RecordResource<Kept> {
  /** `/api/items` */
  readonly url: string;
  readonly noun: string;
  /** The name of the key in the path and in bodies: `sku`. */
  readonly keyName: string;
  readonly keySchema: z.ZodType<string>;
  /** Reads the path's parameters into the key. */
  readonly params: z.ZodType<string>;
  readonly newBody: z.ZodType<{ readonly record: Kept }>;
  readonly changesBody: z.ZodType<ChangesBody<Kept>>;
  /** A record with its version. */
  readonly answer: z.ZodType<WireObject>;
  /** A page of answers under the resource's own name, and `next`. */
  readonly list: z.ZodType<WireObject>;
  /** What the table may object to. */
  readonly writeFailures: readonly HttpFailureCode[];
  readonly removalFailures: readonly HttpFailureCode[];
  readonly keyOf: (record: Kept) => string;
  readonly answerOf: (kept: Versioned<Kept>) => WireObject;
  readonly listOf: (answers: readonly WireObject[], next: string | null) => WireObject;
}

const WRITES = 'Needs `If-Match` with the version that was read.';

export function recordRoutes<Kept>(
  store: RecordStore<Kept>,
  resource: RecordResource<Kept>,
): FastifyPluginAsyncZod {
  const { url, noun, keyName, params, answer } = resource;
  const tags = ['catalogue'];
  const config = { access: 'catalogue' } as const;
  const one = `${url}/:${keyName}`;

  return async (app) => {
    app.route({
      method: 'GET',
      url,
      config,
      schema: {
        summary: `A page of the ${noun}s, in the order of their ${keyName}`,
        tags,
        querystring: z.strictObject({
          after: resource.keySchema.optional().describe('`next` of the page before'),
          limit: wholeNumberText(1, 1000).default(100),
        }),
        response: { 200: resource.list },
      },
      handler: async (request) => {
        const { after = '', limit } = request.query;
        const { records, more } = await store.page(after, limit);
        const last = records.at(-1);
        const next = more && last !== undefined ? resource.keyOf(last.record) : null;
        return resource.listOf(records.map(resource.answerOf), next);
      },
    });

    app.route({
      method: 'POST',
      url,
      config,
      schema: {
        summary: `Make one ${noun}`,
        tags,
        body: resource.newBody,
        response: { 201: answer, ...failures('exists', ...resource.writeFailures) },
      },
      handler: async (request, reply) => {
        const kept = await store.create(request.body.record, catalogueOrigin(request.caller));
        return reply.status(201).header('etag', etagOf(kept.version)).send(resource.answerOf(kept));
      },
    });

    app.route({
      method: 'GET',
      url: one,
      config,
      schema: {
        summary: `One ${noun}; its version is also the ETag`,
        tags,
        params,
        response: { 200: answer, ...failures('not_found') },
      },
      handler: async (request, reply) => {
        const kept = await store.find(request.params);
        return reply.header('etag', etagOf(kept.version)).send(resource.answerOf(kept));
      },
    });

    app.route({
      method: 'PUT',
      url: one,
      config,
      schema: {
        summary: `Change one ${noun}`,
        description: `${WRITES} Fields that may be left out then stay as they are.`,
        tags,
        params,
        headers: ifMatchHeaders,
        body: resource.changesBody,
        response: {
          200: answer,
          ...failures('not_found', 'version_differs', 'version_required', ...resource.writeFailures),
        },
      },
      handler: async (request, reply) => {
        const { params: key, body } = request;
        const version = versionIn(request.headers);
        if (body.key !== key) {
          throw new HttpFailure('bad_request', `The ${keyName} in the body is not that of the address`);
        }
        if ((body.version ?? version) !== version) {
          throw new HttpFailure('bad_request', 'The version in the body is not that of If-Match');
        }
        const origin = catalogueOrigin(request.caller);
        const kept = await store.update(key, version, body.apply, origin);
        return reply.header('etag', etagOf(kept.version)).send(resource.answerOf(kept));
      },
    });

    app.route({
      method: 'DELETE',
      url: one,
      config,
      schema: {
        summary: `Delete one ${noun}`,
        description: WRITES,
        tags,
        params,
        headers: ifMatchHeaders,
        response: {
          200: z.strictObject({ version: z.int().describe('The version of the deletion') }),
          ...failures('not_found', 'version_differs', 'version_required', ...resource.removalFailures),
        },
      },
      handler: async (request) => {
        const version = versionIn(request.headers);
        const origin = catalogueOrigin(request.caller);
        return { version: await store.remove(request.params, version, origin) };
      },
    });
  };
}
