/**
 * What durability costs, and what Holdfast adds to it: the commit of a 5-line sale against a bare better-sqlite3
 * transaction that writes the same rows into the same tables with values made beforehand. The two are interleaved
 * on two databases on the same disk, because such a machine drifts by a fifth within a minute.
 */
import path from 'node:path';
import Database from 'better-sqlite3';
import type { Item } from '#domain/catalogue/item.ts';
import { databaseFile, type Store } from '#main/store/open-store.ts';
import { saleCommitter } from '#main/store/sale-committer.ts';
import { writeStaff } from '#main/store/staff-store.ts';
import { median, percentile, rounded } from '../statistics.ts';
import { saleOf } from './sale-of.ts';

const SALES = 1_000;
/** Until both sides run compiled code: what is compared is what SQLite and Holdfast cost, not what starting V8 costs. */
const WARM_UP = 500;

export interface CommitFigures {
  readonly commit_5_lines_p50_ms: number;
  readonly commit_5_lines_p99_ms: number;
  readonly bare_transaction_p50_ms: number;
  /** Median of a Holdfast commit ÷ median of the bare transaction; the goal is ≤ 1.25. */
  readonly commit_ratio: number;
}

/** @param bareFolder a copy of the store's folder, made before the first sale */
export function benchCommit(store: Store, items: readonly Item[], bareFolder: string): CommitFigures {
  writeStaff(store.writer, { userId: 'bench', name: 'Bench', role: 'cashier', pinHash: '-' });
  const commit = saleCommitter(store.writer);
  const sales = Array.from({ length: WARM_UP + SALES }, (_, index) => saleOf(store, items, index));
  const bare = openBare(bareFolder);
  const holdfastMs: number[] = [];
  const bareMs: number[] = [];
  let rowsBefore: WrittenRows | undefined;
  sales.forEach((sale, index) => {
    const rows = rowsBefore;
    const timeHoldfast = () => timed(() => commit(sale));
    const timeBare = () => (rows ? timed(() => bare.write(rows)) : 0);
    // In turn the one and the other goes first: whoever follows finds the disk's queue and the caches warm.
    const [holdfast, other] =
      index % 2 === 0 ? [timeHoldfast(), timeBare()] : [timeBare(), timeHoldfast()].reverse();
    rowsBefore = writtenRows(store, sale.orderId);
    if (index < WARM_UP) return;
    holdfastMs.push(holdfast ?? 0);
    bareMs.push(other ?? 0);
  });
  bare.close();
  return {
    commit_5_lines_p50_ms: rounded(median(holdfastMs)),
    commit_5_lines_p99_ms: rounded(percentile(holdfastMs, 0.99)),
    bare_transaction_p50_ms: rounded(median(bareMs)),
    commit_ratio: rounded(median(holdfastMs) / median(bareMs)),
  };
}

function timed(work: () => unknown): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

/** Table → the rows that one sale wrote, as SQLite holds them. */
type WrittenRows = ReadonlyMap<string, readonly (readonly unknown[])[]>;

const OF_ORDER: Readonly<Record<string, string>> = {
  orders: 'order_id = @orderId',
  order_lines: 'order_id = @orderId',
  payments: 'order_id = @orderId',
  stock_movements: 'reference_id = @orderId',
  print_jobs: 'order_id = @orderId',
  event_log:
    "aggregate_id = @orderId OR (event_type LIKE 'inventory.%' AND aggregate_id IN (SELECT sku FROM order_lines WHERE order_id = @orderId) AND id > (SELECT min(id) FROM event_log WHERE aggregate_id = @orderId))",
};

function writtenRows(store: Store, orderId: string): WrittenRows {
  const { connection } = store.writer;
  const rows = Object.entries(OF_ORDER).map(([table, where]) => {
    const found = connection
      .prepare<[{ orderId: string }], unknown[]>(`SELECT * FROM ${table} WHERE ${where}`)
      .raw()
      .all({ orderId });
    return [table, found] as const;
  });
  return new Map(rows);
}

/** The same schema, the same pragmas, the same rows, and nothing else. */
function openBare(folder: string) {
  const database = new Database(databaseFile(path.resolve(folder)));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  database.exec(
    "INSERT INTO staff (user_id, name, role, pin_hash, active) VALUES ('bench', 'Bench', 'cashier', '-', 1)",
  );
  const inserts = new Map<string, Database.Statement>();
  const insertInto = (table: string, width: number): Database.Statement => {
    const known = inserts.get(table);
    if (known) return known;
    const made = database.prepare(
      `INSERT INTO ${table} VALUES (${Array.from({ length: width }, () => '?').join(', ')})`,
    );
    inserts.set(table, made);
    return made;
  };
  const stock = database.prepare(
    'INSERT INTO stock (sku, quantity, is_low) VALUES (?, ?, 0) ON CONFLICT (sku) DO UPDATE SET quantity = excluded.quantity',
  );
  const counter = database.prepare(
    "INSERT INTO counters VALUES ('receipt', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1",
  );
  const cart = database.prepare(
    "INSERT INTO open_cart VALUES (1, ?, '') ON CONFLICT (slot) DO UPDATE SET cart = excluded.cart",
  );
  const SKU_COLUMN = 1;
  const QUANTITY_AFTER_COLUMN = 3;
  const transaction = database.transaction((rows: WrittenRows) => {
    counter.run();
    for (const [table, found] of rows) {
      for (const row of found) insertInto(table, row.length).run(...row);
    }
    for (const movement of rows.get('stock_movements') ?? [])
      stock.run(movement[SKU_COLUMN], movement[QUANTITY_AFTER_COLUMN]);
    cart.run('{"orderId":"ORD-BENCH","lines":[],"newestLineId":null,"customerAge":null}');
  });
  return {
    write: (rows: WrittenRows): void => transaction.immediate(rows),
    close: (): void => {
      database.close();
    },
  };
}
