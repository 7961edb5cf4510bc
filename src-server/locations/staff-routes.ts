/** The admin's side of the people of a location. A PIN goes in and never comes out, nor does its hash. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { instantSchema, plainText } from '#domain/identifiers.ts';
import { pinHashSchema, pinSchema } from '#domain/people/pin.ts';
import { etagOf, versionIn } from '../catalogue/if-match.ts';
import { failures } from '../http/failure-responses.ts';
import { shopLocationSchema } from '../http/parameters.ts';
import { ifMatchWhenThere, locationOrigin } from './location-requests.ts';
import type { StaffService } from './staff-service.ts';
import type { StaffMember } from './staff-table.ts';

const tags = ['locations'];
const config = { access: 'admin' } as const;

/** As it can stand in an address. */
const userIdSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, 'not the id of a person');
const locationParams = z.strictObject({ location_id: shopLocationSchema });
const personParams = locationParams.extend({ user_id: userIdSchema });

const personBody = z
  .strictObject({
    name: plainText(60),
    role: z.enum(['cashier', 'manager']),
    active: z.boolean().default(true),
    pin: pinSchema.optional().describe('Needed by who is new or comes back, unless there is a hash'),
    pin_hash: pinHashSchema.optional().describe('Instead of the PIN, where it was hashed elsewhere'),
  })
  .refine(({ pin, pin_hash: hash }) => pin === undefined || hash === undefined, {
    path: ['pin_hash'],
    message: 'there is a PIN already',
  });

const personAnswer = z.strictObject({
  user_id: z.string(),
  name: z.string(),
  role: z.enum(['cashier', 'manager']),
  active: z.boolean(),
  version: z.int(),
  updated_at: instantSchema,
});

function answerOf({
  user_id,
  name,
  role,
  active,
  version,
  updatedAt,
}: StaffMember): z.infer<typeof personAnswer> {
  return { user_id, name, role, active, version, updated_at: updatedAt.toISOString() };
}

export function staffRoutes(staff: StaffService): FastifyPluginAsyncZod {
  return async (app) => {
    app.route({
      method: 'GET',
      url: '/api/locations/:location_id/staff',
      config,
      schema: {
        summary: 'The people of a location, those who left too',
        tags,
        params: locationParams,
        response: { 200: z.strictObject({ staff: z.array(personAnswer) }) },
      },
      handler: async (request) => ({
        staff: (await staff.list(request.params.location_id)).map(answerOf),
      }),
    });

    app.route({
      method: 'GET',
      url: '/api/locations/:location_id/staff/:user_id',
      config,
      schema: {
        summary: 'One person; the version is also the ETag',
        tags,
        params: personParams,
        response: { 200: personAnswer, ...failures('not_found') },
      },
      handler: async (request, reply) => {
        const { location_id: locationId, user_id: userId } = request.params;
        const member = await staff.find(locationId, userId);
        return reply.header('etag', etagOf(member.version)).send(answerOf(member));
      },
    });

    app.route({
      method: 'PUT',
      url: '/api/locations/:location_id/staff/:user_id',
      config,
      schema: {
        summary: 'Makes or changes one person',
        description: 'Needs `If-Match` with the version that was read, where the person is there already.',
        tags,
        params: personParams,
        headers: ifMatchWhenThere,
        body: personBody,
        response: {
          200: personAnswer,
          201: personAnswer,
          ...failures('not_found', 'version_differs', 'version_required', 'pin_required', 'pin_taken'),
        },
      },
      handler: async (request, reply) => {
        const { location_id: locationId, user_id } = request.params;
        const version = request.headers['if-match'] === undefined ? undefined : versionIn(request.headers);
        const origin = locationOrigin(request.caller, locationId);
        const { member, created } = await staff.put({ ...request.body, user_id }, version, origin);
        return reply
          .status(created ? 201 : 200)
          .header('etag', etagOf(member.version))
          .send(answerOf(member));
      },
    });

    app.route({
      method: 'POST',
      url: '/api/locations/:location_id/staff/:user_id/deactivate',
      config,
      schema: {
        summary: 'Lets one person sign in no more; the record stays',
        description: 'Needs `If-Match` with the version that was read.',
        tags,
        params: personParams,
        headers: ifMatchWhenThere,
        response: { 200: personAnswer, ...failures('not_found', 'version_differs', 'version_required') },
      },
      handler: async (request, reply) => {
        const { location_id: locationId, user_id: userId } = request.params;
        const version = versionIn(request.headers);
        const member = await staff.deactivate(userId, version, locationOrigin(request.caller, locationId));
        return reply.header('etag', etagOf(member.version)).send(answerOf(member));
      },
    });
  };
}
