/**
 * The wire of version 1, frozen: tills of release 0.1.0 speak it, and the server goes on understanding them.
 * `version-1.test.ts` pins its hash; nothing here ever changes. What a server answers may have further fields: a till of
 * version 1 passes over them. What it may not have are codes that such a till does not know.
 */
import { z } from 'zod';
import { eventRecordSchema } from '#domain/events/event-record.ts';
import { terminalIdSchema } from '#domain/identifiers.ts';

export const helloRequestV1Schema = z.object({});

export const helloReplyV1Schema = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    ackedThrough: z.int().min(0),
    headHash: z.string(),
    serverTime: z.string(),
  }),
  z.object({ ok: z.literal(false), code: z.literal('unavailable'), message: z.string() }),
]);
export type HelloReplyV1 = z.infer<typeof helloReplyV1Schema>;

export const pushRequestV1Schema = z.object({
  terminalId: terminalIdSchema,
  from: z.int().min(1),
  // Metadata was shorter then.
  events: z
    .array(eventRecordSchema.extend({ metadata: z.string().max(16_384) }))
    .min(1)
    .max(500),
});

export const pushReplyV1Schema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), ackedThrough: z.int().min(0) }),
  z.object({
    ok: z.literal(false),
    code: z.enum(['gap', 'chain_broken', 'malformed', 'wrong_terminal', 'unavailable']),
    message: z.string(),
    expected: z.int().min(1).optional(),
  }),
]);
export type PushReplyV1 = z.infer<typeof pushReplyV1Schema>;
