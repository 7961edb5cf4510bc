import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  MAX_PAGE_RECORDS,
  SNAPSHOT_FORMAT,
  changesPullReplySchema,
  changesPullRequestSchema,
  snapshotLineSchema,
  snapshotPrepareReplySchema,
  snapshotPrepareRequestSchema,
} from './changes.ts';
import {
  MAX_BATCH_BYTES,
  MAX_BATCH_EVENTS,
  MAX_QUARANTINE_LIST,
  MAX_WINDOW,
  OLDEST_PROTOCOL_VERSION,
  PROTOCOL_VERSION,
  SYNC_NAMESPACE,
  eventsPullReplySchema,
  eventsPullRequestSchema,
  handshakeSchema,
  helloReplySchema,
  helloRequestSchema,
  pushReplySchema,
  pushRequestSchema,
  quarantineListReplySchema,
  quarantineListRequestSchema,
  refusedConnectionSchema,
} from './messages.ts';

const PINNED = {
  version: 2,
  hash: '453b455625287e87f8037f8753159abb19a9b70efe45704b15644642855f4ae6',
};

const WHAT_TO_DO = `
The wire between tills and server has changed.

A till in a shop may be months behind its server, and a server behind its tills. So, if you meant to change it:
1. Count PROTOCOL_VERSION up, and let the server go on understanding the version before.
2. Freeze the version before in a file of its own, as version-1.ts is.
3. Pin the new version and the hash that this failure shows in PINNED.
If you did not mean to: something that the messages are made of (an id, the event record, an item) was changed; undo that.
`;

test('nobody changes the wire by accident', () => {
  const wire = {
    namespace: SYNC_NAMESPACE,
    limits: { MAX_BATCH_EVENTS, MAX_BATCH_BYTES, MAX_WINDOW, MAX_QUARANTINE_LIST, MAX_PAGE_RECORDS },
    snapshotFormat: SNAPSHOT_FORMAT,
    messages: Object.entries({
      handshake: handshakeSchema,
      refusedConnection: refusedConnectionSchema,
      helloRequest: helloRequestSchema,
      helloReply: helloReplySchema,
      pushRequest: pushRequestSchema,
      pushReply: pushReplySchema,
      eventsPullRequest: eventsPullRequestSchema,
      eventsPullReply: eventsPullReplySchema,
      quarantineListRequest: quarantineListRequestSchema,
      quarantineListReply: quarantineListReplySchema,
      changesPullRequest: changesPullRequestSchema,
      changesPullReply: changesPullReplySchema,
      snapshotPrepareRequest: snapshotPrepareRequestSchema,
      snapshotPrepareReply: snapshotPrepareReplySchema,
      snapshotLine: snapshotLineSchema,
    }).map(([name, schema]) => [name, z.toJSONSchema(schema, { io: 'input' })]),
  };
  const hash = createHash('sha256').update(JSON.stringify(wire)).digest('hex');
  if (hash !== PINNED.hash || PROTOCOL_VERSION !== PINNED.version) {
    expect.fail(`${WHAT_TO_DO}\nVersion ${PROTOCOL_VERSION}, hash ${hash}`);
  }
  expect({ version: PROTOCOL_VERSION, hash }).toEqual(PINNED);
});

test('the version before is spoken too', () => {
  expect(OLDEST_PROTOCOL_VERSION).toBe(PROTOCOL_VERSION - 1);
});
