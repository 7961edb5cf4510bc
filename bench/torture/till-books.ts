/** What lies in the till's database once it is closed, read without the till's own code where that is possible. */
import Database from 'better-sqlite3';
import { z } from 'zod';
import { type EventRecord, GENESIS_HASH } from '#domain/events/event-record.ts';
import { findChainBreak } from '#sync/protocol/hash-chain.ts';
import { sqliteOutbox } from '#main/sync/sqlite-outbox.ts';
import { databaseFile, openStore } from '#main/store/open-store.ts';
import { OrderEvents } from './order-events.ts';

export interface TillBooks {
  readonly orders: readonly { readonly orderId: string; readonly total: number }[];
  /** The log's view of the same orders */
  readonly events: OrderEvents;
  readonly lastSeq: number;
  readonly waiting: number;
  readonly stock: ReadonlyMap<string, number>;
  readonly chainWhole: boolean;
  /** Rows that belong to an order that is not there, orders whose parts do not add up, receipt numbers with a hole. */
  readonly flaws: readonly string[];
}

/** Every query counts what must not be. */
const FLAWS: readonly (readonly [string, string])[] = [
  [
    'orders without payment',
    'SELECT count(*) FROM orders WHERE order_id NOT IN (SELECT order_id FROM payments)',
  ],
  [
    'payments that differ from their order',
    'SELECT count(*) FROM payments JOIN orders USING (order_id) WHERE amount <> total',
  ],
  [
    'orders whose lines do not add up',
    `SELECT count(*) FROM orders WHERE (subtotal, deposit, tax) <>
       (SELECT sum(amount), sum(deposit), sum(tax) FROM order_lines WHERE order_lines.order_id = orders.order_id)`,
  ],
  [
    'orders without their events',
    "SELECT count(*) FROM orders WHERE 1 <> (SELECT count(*) FROM event_log WHERE aggregate_id = order_id AND event_type = 'order.created')",
  ],
  [
    'created orders that are not there',
    "SELECT count(*) FROM event_log WHERE event_type = 'order.created' AND aggregate_id NOT IN (SELECT order_id FROM orders)",
  ],
  [
    'orders without completion',
    "SELECT count(*) FROM orders WHERE 1 <> (SELECT count(*) FROM event_log WHERE aggregate_id = order_id AND event_type = 'order.completed')",
  ],
  [
    'orders with the receipt of another one',
    "SELECT count(*) FROM orders WHERE (order_id, receipt_number) IS NOT (json_extract(receipt, '$.orderId'), json_extract(receipt, '$.receiptNumber'))",
  ],
  [
    'orders whose receipt was not queued once',
    'SELECT count(*) FROM orders WHERE 1 <> (SELECT count(*) FROM print_jobs WHERE print_jobs.order_id = orders.order_id AND is_copy = 0)',
  ],
  [
    'stock that its movements do not explain',
    'SELECT count(*) FROM stock WHERE quantity <> coalesce((SELECT sum(change) FROM stock_movements WHERE stock_movements.sku = stock.sku), 0)',
  ],
  [
    'holes in the receipt numbers',
    "SELECT coalesce((SELECT value FROM counters WHERE name = 'receipt'), 0) - count(*) FROM orders",
  ],
  [
    'an open cart that is already an order',
    "SELECT count(*) FROM open_cart WHERE json_extract(cart, '$.orderId') IN (SELECT order_id FROM orders)",
  ],
];

/** The till must be closed. */
export function readTillBooks(folder: string): TillBooks {
  const log = walkLog(folder);
  const database = new Database(databaseFile(folder), { readonly: true, fileMustExist: true });
  try {
    const number = (sql: string) => Number(database.prepare(sql).pluck().get());
    return {
      orders: database
        .prepare<[], { orderId: string; total: number }>('SELECT order_id AS orderId, total FROM orders')
        .all(),
      ...log,
      waiting: number('SELECT count(*) FROM event_log WHERE seq > (SELECT acked_through FROM sync_cursor)'),
      stock: new Map(
        database
          .prepare<[], { sku: string; quantity: number }>('SELECT sku, quantity FROM stock')
          .all()
          .map((row) => [row.sku, row.quantity]),
      ),
      flaws: FLAWS.flatMap(([name, sql]) => {
        const count = number(sql);
        return count === 0 ? [] : [`${name}: ${count}`];
      }),
    };
  } finally {
    database.close();
  }
}

function walkLog(folder: string): Pick<TillBooks, 'events' | 'lastSeq' | 'chainWhole'> {
  const store = openStore(folder);
  const events = new OrderEvents('the till');
  try {
    const outbox = sqliteOutbox(store.writer);
    let head = { seq: 0, hash: GENESIS_HASH };
    let chainWhole = true;
    for (;;) {
      const page = outbox.read(head.seq + 1, { maxEvents: 1_000, maxBytes: 10_000_000 });
      const last = page.at(-1);
      if (!last) return { events, lastSeq: head.seq, chainWhole };
      if (findChainBreak(head, page)) chainWhole = false;
      for (const record of page) events.add(envelopeOf(record));
      head = { seq: last.seq, hash: last.hash };
    }
  } finally {
    store.close();
  }
}

/** The seed's outer form, as far as a judgement of orders needs it. */
function envelopeOf({ eventType, aggregateId, timestamp, locationId, payload }: EventRecord): unknown {
  return {
    event: eventType,
    order_id: aggregateId,
    timestamp,
    location_id: locationId,
    channel: 'counter',
    data: z.json().parse(JSON.parse(payload)),
  };
}
