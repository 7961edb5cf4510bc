/** The same collection at both ends of RxDB's replication: in memory, its only free storage for Node. */
import { type RxCollection, type RxDatabase, createRxDatabase } from 'rxdb';
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import type { PeerRecord } from './records.ts';

const text = (maxLength: number) => ({ type: 'string', maxLength });

const schema = {
  version: 0,
  primaryKey: 'eventId',
  type: 'object',
  properties: {
    eventId: text(36),
    terminalId: text(12),
    seq: { type: 'integer' },
    eventType: text(100),
    aggregateId: text(100),
    timestamp: text(24),
    locationId: text(30),
    payload: text(262_144),
    metadata: text(16_384),
    prevHash: text(64),
    hash: text(64),
  },
  required: ['eventId', 'seq', 'hash'],
};

export interface OpenEvents {
  readonly database: RxDatabase;
  readonly events: RxCollection<PeerRecord>;
}

export async function openEvents(name: string): Promise<OpenEvents> {
  const database = await createRxDatabase({ name, storage: getRxStorageMemory(), multiInstance: false });
  const { events } = await database.addCollections<PeerRecord>({ events: { schema } });
  return { database, events };
}
