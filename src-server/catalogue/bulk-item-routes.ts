/** The seed's "Item List Maintenance": many items at once. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { wireItemChangesSchema } from '#domain/catalogue/item-wire.ts';
import { catalogueOrigin } from './catalogue-origin.ts';
import type { CatalogueContext } from './record-store.ts';
import { type RowError, rowErrorSchema, rowErrorsOf } from './row-error.ts';
import { storeItems } from './store-items.ts';

const bulkBody = z.strictObject({ items: z.array(wireItemChangesSchema).min(1).max(1000) });

/** Twice what a thousand items with twenty barcodes each take. */
const BODY_LIMIT = 2 * 1024 * 1024;

/** A list of the wrong kind has more faults than anybody reads. */
const MAX_ERRORS = 1000;

const answer = z.strictObject({
  success: z.literal(true),
  synced_count: z.int().describe('Rows; also those that changed nothing'),
  errors: z.array(rowErrorSchema).max(0),
});

const refusal = z
  .strictObject({
    code: z.literal('rows_refused'),
    message: z.string(),
    success: z.literal(false),
    synced_count: z.literal(0),
    errors: z.array(rowErrorSchema).max(MAX_ERRORS),
  })
  .describe('Refused, and nothing was changed. `errors` has the first thousand.');

function refuse(errors: readonly RowError[]): z.infer<typeof refusal> {
  return {
    code: 'rows_refused',
    message: `The list has ${errors.length} errors, the first in row ${errors[0]?.index}. Nothing was changed`,
    success: false,
    synced_count: 0,
    errors: errors.slice(0, MAX_ERRORS),
  };
}

export function bulkItemRoutes({ log }: CatalogueContext): FastifyPluginAsyncZod {
  return async (app) => {
    app.route({
      method: 'POST',
      url: '/api/items/bulk',
      config: { access: 'catalogue' },
      bodyLimit: BODY_LIMIT,
      // So that the faults of a row are told by row and field, like those that only the database knows.
      attachValidation: true,
      schema: {
        summary: 'Make or change up to 1,000 items: all of them, or none',
        description:
          'Fields that a row leaves out stay as they are. A row with a `version` changes that version only, one without whatever there is.',
        tags: ['catalogue'],
        body: bulkBody,
        response: { 200: answer, 422: refusal },
      },
      handler: async (request, reply) => {
        const origin = catalogueOrigin(request.caller);
        const { validationError } = request;
        if (validationError !== undefined) {
          // Of the body only: what else was wrong was found when the body was transformed already.
          const isBody = validationError.validationContext === 'body';
          const faults = isBody ? bulkBody.safeParse(request.body).error : undefined;
          const errors = faults && rowErrorsOf(faults, 'items');
          if (errors === undefined) throw validationError;
          return reply.status(422).send(refuse(errors));
        }
        const { items } = request.body;
        const errors = await storeItems(log, items, origin);
        if (errors.length > 0) return reply.status(422).send(refuse(errors));
        return reply.send({ success: true, synced_count: items.length, errors: [] });
      },
    });
  };
}
