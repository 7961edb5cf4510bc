/** How IT makes a till: a code from the admin, which the till trades for its name and token. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { instantSchema, locationIdSchema, terminalIdSchema } from '#domain/identifiers.ts';
import { PROTOCOL_VERSION } from '#sync/protocol/messages.ts';
import { failures } from '../http/failure-responses.ts';
import type { AttemptLimit } from './attempt-limit.ts';
import type { EnrolmentService } from './enrolment-service.ts';

export interface EnrolmentRoutesContext {
  readonly enrolments: EnrolmentService;
  readonly attempts: AttemptLimit;
  /** The token that a terminal had before is void: its connections end. */
  readonly endVoid: (terminalId: string) => void;
}

const tags = ['terminals'];

export function enrolmentRoutes({
  enrolments,
  attempts,
  endVoid,
}: EnrolmentRoutesContext): FastifyPluginAsyncZod {
  return async (app) => {
    app.route({
      method: 'POST',
      url: '/api/enrolment-codes',
      config: { access: 'admin' },
      schema: {
        summary: 'Makes a one-time code for a terminal, new or to be replaced; its earlier ones are void',
        tags,
        body: z.strictObject({ terminal_id: terminalIdSchema, location_id: locationIdSchema }),
        response: {
          201: z.strictObject({
            code: z.string().describe('Shown once: the server keeps its hash only'),
            terminal_id: z.string(),
            location_id: z.string(),
            expires_at: instantSchema,
          }),
          ...failures('location_differs', 'reserved_name'),
        },
      },
      handler: async (request, reply) => {
        const { terminal_id, location_id } = request.body;
        const { code, expiresAt } = await enrolments.makeCode(terminal_id, location_id);
        return reply
          .status(201)
          .send({ code, terminal_id, location_id, expires_at: expiresAt.toISOString() });
      },
    });

    app.route({
      method: 'POST',
      url: '/api/enrol',
      // Whoever has the code; without it nothing of the shop is said.
      config: { access: 'public' },
      schema: {
        summary: 'Trades a code for a terminal: its name, its token, and where its history goes on',
        description:
          'Asked again with the same `request_id` within minutes, it answers the same. A PC that had this terminal before is refused from here on.',
        tags,
        body: z.strictObject({ code: z.string().max(40), request_id: z.uuid() }),
        response: {
          200: z.strictObject({
            terminal_id: z.string(),
            location_id: z.string(),
            epoch: z.int(),
            token: z.string(),
            head: z.strictObject({ seq: z.int(), hash: z.string() }),
            receipt_counter_from: z.int(),
            protocol: z.int(),
          }),
          ...failures('code_refused', 'location_differs', 'too_many_attempts'),
        },
      },
      handler: async (request) => {
        const { code, request_id: requestId } = request.body;
        const enrolled = await attempts.attempt(request.ip, () => enrolments.enrol(code, requestId));
        endVoid(enrolled.terminalId);
        return {
          terminal_id: enrolled.terminalId,
          location_id: enrolled.locationId,
          epoch: enrolled.epoch,
          token: enrolled.token,
          head: enrolled.head,
          receipt_counter_from: enrolled.receiptCounterFrom,
          protocol: PROTOCOL_VERSION,
        };
      },
    });
  };
}
