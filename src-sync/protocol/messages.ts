/**
 * The wire between a terminal and the central server: socket.io, namespace `/sync`, every request acknowledged.
 * Nobody changes these schemas unknowingly: `messages.test.ts` pins their hash beside PROTOCOL_VERSION. What goes down
 * to the terminal (catalogue, stock, snapshots) is in `changes.ts`; what version 1 said is in `version-1.ts`.
 *
 *     terminal                                     server
 *       │  connect, auth {protocol, terminalId, token} │   refused: connect_error with a RefusedConnection
 *       │  sync.hello {head, acked, clock, …} ────────▶│
 *       │◀──────────── {ok, ackedThrough, headHash, …} │   the server's word on where this terminal stands
 *       │  events.push {terminalId, from, events[]} ──▶│   insert, project, move cursor: one transaction
 *       │◀──────────── {ok, ackedThrough, …}           │   cumulative
 *       │◀──────────── {ok: false, code, …}            │   nothing of the batch was applied
 *       │  events.pull {after, limit} ────────────────▶│   a terminal that lost its disk gets its own events back
 *       │  quarantine.list {} ────────────────────────▶│   its events that the server keeps but cannot use
 *       │  changes.pull, snapshot.prepare ────────────▶│   see changes.ts
 *       │◀──────────── changes.available               │   unasked: a pull would find something
 */
import { z } from 'zod';
import { eventRecordSchema } from '#domain/events/event-record.ts';
import { instantSchema, terminalIdSchema } from '#domain/identifiers.ts';
import type { ChangesPullReply, SnapshotPrepareReply } from './changes.ts';

export const PROTOCOL_VERSION = 2;
/** The server speaks this one and the one before; a till in a shop is updated later than its server. */
export const OLDEST_PROTOCOL_VERSION = 1;
export const SYNC_NAMESPACE = '/sync';
/** Bounds of one batch: whichever is reached first. Both sides enforce them. */
export const MAX_BATCH_EVENTS = 500;
export const MAX_BATCH_BYTES = 1_000_000;
/** Batches under way at once that a server may ask for. */
export const MAX_WINDOW = 8;

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

/** A place in a terminal's history: the event with this number, by its hash. Before the first event: 0 and the genesis hash. */
export const chainPointSchema = z.object({ seq: z.int().min(0), hash: z.string().max(64) });
export type ChainPoint = z.infer<typeof chainPointSchema>;

export const helloRequestSchema = z.object({
  /** The terminal's last event. */
  head: chainPointSchema,
  /** What it holds for acknowledged. */
  acked: chainPointSchema,
  /** Its UTC clock as it asks: the server estimates from it how far that clock is off. */
  clock: instantSchema,
  /**
   * It knows that its disk was lost or put back: what the server has beyond `head` it will ask for. Without this word,
   * a history that the server knows longer is that of a copy, and is refused.
   */
  recovering: z.boolean(),
});
export type HelloRequest = z.infer<typeof helloRequestSchema>;

/** What the server can take now. In every answer that carries none, the last one goes on. */
export const flowSchema = z.object({
  maxEvents: z.int().min(1).max(MAX_BATCH_EVENTS),
  maxBytes: z.int().min(1).max(MAX_BATCH_BYTES),
  /** Batches under way at once. */
  window: z.int().min(1).max(MAX_WINDOW),
  /** Nothing is to be sent for so long. 0: go on. */
  pauseMs: z.int().min(0).max(60_000),
});
export type Flow = z.infer<typeof flowSchema>;

export const helloReplySchema = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    /** Last seq of this terminal that is durable on the server; 0 when it has none. */
    ackedThrough: z.int().min(0),
    /** Hash of that event: the terminal compares it with its own to notice a forked history. */
    headHash: z.string(),
    serverTime: z.string(),
    /** Absent from a server of version 1. */
    flow: flowSchema.optional(),
    /** Terminal's clock minus the server's, in milliseconds: positive when the till is ahead. */
    clockSkewMs: z.int().optional(),
    /** Events of this terminal that the server keeps but cannot use, as it stands now. */
    quarantined: z.int().min(0).optional(),
  }),
  z.object({
    ok: z.literal(false),
    /**
     * - `unavailable`: the server could not do it now; try again.
     * - `forked`: it has other events under numbers that this terminal holds for its own. Kept apart, nothing is merged.
     * - `behind`: it has more of this terminal than the terminal itself: an old copy of its data. Nothing is merged.
     */
    code: z.enum(['unavailable', 'forked', 'behind']),
    message: z.string(),
  }),
]);
export type HelloReply = z.infer<typeof helloReplySchema>;

/**
 * An event as far as it must be right to be counted: its place in the chain. Texts that the log cannot hold
 * are the server's to judge, event by event, so that one bad record holds up none of the others.
 */
export const framedEventSchema = z.object({
  ...eventRecordSchema.shape,
  eventId: z.string().max(100),
  terminalId: z.string().max(100),
  eventType: z.string().max(1_000),
  aggregateId: z.string().max(1_000),
  timestamp: z.string().max(100),
  locationId: z.string().max(100),
  payload: z.string().max(MAX_BATCH_BYTES),
  metadata: z.string().max(MAX_BATCH_BYTES),
});
export type FramedEvent = z.infer<typeof framedEventSchema>;

export const pushRequestSchema = z.object({
  terminalId: terminalIdSchema,
  /** seq of the first event */
  from: z.int().min(1),
  events: z.array(framedEventSchema).min(1).max(MAX_BATCH_EVENTS),
});
export type PushRequest = z.infer<typeof pushRequestSchema>;

export const pushReplySchema = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    ackedThrough: z.int().min(0),
    flow: flowSchema.optional(),
    /** Events of this terminal that the server keeps but cannot use, as it stands after this batch. */
    quarantined: z.int().min(0).optional(),
  }),
  z.object({
    ok: z.literal(false),
    /**
     * - `gap`: resume from `expected`.
     * - `chain_broken`: the events do not continue what the server has. A person must look; nothing is merged.
     * - `malformed`: the message does not fit the schema.
     * - `wrong_terminal`: the token belongs to another terminal or location.
     * - `unavailable`: the server could not do it now; the line is dropped and tried again.
     * - `paused`: it does not want it now; the same again on this line after `flow.pauseMs`.
     */
    code: z.enum(['gap', 'chain_broken', 'malformed', 'wrong_terminal', 'unavailable', 'paused']),
    message: z.string(),
    expected: z.int().min(1).optional(),
    flow: flowSchema.optional(),
  }),
]);
export type PushReply = z.infer<typeof pushReplySchema>;

/** The terminal's own events behind a number, for one that lost them. Bounded as a batch is. */
export const eventsPullRequestSchema = z.object({
  after: z.int().min(0),
  limit: z.int().min(1).max(MAX_BATCH_EVENTS),
});
export type EventsPullRequest = z.infer<typeof eventsPullRequestSchema>;

export const eventsPullReplySchema = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    /** In order, without gaps, from `after` + 1 on; fewer than `limit` also where their size ended the page. */
    events: z.array(framedEventSchema).max(MAX_BATCH_EVENTS),
    /** The server's head: there is more when the last event is not it. */
    head: chainPointSchema,
  }),
  z.object({ ok: z.literal(false), code: z.literal('unavailable'), message: z.string() }),
]);
export type EventsPullReply = z.infer<typeof eventsPullReplySchema>;

export const quarantineListRequestSchema = z.object({});
export const MAX_QUARANTINE_LIST = 100;

export const quarantinedEventSchema = z.object({
  seq: z.int().min(1),
  eventType: z.string(),
  /** In words, for the manager. */
  reason: z.string(),
  at: instantSchema,
});
export type QuarantinedEvent = z.infer<typeof quarantinedEventSchema>;

export const quarantineListReplySchema = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    /** The newest of them, newest first. */
    events: z.array(quarantinedEventSchema).max(MAX_QUARANTINE_LIST),
    count: z.int().min(0),
  }),
  z.object({ ok: z.literal(false), code: z.literal('unavailable'), message: z.string() }),
]);
export type QuarantineListReply = z.infer<typeof quarantineListReplySchema>;

/** socket.io's typed event maps for both ends. Payloads are still parsed: a type is no proof of a peer. */
export interface TerminalToServer {
  'sync.hello': (request: unknown, reply: (answer: HelloReply) => void) => void;
  'events.push': (request: unknown, reply: (answer: PushReply) => void) => void;
  'events.pull': (request: unknown, reply: (answer: EventsPullReply) => void) => void;
  'quarantine.list': (request: unknown, reply: (answer: QuarantineListReply) => void) => void;
  'changes.pull': (request: unknown, reply: (answer: ChangesPullReply) => void) => void;
  'snapshot.prepare': (request: unknown, reply: (answer: SnapshotPrepareReply) => void) => void;
}

export interface ServerToSyncTerminal {
  /** Something changed that this terminal must know. May come too often or get lost: it only wakes. */
  'changes.available': () => void;
}
