/** The book of a sequence of events is the same whatever pages it was read in, and whatever was parked and retried. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { draftOf } from '#domain/events/holdfast-events.ts';
import { cents } from '#domain/money/cents.ts';
import type { EventRecord } from '#domain/events/event-record.ts';
import type { Database } from '../database/database.ts';
import { type EventLog, createEventLog } from '../log/event-log.ts';
import { findPage, rangeOf } from '../log/log-reader.ts';
import { ingestBatch } from '../ingest/ingest-batch.ts';
import { type TakeEvent, parkEvent, readDeadLetters, retryDeadLetter } from '../subscribers/dead-letters.ts';
import { beginAt, movePosition, positionOf } from '../subscribers/position-store.ts';
import { enrolTerminal } from '../terminals/terminals.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { type EventSource, eventSource, pushOf } from '../test-support/sale-events.ts';
import { silentBus } from '../test-support/silent-bus.ts';
import { orderBook } from './order-book.ts';

/** What happens to an order after it was created. */
type After = 'completed' | 'voided' | number;

interface Plan {
  /** Each step is about one of three orders: the first creates it. */
  readonly steps: readonly { readonly order: number; readonly after: After }[];
  /** Events of each page; the last number stays. */
  readonly pages: readonly number[];
  /** Which events cannot be taken when they come, by their place modulo how many there are. */
  readonly parked: readonly number[];
}

const ORDERS = 3;

const plan: fc.Arbitrary<Plan> = fc.record({
  steps: fc.array(
    fc.record({
      order: fc.nat({ max: ORDERS - 1 }),
      after: fc.oneof(
        fc.constant<After>('completed'),
        fc.constant<After>('voided'),
        fc.integer({ min: 1, max: 500 }),
      ),
    }),
    { minLength: 1, maxLength: 12 },
  ),
  pages: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 6 }),
  parked: fc.array(fc.nat({ max: 100 }), { maxLength: 3 }),
});

interface Expected {
  status: 'authorized' | 'completed' | 'voided';
  refunded: number;
  wasCompleted: boolean;
}

const bookRow = z.object({
  order_id: z.string(),
  status: z.string(),
  refunded: z.int(),
  was_completed: z.boolean(),
});

describe.each(TEST_DATABASES)('the book of any events on $kind', ({ create }) => {
  let home: TestDatabase;
  let database: Database;
  let log: EventLog;
  let runs = 0;
  const takers = new Map<string, TakeEvent>([
    [orderBook.name, (tx, event) => orderBook.handle(tx, rangeOf(event))],
  ]);

  beforeAll(async () => {
    home = await create();
    database = await home.open();
    log = createEventLog(database, silentBus());
    await beginAt(database, orderBook);
  }, 120_000);
  afterAll(async () => {
    await database.close();
    await home.dispose();
  });

  /** As `runSubscriber` takes a page, and parks an event that fails. */
  async function takePages(pages: readonly number[], parked: ReadonlySet<string>): Promise<void> {
    for (let page = 0; ; page += 1) {
      const limit = pages[Math.min(page, pages.length - 1)] ?? 1;
      const isOver = await log.write(async (tx) => {
        const position = await positionOf(tx, orderBook.name);
        const found = await findPage(tx, position, parked.size > 0 ? 1 : limit);
        if (found.size === 0) return true;
        await movePosition(tx, orderBook.name, position, found.to);
        const [only] = await tx.query(
          z.object({ event_id: z.string() }),
          'SELECT event_id FROM event_log WHERE tx = $1 AND id = $2',
          [found.to.tx, found.to.id],
        );
        if (only !== undefined && parked.has(only.event_id))
          await parkEvent(tx, orderBook.name, only.event_id, 'of the test');
        else await orderBook.handle(tx, found);
        return false;
      });
      if (isOver) return;
    }
  }

  function eventsOf(
    { steps }: Plan,
    till: EventSource,
  ): { events: EventRecord[]; expected: Map<string, Expected> } {
    const expected = new Map<string, Expected>();
    const events = steps.flatMap(({ order, after }): EventRecord[] => {
      const orderId = `${till.locationId}-${order}`;
      const known = expected.get(orderId);
      if (known === undefined) {
        expected.set(orderId, { status: 'authorized', refunded: 0, wasCompleted: false });
        const [created] = eventSource(till.terminalId, till.locationId).sale(1);
        return [till.next('order.created', orderId, z.json().parse(JSON.parse(created?.payload ?? '')))];
      }
      if (typeof after === 'number') {
        known.refunded += after;
        return [
          till.nextSeed({
            type: 'order.refunded',
            orderId,
            refundAmount: cents(after),
            reason: 'test',
            itemsReturned: [],
          }),
        ];
      }
      known.status = after;
      if (after === 'completed') {
        known.wasCompleted = true;
        return [
          till.nextSeed({
            type: 'order.completed',
            orderId,
            paymentStatus: 'captured',
            fulfillmentStatus: 'completed',
          }),
        ];
      }
      const draft = draftOf({ type: 'order.voided', orderId, reason: 'test' });
      return [till.next(draft.eventType, draft.aggregateId, draft.data)];
    });
    return { events, expected };
  }

  it('is that of the events in the order of the log', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (planned) => {
        runs += 1;
        const till = eventSource(`T${runs}`, `SHOP-${runs}`);
        const terminal = await enrolTerminal(database, till.terminalId, till.locationId, new Date());
        if (terminal === 'location_differs') throw new Error('unexpected');
        const { events, expected } = eventsOf(planned, till);
        expect(await ingestBatch(log, terminal, pushOf(events))).toMatchObject({ ok: true });
        // An order's end cannot be taken late: the book would not know that others came behind it.
        const mayFail = events.filter(
          ({ eventType }) => eventType === 'order.created' || eventType === 'order.refunded',
        );
        const parked = new Set(planned.parked.map((place) => mayFail[place % mayFail.length]?.eventId ?? ''));
        await takePages(planned.pages, parked);
        for (const { id } of await readDeadLetters(database))
          expect(await retryDeadLetter(log, takers, id)).toEqual({ kind: 'taken' });

        const rows = await database.query(
          bookRow,
          `SELECT order_id, status, refunded, completed_at IS NOT NULL AS was_completed FROM orders WHERE location_id = $1`,
          [till.locationId],
        );
        const book = new Map(
          rows.map(({ order_id, status, refunded, was_completed: wasCompleted }) => [
            order_id,
            { status, refunded, wasCompleted },
          ]),
        );
        expect(book).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  }, 120_000);
});
