/** The admin's side of what the tills of a location have in common. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { instantSchema } from '#domain/identifiers.ts';
import { locationSettingsSchema } from '#sync/protocol/changes.ts';
import { etagOf, versionIn } from '../catalogue/if-match.ts';
import { failures } from '../http/failure-responses.ts';
import { shopLocationSchema } from '../http/parameters.ts';
import { ifMatchWhenThere, locationOrigin } from './location-requests.ts';
import type { SettingsService, StoredSettings } from './settings-service.ts';

const tags = ['locations'];
const config = { access: 'admin' } as const;
const url = '/api/locations/:location_id/settings';
const params = z.strictObject({ location_id: shopLocationSchema });

const { quick_keys: quickKeys, ...shape } = locationSettingsSchema.omit({ version: true }).shape;
const settingsBody = z.strictObject({
  ...shape,
  // Unknown fields are refused in here too.
  quick_keys: z.array(z.strictObject(quickKeys.element.shape)).max(60),
});

const settingsAnswer = z.strictObject({
  store_name: z.string(),
  store_address: z.array(z.string()),
  receipt_footer: z.array(z.string()),
  quick_keys: z.array(z.strictObject({ sku: z.string(), label: z.string(), picture: z.string() })),
  keep_events_days: z.int(),
  version: z.int(),
  updated_at: instantSchema,
});

function answerOf({ record, updatedAt }: StoredSettings): z.infer<typeof settingsAnswer> {
  return { ...record, updated_at: updatedAt.toISOString() };
}

export function settingsRoutes(settings: SettingsService): FastifyPluginAsyncZod {
  return async (app) => {
    app.route({
      method: 'GET',
      url,
      config,
      schema: {
        summary: 'What the tills of a location have in common; the version is also the ETag',
        tags,
        params,
        response: { 200: settingsAnswer, ...failures('not_found') },
      },
      handler: async (request, reply) => {
        const stored = await settings.find(request.params.location_id);
        return reply.header('etag', etagOf(stored.record.version)).send(answerOf(stored));
      },
    });

    app.route({
      method: 'PUT',
      url,
      config,
      schema: {
        summary: 'Makes or changes what the tills of a location have in common',
        description: 'Always whole. Needs `If-Match` with the version that was read, where there is one.',
        tags,
        params,
        headers: ifMatchWhenThere,
        body: settingsBody,
        response: {
          200: settingsAnswer,
          201: settingsAnswer,
          ...failures('not_found', 'version_differs', 'version_required'),
        },
      },
      handler: async (request, reply) => {
        const { location_id: locationId } = request.params;
        const version = request.headers['if-match'] === undefined ? undefined : versionIn(request.headers);
        const origin = locationOrigin(request.caller, locationId);
        const { stored, created } = await settings.put(request.body, version, origin);
        return reply
          .status(created ? 201 : 200)
          .header('etag', etagOf(stored.record.version))
          .send(answerOf(stored));
      },
    });
  };
}
