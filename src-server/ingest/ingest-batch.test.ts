import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { EventRecord } from '#domain/events/event-record.ts';
import { decodeEvent } from '#domain/events/event-wire.ts';
import type { Database } from '../database/database.ts';
import { type EventLog, createEventLog } from '../log/event-log.ts';
import { readStock } from '../inventory/read-stock.ts';
import { readTerminalEvents, verifyChain } from '../log/read-log.ts';
import { readDeadLetters } from '../subscribers/dead-letters.ts';
import { toEventRecord } from '../log/stored-event.ts';
import { type AuthenticTerminal, enrolTerminal, revokeTerminal } from '../terminals/terminals.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { type RecordingBus, silentBus } from '../test-support/silent-bus.ts';
import { type EventSource, eventSource, pushOf } from '../test-support/sale-events.ts';
import { ingestBatch } from './ingest-batch.ts';

describe.each(TEST_DATABASES)('ingest on $kind', ({ create }) => {
  let home: TestDatabase;
  let database: Database;
  let log: EventLog;
  let bus: RecordingBus;
  let terminal: AuthenticTerminal;
  let till: EventSource;
  let terminals = 0;

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
  beforeEach(async () => {
    terminals += 1;
    till = eventSource(`T${terminals}`, `STORE-${terminals}`);
    const enrolment = await enrolTerminal(database, till.terminalId, till.locationId, new Date());
    if (enrolment === 'location_differs') throw new Error('unexpected');
    terminal = enrolment;
  });

  const push = (events: readonly EventRecord[]) => ingestBatch(log, terminal, pushOf(events));
  const stored = () => readTerminalEvents(database, till.terminalId, 0, 1000);
  const stock = async () =>
    Object.fromEntries(
      (await readStock(database, till.locationId)).map(({ sku, quantity }) => [sku, quantity]),
    );
  const moved = (sku: string, change: number) =>
    till.nextSeed({
      type: 'inventory.updated',
      sku,
      oldQuantity: 10,
      newQuantity: 10 + change,
      change,
      reason: 'sale',
      referenceId: 'ORD-1',
    });

  it('keeps every event as it was made, and the chain proves it', async () => {
    const events = [...till.sale(2), ...till.sale(3)];
    expect(await push(events)).toEqual({ ok: true, ackedThrough: events.length });
    expect((await stored()).map(toEventRecord)).toEqual(events);
    expect(await verifyChain(database, till.terminalId)).toEqual({ events: events.length, whole: true });
  });

  it('adds up the stock per SKU', async () => {
    await push([moved('WINE-CAB-001', -2), moved('BEER-1', -1), moved('WINE-CAB-001', -1)]);
    expect(await stock()).toEqual({ 'BEER-1': -1, 'WINE-CAB-001': -3 });
  });

  it('announces on the bus what was committed, once, and nothing that was refused', async () => {
    const events = till.sale(1);
    bus.announced.length = 0;
    await push(events.slice(1));
    expect(bus.announced).toEqual([]);
    await push(events);
    await push(events);
    expect(bus.announced.map(({ event }) => event)).toEqual([
      ...events.map(({ eventType }) => eventType),
      // Nobody had counted any of it.
      'inventory.oversold',
    ]);
    expect(() => decodeEvent(bus.announced[0])).not.toThrow();
  });

  it('takes a batch that is sent again once', async () => {
    const events = [moved('A', -1), moved('A', -1)];
    await push(events);
    expect(await push(events)).toEqual({ ok: true, ackedThrough: 2 });
    expect(await stock()).toEqual({ A: -2 });
  });

  it('takes the new part of a batch that overlaps', async () => {
    const events = [moved('A', -1), moved('A', -1), moved('A', -1), moved('A', -1)];
    await push(events.slice(0, 3));
    expect(await push(events.slice(1))).toEqual({ ok: true, ackedThrough: 4 });
    expect(await stock()).toEqual({ A: -4 });
  });

  it('acknowledges through its head when an old batch comes late', async () => {
    const events = [moved('A', -1), moved('A', -1), moved('A', -1)];
    await push(events);
    expect(await push(events.slice(0, 1))).toEqual({ ok: true, ackedThrough: 3 });
  });

  it('takes the same batch, sent on two connections at once, once', async () => {
    const events = Array.from({ length: 200 }, () => moved('A', -1));
    const replies = await Promise.all([push(events), push(events), push(events)]);
    expect(replies).toEqual(Array.from({ length: 3 }, () => ({ ok: true, ackedThrough: 200 })));
    expect(await stock()).toEqual({ A: -200 });
    expect(await stored()).toHaveLength(200);
  });

  it('lets two terminals sell the same items at once without a deadlock', async () => {
    const other = eventSource(`${till.terminalId}B`, till.locationId);
    const second = await enrolTerminal(database, other.terminalId, other.locationId, new Date());
    if (second === 'location_differs') throw new Error('unexpected');
    const sell = async (who: AuthenticTerminal, source: EventSource) => {
      for (let batch = 0; batch < 10; batch += 1) {
        const reply = await ingestBatch(log, who, pushOf([...source.sale(5), ...source.sale(5)]));
        expect(reply.ok).toBe(true);
      }
    };
    await Promise.all([sell(terminal, till), sell(second, other)]);
    expect(Object.values(await stock()).reduce((sum, quantity) => sum + quantity, 0)).toBe(-200);
  });

  it('refuses a gap and says where to resume', async () => {
    const events = [moved('A', -1), moved('A', -1), moved('A', -1)];
    await push(events.slice(0, 1));
    expect(await push(events.slice(2))).toMatchObject({ ok: false, code: 'gap', expected: 2 });
    expect(await stored()).toHaveLength(1);
  });

  it('refuses a hole inside a batch', async () => {
    const events = [moved('A', -1), moved('A', -1), moved('A', -1)];
    const [first, , third] = events;
    if (first === undefined || third === undefined) throw new Error('unexpected');
    expect(await push([first, third])).toMatchObject({ ok: false, code: 'chain_broken' });
    expect(await stored()).toHaveLength(0);
  });

  it.each([
    ['payload', { payload: '{"a":1}' }],
    ['timestamp', { timestamp: '2020-01-01T00:00:00.000Z' }],
    ['type', { eventType: 'order.voided' }],
    ['hash', { hash: '1'.repeat(64) }],
    ['previous hash', { prevHash: '1'.repeat(64) }],
  ])('refuses a batch with an altered %s and stores nothing of it', async (_, change) => {
    const events = [moved('A', -1), moved('A', -1), moved('A', -1)];
    const altered = events.map((event, index) => (index === 1 ? { ...event, ...change } : event));
    expect(await push(altered)).toMatchObject({ ok: false, code: 'chain_broken' });
    expect(await stored()).toHaveLength(0);
    expect(await stock()).toEqual({});
  });

  it('notices a forked terminal, whether it goes on from its own history or sends it again', async () => {
    const fork = eventSource(till.terminalId, till.locationId);
    await push([...till.sale(1), ...till.sale(1)]);
    const before = await stored();
    const forked = [...fork.sale(1), ...fork.sale(1), ...fork.sale(1)];
    for (const batch of [forked.slice(0, 3), forked.slice(2), forked.slice(before.length), forked]) {
      expect(await push(batch)).toMatchObject({ ok: false, code: 'chain_broken' });
    }
    expect(await stored()).toEqual(before);
  });

  it('refuses events of another terminal or location', async () => {
    const otherTerminal = eventSource('OTHER', till.locationId).sale(1);
    const otherLocation = eventSource(till.terminalId, 'STORE-OTHER').sale(1);
    expect(await push(otherTerminal)).toMatchObject({ ok: false, code: 'wrong_terminal' });
    expect(await push(otherLocation)).toMatchObject({ ok: false, code: 'wrong_terminal' });
  });

  it('refuses a connection whose token was revoked or replaced meanwhile', async () => {
    const events = [moved('A', -1), moved('A', -1)];
    const replaced = terminal;
    const renewed = await enrolTerminal(database, till.terminalId, till.locationId, new Date());
    if (renewed === 'location_differs') throw new Error('unexpected');
    expect(await ingestBatch(log, replaced, pushOf(events))).toMatchObject({ code: 'wrong_terminal' });
    expect(renewed.epoch).toBe(replaced.epoch + 1);
    expect(await ingestBatch(log, renewed, pushOf(events))).toEqual({ ok: true, ackedThrough: 2 });
    await revokeTerminal(database, till.terminalId, new Date());
    expect(await ingestBatch(log, renewed, pushOf(events))).toMatchObject({ code: 'wrong_terminal' });
  });

  it.each([
    ['a missing change', { sku: 'A' }],
    ['a SKU that is none', { ...MOVEMENT, sku: 'not a sku' }],
    ['a SKU that it is not about', { ...MOVEMENT, sku: 'B' }],
    ['a change out of range', { ...MOVEMENT, change: 9_000_000_000_000_000 }],
    ['no object', 'text'],
  ])('keeps and acknowledges a movement with %s, and shows it as a dead letter', async (_, data) => {
    const unreadable = till.next('inventory.updated', 'A', data);
    const readable = moved('A', -1);
    expect(await push([unreadable, readable])).toEqual({ ok: true, ackedThrough: 2, quarantined: 1 });
    expect(await stock()).toEqual({ A: -1 });
    expect(await readDeadLetters(database)).toContainEqual(
      expect.objectContaining({
        event_id: unreadable.eventId,
        subscriber: 'stock',
        terminal_id: till.terminalId,
      }),
    );
    expect(await verifyChain(database, till.terminalId)).toEqual({ events: 2, whole: true });
  });

  it('keeps events of types that it does not know', async () => {
    expect(
      await push([till.next('loyalty.joined', 'CUST-1', { ü: 'é', n: 1.5e300, list: [] })]),
    ).toMatchObject({
      ok: true,
    });
    expect(await verifyChain(database, till.terminalId)).toEqual({ events: 1, whole: true });
  });

  it('says where a stored history was altered', async () => {
    await push([moved('A', -1), moved('A', -1), moved('A', -1)]);
    await database.execute(
      `UPDATE event_log SET payload = jsonb_set(payload, '{change}', '-9') WHERE terminal_id = $1 AND seq = 2`,
      [till.terminalId],
    );
    expect(await verifyChain(database, till.terminalId)).toEqual({
      events: 1,
      whole: false,
      break: { seq: 2, code: 'hash_differs' },
    });
    await database.execute('DELETE FROM event_log WHERE terminal_id = $1 AND seq = 2', [till.terminalId]);
    expect(await verifyChain(database, till.terminalId)).toMatchObject({
      whole: false,
      break: { code: 'gap' },
    });
  });

  it('leaves nothing behind when a transaction fails half-way', async () => {
    const failing = database.transaction(async (tx) => {
      await tx.execute(`INSERT INTO stock (location_id, sku, quantity) VALUES ('X', 'A', 1)`);
      throw new Error('dies here');
    });
    await expect(failing).rejects.toThrow('dies here');
    expect(await readStock(database, 'X')).toEqual([]);
  });

  it('commits to the disk', async () => {
    const setting = z.object({ synchronous_commit: z.string() });
    const [row] = await database.transaction((tx) => tx.query(setting, 'SHOW synchronous_commit'));
    expect(row).toEqual({ synchronous_commit: 'on' });
  });
});

const MOVEMENT = {
  sku: 'A',
  old_quantity: 1,
  new_quantity: 0,
  change: -1,
  reason: 'sale',
  reference_id: 'ORD-1',
};
