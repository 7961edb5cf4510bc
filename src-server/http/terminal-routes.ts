/** The admin's side of terminals: enrolment, revocation, proof of their history. Answers have the log's own names. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { instantSchema, locationIdSchema, terminalIdSchema } from '#domain/identifiers.ts';
import type { Database } from '../database/database.ts';
import { verifyChain } from '../log/read-log.ts';
import {
  type Enrolment,
  ReservedNameError,
  enrolTerminal,
  listTerminals,
  revokeTerminal,
} from '../terminals/terminals.ts';
import { failures } from './failure-responses.ts';
import { HttpFailure } from './http-failure.ts';

export interface TerminalRoutesContext {
  readonly database: Database;
  /** What the admin needs of the live connections. */
  readonly connections: {
    isConnected(terminalId: string): boolean;
    /** Ends the connection of a terminal whose token became void. */
    disconnect(terminalId: string): void;
  };
}

const tags = ['terminals'];
const params = z.object({ id: terminalIdSchema });

const listedTerminal = z.strictObject({
  terminal_id: z.string(),
  location_id: z.string(),
  epoch: z.int(),
  head_seq: z.int(),
  head_hash: z.string(),
  enrolled_at: instantSchema,
  revoked_at: instantSchema.nullable(),
  last_seen_at: instantSchema.nullable(),
  protocol: z.int().nullable().describe('What it spoke last; null: it has not said hello yet'),
  skew_ms: z
    .int()
    .nullable()
    .describe(
      "Its clock less the server's when it said hello last; null: it has not said what its clock shows",
    ),
  skew_at: instantSchema.nullable(),
  quarantined: z.int().describe('Events of it that are kept and cannot be used'),
  forks: z.int().describe('Copies of it that have connected: see /api/terminal-forks'),
  connected: z.boolean(),
});

const quarantined = z.int().optional().describe('How many of them are in quarantine, proven there');
const chainReport = z.union([
  z.strictObject({ events: z.int(), whole: z.literal(true), quarantined }),
  z.strictObject({
    events: z.int().describe('How many were whole before the break'),
    whole: z.literal(false),
    break: z.strictObject({ seq: z.int(), code: z.enum(['gap', 'prev_hash_differs', 'hash_differs']) }),
    quarantined,
  }),
]);

export function terminalRoutes({ database, connections }: TerminalRoutesContext): FastifyPluginAsyncZod {
  return async (app) => {
    app.route({
      method: 'GET',
      url: '/api/terminals',
      config: { access: 'admin' },
      schema: {
        summary: 'All terminals, where each stands, and which are connected',
        tags,
        response: { 200: z.strictObject({ terminals: z.array(listedTerminal) }) },
      },
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

    app.route({
      method: 'POST',
      url: '/api/terminals',
      config: { access: 'admin' },
      schema: {
        summary: 'Enrols a terminal, or gives one that exists a new token; the old one is void',
        tags,
        body: z.strictObject({ terminal_id: terminalIdSchema, location_id: locationIdSchema }),
        response: {
          201: z.strictObject({
            terminal_id: z.string(),
            location_id: z.string(),
            epoch: z.int(),
            token: z.string().describe('Shown once: the server keeps its hash only'),
          }),
          ...failures('location_differs', 'reserved_name'),
        },
      },
      handler: async (request, reply) => {
        const { terminal_id, location_id } = request.body;
        const enrolment = await enrol(terminal_id, location_id);
        connections.disconnect(terminal_id);
        const { terminalId, locationId, epoch, token } = enrolment;
        return reply.status(201).send({ terminal_id: terminalId, location_id: locationId, epoch, token });
      },
    });

    app.route({
      method: 'POST',
      url: '/api/terminals/:id/revoke',
      config: { access: 'admin' },
      schema: {
        summary: "Makes a terminal's token void and ends its connection",
        tags,
        params,
        response: {
          200: z.strictObject({ terminal_id: z.string(), revoked: z.literal(true) }),
          ...failures('not_found'),
        },
      },
      handler: async (request) => {
        const { id } = request.params;
        if (!(await revokeTerminal(database, id, new Date()))) throw unknownTerminal(id);
        connections.disconnect(id);
        return { terminal_id: id, revoked: true as const };
      },
    });

    app.route({
      method: 'GET',
      url: '/api/terminals/:id/verify-chain',
      config: { access: 'admin' },
      schema: {
        summary: "Proves a terminal's history from what is stored",
        tags,
        params,
        response: { 200: chainReport, ...failures('not_found') },
      },
      handler: async (request) => {
        const { id } = request.params;
        const report = await verifyChain(database, id);
        if (report === undefined) throw unknownTerminal(id);
        return report;
      },
    });
  };

  async function enrol(terminalId: string, locationId: string): Promise<Enrolment> {
    try {
      const enrolment = await enrolTerminal(database, terminalId, locationId, new Date());
      if (enrolment !== 'location_differs') return enrolment;
    } catch (error) {
      throw error instanceof ReservedNameError ? new HttpFailure(error.code, error.message) : error;
    }
    throw new HttpFailure(
      'location_differs',
      `${terminalId} belongs to another location for ever: choose another terminal id`,
    );
  }
}

function unknownTerminal(id: string): HttpFailure {
  return new HttpFailure('not_found', `There is no terminal ${id}`);
}
