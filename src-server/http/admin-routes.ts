import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { locationIdSchema, terminalIdSchema } from '#domain/identifiers.ts';
import type { Database } from '../database/database.ts';
import { readDeadLetters, readStock, readTerminalEvents, verifyChain } from '../log/read-log.ts';
import { toEnvelope } from '../log/stored-event.ts';
import { enrolTerminal, listTerminals, revokeTerminal } from '../terminals/terminals.ts';
import { HttpFailure } from './http-failure.ts';

export interface AdminContext {
  readonly database: Database;
  /** What the admin needs of the live connections. */
  readonly connections: {
    isConnected(terminalId: string): boolean;
    /** Ends the connection of a terminal whose token became void. */
    disconnect(terminalId: string): void;
  };
}

const enrolBody = z.strictObject({ terminal_id: terminalIdSchema, location_id: locationIdSchema });
const terminalParams = z.object({ id: terminalIdSchema });
const wholeNumber = z
  .string()
  .regex(/^\d{1,15}$/, 'not a whole number')
  .transform(Number);
const eventsQuery = z.object({
  terminal_id: terminalIdSchema,
  after_seq: wholeNumber.default(0),
  limit: wholeNumber.pipe(z.int().min(1).max(1000)).default(100),
});
const stockQuery = z.object({ location_id: locationIdSchema });

/** Answers carry the log's own snake_case names, as the seed's events do. */
export function adminRoutes({
  database,
  connections,
}: AdminContext): (api: FastifyInstance) => Promise<void> {
  return async (api) => {
    api.route({
      method: 'GET',
      url: '/terminals',
      handler: async () => {
        const terminals = await listTerminals(database);
        return {
          terminals: terminals.map((terminal) => ({
            ...terminal,
            connected: connections.isConnected(terminal.terminal_id),
          })),
        };
      },
    });

    api.route({
      method: 'POST',
      url: '/terminals',
      handler: async (request, reply) => {
        const { terminal_id, location_id } = enrolBody.parse(request.body);
        const enrolment = await enrolTerminal(database, terminal_id, location_id, new Date());
        if (enrolment === 'location_differs') {
          throw new HttpFailure(
            'location_differs',
            `${terminal_id} belongs to another location for ever: choose another terminal id`,
          );
        }
        connections.disconnect(terminal_id);
        const { terminalId, locationId, epoch, token } = enrolment;
        return reply.status(201).send({ terminal_id: terminalId, location_id: locationId, epoch, token });
      },
    });

    api.route({
      method: 'POST',
      url: '/terminals/:id/revoke',
      handler: async (request) => {
        const { id } = terminalParams.parse(request.params);
        if (!(await revokeTerminal(database, id, new Date()))) throw unknownTerminal(id);
        connections.disconnect(id);
        return { terminal_id: id, revoked: true };
      },
    });

    api.route({
      method: 'GET',
      url: '/terminals/:id/verify-chain',
      handler: async (request) => {
        const { id } = terminalParams.parse(request.params);
        const report = await verifyChain(database, id);
        if (report === undefined) throw unknownTerminal(id);
        return report;
      },
    });

    api.route({
      method: 'GET',
      url: '/events',
      handler: async (request) => {
        const { terminal_id, after_seq, limit } = eventsQuery.parse(request.query);
        return {
          events: (await readTerminalEvents(database, terminal_id, after_seq, limit)).map(toEnvelope),
        };
      },
    });

    api.route({
      method: 'GET',
      url: '/stock',
      handler: async (request) => {
        const { location_id } = stockQuery.parse(request.query);
        return { stock: await readStock(database, location_id) };
      },
    });

    api.route({
      method: 'GET',
      url: '/dead-letters',
      handler: async () => ({ dead_letters: await readDeadLetters(database) }),
    });
  };
}

function unknownTerminal(id: string): HttpFailure {
  return new HttpFailure('not_found', `There is no terminal ${id}`);
}
