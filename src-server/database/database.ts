/** What the server needs of a database: two drivers (PGlite, PostgreSQL) stand behind it, one suite tests both. */
import type { z } from 'zod';

export type SqlValue =
  | string
  | number
  | boolean
  | null
  | Date
  /** BYTEA; it comes back as one. */
  | Uint8Array
  | readonly string[]
  | readonly number[]
  | readonly (string | null)[];

export interface Queryable {
  /**
   * Runs one statement with `$1, $2 …` and parses every row: a column that changed its type fails here and not
   * three calls later. `bigint` columns arrive as numbers, `timestamptz` as `Date`, `jsonb` as values.
   */
  query<Row>(rowSchema: z.ZodType<Row>, sql: string, parameters?: readonly SqlValue[]): Promise<Row[]>;
  /** Runs one statement and answers how many rows it touched. */
  execute(sql: string, parameters?: readonly SqlValue[]): Promise<number>;
  /** Inserts many rows by COPY: all of them, or none. `table` and `columns` are ours, never a caller's text. */
  copyRows(table: string, columns: readonly string[], rows: readonly CopyRow[]): Promise<void>;
}

/** One value a column; a number is an integer. */
export type CopyRow = readonly (string | number | null)[];

export type DatabaseKind = 'pglite' | 'postgres';

export interface Database extends Queryable {
  readonly kind: DatabaseKind;
  /**
   * Commits when `work` resolves, rolls back when it rejects. When it resolves, the commit is on the disk.
   * `work` must use the handle it is given: PGlite has one session, and a query beside it would wait for ever.
   */
  transaction<Result>(work: (tx: Queryable) => Promise<Result>): Promise<Result>;
  /** Waits for what is running, then releases files and connections. Later calls do nothing. */
  close(): Promise<void>;
}
