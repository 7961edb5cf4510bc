import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  MAX_BATCH_BYTES,
  MAX_BATCH_EVENTS,
  PROTOCOL_VERSION,
  SYNC_NAMESPACE,
  handshakeSchema,
  helloReplySchema,
  helloRequestSchema,
  pushReplySchema,
  pushRequestSchema,
  refusedConnectionSchema,
} from './messages.ts';

const PINNED = {
  version: 1,
  hash: 'ae3cabf86b78e6dcee97f7c8ce47d85380cfb16972bf46327e11b835774debb7',
};

const WHAT_TO_DO = `
The wire between tills and server has changed.

A till in a shop may be months behind its server, and a server behind its tills. So, if you meant to change it:
1. Count PROTOCOL_VERSION up, and let the server go on understanding the version before.
2. Pin the new version and the hash that this failure shows in PINNED.
If you did not mean to: something that the messages are made of (an id, the event record) was changed; undo that.
`;

test('nobody changes the wire by accident', () => {
  const wire = {
    namespace: SYNC_NAMESPACE,
    limits: { MAX_BATCH_EVENTS, MAX_BATCH_BYTES },
    messages: Object.entries({
      handshake: handshakeSchema,
      refusedConnection: refusedConnectionSchema,
      helloRequest: helloRequestSchema,
      helloReply: helloReplySchema,
      pushRequest: pushRequestSchema,
      pushReply: pushReplySchema,
    }).map(([name, schema]) => [name, z.toJSONSchema(schema, { io: 'input' })]),
  };
  const hash = createHash('sha256').update(JSON.stringify(wire)).digest('hex');
  if (hash !== PINNED.hash || PROTOCOL_VERSION !== PINNED.version) {
    expect.fail(`${WHAT_TO_DO}\nVersion ${PROTOCOL_VERSION}, hash ${hash}`);
  }
  expect({ version: PROTOCOL_VERSION, hash }).toEqual(PINNED);
});
