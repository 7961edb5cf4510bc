import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { migrate } from '../migrate.ts';
import { ingestBatch } from '../../ingest/ingest-batch.ts';
import { createEventLog } from '../../log/event-log.ts';
import { BEGINNING } from '../../log/log-reader.ts';
import { readAllBehind } from '../../test-support/read-all.ts';
import { readStock } from '../../inventory/read-stock.ts';
import { readTerminalEvents, verifyChain } from '../../log/read-log.ts';
import { toEventRecord } from '../../log/stored-event.ts';
import { TEST_DATABASES, type TestDatabase } from '../../test-support/databases.ts';
import { eventSource, pushOf } from '../../test-support/sale-events.ts';
import { silentBus } from '../../test-support/silent-bus.ts';
import { eventLogMigration } from './0001-event-log.ts';

describe.each(TEST_DATABASES)('a log of step 1 on $kind', ({ create }) => {
  let home: TestDatabase;
  beforeAll(async () => {
    home = await create();
  }, 120_000);
  afterAll(() => home.dispose());

  it('comes through the partitioning whole, and goes on', async () => {
    const till = eventSource('T1', 'STORE-001');
    const old = till.sale(2);
    const before = await home.openBare();
    await migrate(before, [eventLogMigration]);
    for (const event of old) {
      await before.execute(
        `INSERT INTO event_log (event_type, aggregate_id, timestamp, location_id, payload, metadata, event_id, terminal_id, seq, prev_hash, hash)
         VALUES ($1, $2, $3, $4, $5::text::jsonb, $6::text::jsonb, $7, $8, $9, $10, $11)`,
        [
          event.eventType,
          event.aggregateId,
          event.timestamp,
          event.locationId,
          event.payload,
          event.metadata,
          event.eventId,
          event.terminalId,
          event.seq,
          event.prevHash,
          event.hash,
        ],
      );
    }
    await before.execute(
      `INSERT INTO terminals (terminal_id, location_id, token_hash, epoch, head_seq, head_hash, enrolled_at)
       VALUES ('T1', 'STORE-001', 'x', 1, $1, $2, NOW())`,
      [old.length, old.at(-1)?.hash ?? ''],
    );
    await before.execute(`INSERT INTO stock VALUES ('STORE-001', 'WINE', 7, gen_random_uuid())`);
    await before.close();

    const database = await home.open();
    try {
      expect((await readTerminalEvents(database, 'T1', 0, 100)).map(toEventRecord)).toEqual(old);
      expect(await verifyChain(database, 'T1')).toEqual({ events: old.length, whole: true });
      expect(await readStock(database, 'STORE-001')).toEqual([
        { location_id: 'STORE-001', sku: 'WINE', quantity: 7, reserved: 0 },
      ]);
      const log = createEventLog(database, silentBus());
      const terminal = { terminalId: 'T1', locationId: 'STORE-001', epoch: 1 };
      const next = till.sale(1);
      expect(await ingestBatch(log, terminal, pushOf(next))).toMatchObject({ ok: true });
      const events = await readAllBehind(database, BEGINNING);
      expect(events.map(({ event_id }) => event_id).slice(0, old.length + next.length)).toEqual(
        [...old, ...next].map(({ eventId }) => eventId),
      );
      const [strays] = await database.query(
        z.object({ count: z.int() }),
        'SELECT count(*) AS count FROM event_log_default',
      );
      expect(strays).toEqual({ count: 0 });
    } finally {
      await database.close();
    }
  });
});
