/** The admin's side of API keys: make, list, revoke. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { orderChannelSchema } from '#domain/events/seed-events.ts';
import { instantSchema, plainText } from '#domain/identifiers.ts';
import { API_SCOPES } from '../access/access.ts';
import { listApiKeys, makeApiKey, revokeApiKey } from '../access/api-keys.ts';
import type { Database } from '../database/database.ts';
import { failures } from './failure-responses.ts';
import { HttpFailure } from './http-failure.ts';
import { shopLocationSchema } from './parameters.ts';

const tags = ['access'];

const scopesSchema = z
  .array(z.enum(API_SCOPES))
  .min(1)
  .max(API_SCOPES.length)
  .refine(allDiffer, 'names a scope twice');
const channelsSchema = z
  .array(orderChannelSchema)
  .max(orderChannelSchema.options.length)
  .refine(allDiffer, 'names a channel twice');

const newKeyBody = z
  .strictObject({
    name: plainText(100),
    scopes: scopesSchema,
    channels: channelsSchema.default([]).describe('Needed for the scope orders, and for no other'),
    location_id: shopLocationSchema.nullable().default(null).describe('null: all locations'),
  })
  .refine(({ scopes, channels }) => scopes.includes('orders') === channels.length > 0, {
    path: ['channels'],
    message: 'the scope orders needs at least one channel, and no other scope has any',
  });

const listedKey = z.strictObject({
  key_id: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(API_SCOPES)),
  channels: z.array(orderChannelSchema),
  location_id: z.string().nullable().describe('null: all locations'),
  created_at: instantSchema,
  revoked_at: instantSchema.nullable(),
});

export function apiKeyRoutes({ database }: { readonly database: Database }): FastifyPluginAsyncZod {
  return async (app) => {
    app.route({
      method: 'POST',
      url: '/api/api-keys',
      config: { access: 'admin' },
      schema: {
        summary: 'Makes an API key',
        tags,
        body: newKeyBody,
        response: {
          201: listedKey.extend({ key: z.string().describe('Shown once: the server keeps its hash only') }),
        },
      },
      handler: async (request, reply) => {
        const { name, scopes, channels, location_id: locationId } = request.body;
        const made = await makeApiKey(database, { name, scopes, channels, locationId }, new Date());
        return reply.status(201).send({ ...made.listing, key: made.key });
      },
    });

    app.route({
      method: 'GET',
      url: '/api/api-keys',
      config: { access: 'admin' },
      schema: {
        summary: 'All API keys, also the revoked ones; never the keys themselves',
        tags,
        response: { 200: z.strictObject({ api_keys: z.array(listedKey) }) },
      },
      handler: async () => ({ api_keys: await listApiKeys(database) }),
    });

    app.route({
      method: 'POST',
      url: '/api/api-keys/:id/revoke',
      config: { access: 'admin' },
      schema: {
        summary: 'Makes a key void, for the next request already',
        tags,
        params: z.object({ id: z.string().regex(/^[0-9a-f]{16}$/, 'not a key id') }),
        response: { 200: listedKey, ...failures('not_found') },
      },
      handler: async (request) => {
        const { id } = request.params;
        const revoked = await revokeApiKey(database, id, new Date());
        if (revoked === undefined) throw new HttpFailure('not_found', `There is no API key ${id}`);
        return revoked;
      },
    });
  };
}

function allDiffer(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length;
}
