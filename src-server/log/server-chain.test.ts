import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { draftOf } from '#domain/events/holdfast-events.ts';
import type { Database } from '../database/database.ts';
import { authenticateTerminal } from '../terminals/terminals.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { type RecordingBus, silentBus } from '../test-support/silent-bus.ts';
import { type EventLog, EVERYWHERE, createEventLog } from './event-log.ts';
import { verifyChain } from './read-log.ts';

describe.each(TEST_DATABASES)("the server's own chain on $kind", ({ create }) => {
  let home: TestDatabase;
  let database: Database;
  let log: EventLog;
  let bus: RecordingBus;
  beforeAll(async () => {
    home = await create();
    database = await home.open();
    bus = silentBus();
    log = createEventLog(database, bus);
  }, 120_000);
  afterAll(async () => {
    await database.close();
    await home.dispose();
  });

  const voided = (orderId: string) => draftOf({ type: 'order.voided', orderId, reason: 'test' });
  const append = (locationId: string, count: number) =>
    log.write((tx) =>
      tx.append(
        { locationId, now: new Date(), metadata: { user_id: 'test' } },
        Array.from({ length: count }, (_, index) => voided(`ORD-${index}`)),
      ),
    );

  it('is whole however many transactions append to it at once', async () => {
    const appended = await Promise.all(Array.from({ length: 20 }, () => append('STORE-001', 3)));
    const [first] = appended[0] ?? [];
    expect(await verifyChain(database, first?.terminalId ?? '')).toEqual({ events: 60, whole: true });
    const seqs = appended.flat().map(({ seq }) => seq);
    expect(seqs.sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
  });

  it('is one a location, and one for what concerns all of them', async () => {
    const names = [];
    for (const location of ['STORE-002', 'STORE-003', EVERYWHERE, 'STORE-002']) {
      const [record] = await append(location, 1);
      names.push(record?.terminalId);
    }
    expect(new Set(names).size).toBe(3);
    expect(names[3]).toBe(names[0]);
  });

  it('leaves no number out and announces nothing when a transaction fails', async () => {
    const [before] = await append('STORE-004', 1);
    bus.announced.length = 0;
    const failing = log.write(async (tx) => {
      await tx.append({ locationId: 'STORE-004', now: new Date(), metadata: { user_id: 'test' } }, [
        voided('ORD-X'),
      ]);
      throw new Error('dies here');
    });
    await expect(failing).rejects.toThrow('dies here');
    expect(bus.announced).toEqual([]);
    const [after] = await append('STORE-004', 1);
    expect(after?.seq).toBe((before?.seq ?? 0) + 1);
    expect(bus.announced).toMatchObject([{ event: 'order.voided', order_id: 'ORD-0' }]);
  });

  it('lets nobody connect as it', async () => {
    const [record] = await append('STORE-005', 1);
    for (const token of ['', ' ', '0']) {
      expect(await authenticateTerminal(database, record?.terminalId ?? '', token)).toBeUndefined();
    }
  });
});
