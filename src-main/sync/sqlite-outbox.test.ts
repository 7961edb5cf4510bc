import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GENESIS_HASH } from '#domain/events/event-record.ts';
import type { SeedEvent } from '#domain/events/seed-events.ts';
import type { Outbox } from '#sync/outbox.ts';
import { eventLogOf } from '../store/event-log.ts';
import type { WriteHandle } from '../store/handles.ts';
import { type Store, openCursorWriter, openStore } from '../store/open-store.ts';
import { removeTillTemplate, testTillFolder } from '../test-support/test-till.ts';
import type { TemporaryFolder } from '../test-support/temporary-folder.ts';
import { sqliteOutbox } from './sqlite-outbox.ts';

let temporary: TemporaryFolder;
let store: Store;
let outbox: Outbox;
/** What the shop's opening stock has left in the log. */
let opening: number;
beforeEach(async () => {
  const made = await testTillFolder();
  temporary = made.temporary;
  store = openStore(made.folder);
  outbox = sqliteOutbox(store.writer);
  opening = outbox.head().seq;
});
afterEach(() => {
  store.close();
  temporary.remove();
});
afterAll(removeTillTemplate);

function append(count: number, note = ''): void {
  const log = eventLogOf(store.writer);
  const event: SeedEvent = {
    type: 'order.completed',
    orderId: 'ORD-1',
    paymentStatus: 'captured',
    fulfillmentStatus: 'completed',
  };
  store.writer.transaction(() => {
    log.append(
      Array.from({ length: count }, () => event),
      {
        terminalId: 'T1',
        locationId: 'STORE-001',
        timestamp: '2026-11-23T12:00:00.000Z',
        metadata: { note },
      },
    );
  });
}

const AT = '2026-11-23T12:00:05.000Z';
const wide = { maxEvents: 1000, maxBytes: 1_000_000 };
const processed = () =>
  store.writer.connection
    .prepare<[], number>(
      'SELECT seq FROM event_log WHERE processed = 1 AND processed_at IS NOT NULL ORDER BY seq',
    )
    .pluck()
    .all();
const upTo = (seq: number) => Array.from({ length: seq }, (_, index) => index + 1);

describe('the outbox', () => {
  test('reads in order from where it is told, within the count', () => {
    append(10);
    const events = outbox.read(opening + 3, { ...wide, maxEvents: 4 });
    expect(events.map(({ seq }) => seq)).toEqual([3, 4, 5, 6].map((index) => opening + index));
    expect(outbox.read(opening + 11, wide)).toEqual([]);
  });

  test('reads within the bytes, and one event at least however large it is', () => {
    append(5, 'é'.repeat(1000));
    const sizeOf = (seq: number) => {
      const [event] = outbox.read(seq, { ...wide, maxEvents: 1 });
      return Buffer.byteLength(event?.payload ?? '') + Buffer.byteLength(event?.metadata ?? '');
    };
    const one = sizeOf(opening + 1);
    expect(one).toBeGreaterThan(2000);
    const read = (maxBytes: number) => outbox.read(opening + 1, { maxEvents: 100, maxBytes }).length;
    expect([read(1), read(one), read(2 * one - 1), read(2 * one), read(5 * one), read(9 * one)]).toEqual([
      1, 1, 1, 2, 5, 5,
    ]);
  });

  test('knows its head and its hashes', () => {
    append(1);
    const { seq, hash } = outbox.head();
    expect(seq).toBe(opening + 1);
    expect(outbox.hashAt(seq)).toBe(hash);
    expect(outbox.hashAt(seq + 1)).toBeUndefined();
    expect(outbox.read(1, wide)[0]?.prevHash).toBe(GENESIS_HASH);
  });

  test('marks as processed what the server has, and takes it back when the server has lost it', () => {
    append(5);
    expect([outbox.ackedThrough(), processed()]).toEqual([0, []]);
    outbox.setAckedThrough(3, AT);
    expect([outbox.ackedThrough(), processed()]).toEqual([3, [1, 2, 3]]);
    outbox.setAckedThrough(opening + 5, AT);
    expect(processed()).toEqual(upTo(opening + 5));
    expect(outbox.oldestWaitingAt()).toBeNull();
    outbox.setAckedThrough(2, AT);
    expect([outbox.ackedThrough(), processed()]).toEqual([2, [1, 2]]);
    expect(outbox.oldestWaitingAt()).toBe('2026-11-23T12:00:00.000Z');
    outbox.setAckedThrough(0, AT);
    expect(processed()).toEqual([]);
  });

  test('changes nothing else of an event, and keeps the cursor when the till is closed', () => {
    append(3);
    const before = outbox.read(1, wide);
    outbox.setAckedThrough(opening + 2, AT);
    const { folder } = store;
    store.close();
    store = openStore(folder);
    outbox = sqliteOutbox(store.writer);
    expect(outbox.ackedThrough()).toBe(opening + 2);
    expect(outbox.read(1, wide)).toEqual(before);
  });
});

describe('a cursor that moves far', () => {
  const EVENTS = 100;
  const PAGE = 7;
  const AT_ONCE = 3;
  const cursorAndMarks = () => [outbox.ackedThrough(), processed()];

  /** Counts what each transaction changes; `between` runs where others get the lock. */
  function paged(between: () => void = () => undefined) {
    const sizes: number[] = [];
    const changes = store.writer.connection.prepare<[], number>('SELECT total_changes()').pluck();
    const counting: WriteHandle = {
      ...store.writer,
      transaction: (work) => {
        const before = changes.get() ?? 0;
        const result = store.writer.transaction(work);
        sizes.push((changes.get() ?? 0) - before);
        return result;
      },
    };
    return { sizes, outbox: sqliteOutbox(counting, { events: PAGE, markedAtOnce: AT_ONCE, pause: between }) };
  }

  /** As the engine does when nothing waits. */
  function markAll(far: Outbox): void {
    while (far.markProcessed(AT));
  }

  test('is marked behind it, in transactions of one page; backwards it takes the marks along', () => {
    append(EVENTS);
    const { sizes, outbox: far } = paged();
    far.setAckedThrough(EVENTS, AT);
    expect(cursorAndMarks()).toEqual([EVENTS, []]);
    expect(far.markProcessed(AT)).toBe(true);
    expect(cursorAndMarks()).toEqual([EVENTS, upTo(PAGE)]);
    markAll(far);
    expect(cursorAndMarks()).toEqual([EVENTS, upTo(EVENTS)]);
    expect(far.markProcessed(AT)).toBe(false);
    far.setAckedThrough(3, AT);
    expect(cursorAndMarks()).toEqual([3, upTo(3)]);
    expect(Math.max(...sizes)).toBe(PAGE);
    expect(sizes.length).toBeGreaterThan((2 * EVENTS) / PAGE);
  });

  test('marks nothing that the cursor has not passed, and a few events with the cursor itself', () => {
    append(EVENTS);
    const { outbox: far } = paged();
    far.setAckedThrough(50, AT);
    markAll(far);
    expect(cursorAndMarks()).toEqual([50, upTo(50)]);
    far.setAckedThrough(50 + AT_ONCE, AT);
    expect(cursorAndMarks()).toEqual([50 + AT_ONCE, upTo(50 + AT_ONCE)]);
  });

  test('behind a backlog a few events are marked without those before them', () => {
    append(EVENTS);
    const { sizes, outbox: far } = paged();
    far.setAckedThrough(EVENTS - AT_ONCE, AT);
    far.setAckedThrough(EVENTS, AT);
    expect(processed()).toEqual([EVENTS - 2, EVENTS - 1, EVENTS]);
    markAll(far);
    expect(cursorAndMarks()).toEqual([EVENTS, upTo(EVENTS)]);
    expect(Math.max(...sizes)).toBe(PAGE);
  });

  test('an event that has no mark yet does not wait', () => {
    append(EVENTS);
    const { outbox: far } = paged();
    far.setAckedThrough(far.head().seq, AT);
    expect(processed()).toEqual([]);
    expect(far.oldestWaitingAt()).toBeNull();
  });

  test('backwards it lets another connection write between its pages', () => {
    append(EVENTS);
    markTo(EVENTS);
    const other = openCursorWriter(store.folder);
    other.writer.connection.pragma('busy_timeout = 0');
    let written = 0;
    const { outbox: far } = paged(() => {
      other.writer.transaction(() => {
        written += other.writer.connection
          .prepare("INSERT OR REPLACE INTO settings (key, value) VALUES ('tender', '1')")
          .run().changes;
      });
    });
    far.setAckedThrough(0, AT);
    other.close();
    expect(written).toBeGreaterThan(EVENTS / PAGE - 2);
    expect(cursorAndMarks()).toEqual([0, []]);
  });

  test('backwards and dies on the way claims nothing that the server has not, and ends well', () => {
    append(EVENTS);
    markTo(EVENTS);
    let pages = 0;
    const { outbox: dying } = paged(() => {
      pages += 1;
      if (pages === 3) throw new Error('killed');
    });
    expect(() => dying.setAckedThrough(10, AT)).toThrow('killed');
    expect(outbox.ackedThrough()).toBe(10);
    expect(processed().slice(0, 10)).toEqual(upTo(10));
    outbox.setAckedThrough(5, AT);
    outbox.setAckedThrough(10, AT);
    expect(cursorAndMarks()).toEqual([10, upTo(10)]);
    markTo(opening + EVENTS);
    expect(cursorAndMarks()).toEqual([opening + EVENTS, upTo(opening + EVENTS)]);
  });

  function markTo(seq: number): void {
    outbox.setAckedThrough(seq, AT);
    markAll(outbox);
  }
});
