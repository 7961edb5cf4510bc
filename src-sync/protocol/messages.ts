/**
 * The wire between a terminal and the central server: socket.io, namespace `/sync`, every request acknowledged.
 * Nobody changes these schemas unknowingly: `messages.test.ts` pins their hash beside PROTOCOL_VERSION.
 *
 *     terminal                                     server
 *       │  connect, auth {protocol, terminalId, token} │   refused: connect_error with a RefusedConnection
 *       │  sync.hello {}  ────────────────────────────▶│
 *       │◀──────────── {ok, ackedThrough, headHash}    │   the server's word on where this terminal stands
 *       │  events.push {terminalId, from, events[]} ──▶│   insert, project, move cursor: one transaction
 *       │◀──────────── {ok, ackedThrough}              │   cumulative
 *       │◀──────────── {ok: false, code, …}            │   nothing of the batch was applied
 */
import { z } from 'zod';
import { eventRecordSchema } from '#domain/events/event-record.ts';
import { terminalIdSchema } from '#domain/identifiers.ts';

export const PROTOCOL_VERSION = 1;
export const SYNC_NAMESPACE = '/sync';

/** Bounds of one batch: whichever is reached first. Both sides enforce them. */
export const MAX_BATCH_EVENTS = 500;
export const MAX_BATCH_BYTES = 1_000_000;

/** What a terminal shows when it connects. */
export const handshakeSchema = z.object({
  protocol: z.int(),
  terminalId: terminalIdSchema,
  token: z.string().min(1).max(200),
});
export type Handshake = z.infer<typeof handshakeSchema>;

export const refusedConnectionSchema = z.object({
  code: z.enum(['malformed_handshake', 'protocol_unsupported', 'unauthorized', 'unavailable']),
  message: z.string(),
});
export type RefusedConnection = z.infer<typeof refusedConnectionSchema>;

export const helloRequestSchema = z.object({});
export const helloReplySchema = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    /** Last seq of this terminal that is durable on the server; 0 when it has none. */
    ackedThrough: z.int().min(0),
    /** Hash of that event: the terminal compares it with its own to notice a forked history. */
    headHash: z.string(),
    serverTime: z.string(),
  }),
  z.object({ ok: z.literal(false), code: z.literal('unavailable'), message: z.string() }),
]);
export type HelloReply = z.infer<typeof helloReplySchema>;

export const pushRequestSchema = z.object({
  terminalId: terminalIdSchema,
  /** seq of the first event */
  from: z.int().min(1),
  events: z.array(eventRecordSchema).min(1).max(MAX_BATCH_EVENTS),
});
export type PushRequest = z.infer<typeof pushRequestSchema>;

export const pushReplySchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), ackedThrough: z.int().min(0) }),
  z.object({
    ok: z.literal(false),
    /**
     * - `gap`: resume from `expected`.
     * - `chain_broken`: the events do not continue what the server has. A person must look; nothing is merged.
     * - `malformed`: the message does not fit the schema, or an event cannot be stored.
     * - `wrong_terminal`: the token belongs to another terminal or location.
     * - `unavailable`: the server could not do it now; try again.
     */
    code: z.enum(['gap', 'chain_broken', 'malformed', 'wrong_terminal', 'unavailable']),
    message: z.string(),
    expected: z.int().min(1).optional(),
  }),
]);
export type PushReply = z.infer<typeof pushReplySchema>;

/** socket.io's typed event maps for both ends. Payloads are still parsed: a type is no proof of a peer. */
export interface TerminalToServer {
  'sync.hello': (request: unknown, reply: (answer: HelloReply) => void) => void;
  'events.push': (request: unknown, reply: (answer: PushReply) => void) => void;
}
