import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { memoryOutbox } from '../test-support/memory-outbox.ts';
import {
  SYNC_NAMESPACE,
  handshakeSchema,
  helloReplySchema,
  helloRequestSchema,
  pushReplySchema,
  pushRequestSchema,
  refusedConnectionSchema,
} from './messages.ts';
import {
  helloReplyV1Schema,
  helloRequestV1Schema,
  pushReplyV1Schema,
  pushRequestV1Schema,
} from './version-1.ts';

/** What release 0.1.0 itself pinned, when these were its messages. Never changes: its tills do not either. */
const PINNED_BY_RELEASE_0_1_0 = 'ae3cabf86b78e6dcee97f7c8ce47d85380cfb16972bf46327e11b835774debb7';

test('the wire of version 1 is frozen as it was released', () => {
  const wire = {
    namespace: SYNC_NAMESPACE,
    // As they were; the constants of today may grow.
    limits: { MAX_BATCH_EVENTS: 500, MAX_BATCH_BYTES: 1_000_000 },
    messages: Object.entries({
      // Of all versions: a till says who it is before anybody knows which one it speaks.
      handshake: handshakeSchema,
      refusedConnection: refusedConnectionSchema,
      helloRequest: helloRequestV1Schema,
      helloReply: helloReplyV1Schema,
      pushRequest: pushRequestV1Schema,
      pushReply: pushReplyV1Schema,
    }).map(([name, schema]) => [name, z.toJSONSchema(schema, { io: 'input' })]),
  };
  expect(createHash('sha256').update(JSON.stringify(wire)).digest('hex')).toBe(PINNED_BY_RELEASE_0_1_0);
});

describe('a till of version 1 and a server of today', () => {
  const flow = { maxEvents: 500, maxBytes: 1_000_000, window: 3, pauseMs: 0 };
  const hello = { ok: true, ackedThrough: 7, headHash: 'a', serverTime: 'now' };

  test.each([
    [helloReplyV1Schema, helloReplySchema, { ...hello, flow, clockSkewMs: 5, quarantined: 1 }, hello],
    [
      pushReplyV1Schema,
      pushReplySchema,
      { ok: true, ackedThrough: 7, flow, quarantined: 1 },
      { ok: true, ackedThrough: 7 },
    ],
  ])('further fields of an answer are passed over', (then, now, answer, understood) => {
    expect(now.parse(answer)).toEqual(answer);
    expect(then.parse(answer)).toEqual(understood);
  });

  test.each([
    [helloReplyV1Schema, helloReplySchema, { ok: false, code: 'forked', message: 'No.' }],
    [helloReplyV1Schema, helloReplySchema, { ok: false, code: 'behind', message: 'No.' }],
    [pushReplyV1Schema, pushReplySchema, { ok: false, code: 'paused', message: 'No.' }],
  ])('a code that it does not know is none that it may be told', (then, now, answer) => {
    expect(now.safeParse(answer).success).toBe(true);
    expect(then.safeParse(answer).success).toBe(false);
  });

  test('its batches are understood as they are, its empty hello is not', () => {
    const outbox = memoryOutbox('T1');
    outbox.append(2);
    const batch = { terminalId: 'T1', from: 1, events: [...outbox.log] };
    expect(pushRequestV1Schema.parse(batch)).toEqual(batch);
    expect(pushRequestSchema.parse(batch)).toEqual(batch);
    expect(helloRequestV1Schema.safeParse({}).success).toBe(true);
    expect(helloRequestSchema.safeParse({}).success).toBe(false);
  });
});
