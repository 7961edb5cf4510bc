/**
 * What items, merchandise codes and promotions have in common: a record under a key, with a version that each change
 * moves by one, also deletion and being made again. What differs between them is their {@link RecordTable}.
 */
import type { JsonValue } from '#domain/events/canonical-json.ts';
import type { CatalogueEvent } from '#domain/events/catalogue-events.ts';
import type { Queryable } from '../database/database.ts';
import { HttpFailure, type HttpFailureCode } from '../http/http-failure.ts';

export interface Versioned<Kept> {
  readonly record: Kept;
  readonly version: number;
  readonly updatedAt: Date;
}

/** As it lies in the table: what was deleted lies there too. */
export interface Stored<Kept> extends Versioned<Kept> {
  readonly deleted: boolean;
}

/** What is to be written. `before` is the record that it replaces; undefined when it is new or was deleted. */
export interface Change<Kept> extends Versioned<Kept> {
  readonly before: Kept | undefined;
}

/** The named refusals of the tables; each has its status in `http/http-failure.ts`. */
export const RECORD_REFUSAL_CODES = [
  'version_differs',
  'unknown_merchandise_code',
  'unknown_sku',
  'barcode_taken',
  'bad_dates',
  'in_use',
] as const satisfies HttpFailureCode[];

/** Why one of several records cannot be written. */
export interface RecordRefusal {
  readonly key: string;
  /** of the wire form */
  readonly field: string;
  readonly code: (typeof RECORD_REFUSAL_CODES)[number];
  readonly message: string;
}

export interface RecordTable<Kept> {
  /** For sentences: `item`. */
  readonly noun: string;
  keyOf(record: Kept): string;
  /** Two records with the same wire form are the same. */
  toWire(record: Kept): JsonValue;
  read(queryable: Queryable, keys: readonly string[]): Promise<Stored<Kept>[]>;
  /** Up to `limit` records that are not deleted, by key, behind `after`. */
  page(queryable: Queryable, after: string, limit: number): Promise<Versioned<Kept>[]>;
  /** What forbids to write these records together: names that lead nowhere, or are another's. */
  objections(tx: Queryable, changes: readonly Change<Kept>[]): Promise<RecordRefusal[]>;
  save(tx: Queryable, changes: readonly Change<Kept>[]): Promise<void>;
  /** Undefined when the record may be deleted. */
  removalObjection(tx: Queryable, record: Kept): Promise<RecordRefusal | undefined>;
  /** Marks the record as deleted, with its new version. */
  bury(tx: Queryable, deletion: Versioned<Kept>): Promise<void>;
  writtenEvent(change: Change<Kept>): CatalogueEvent;
  deletedEvent(deletion: Versioned<Kept>): CatalogueEvent;
}

export function failureOf({ code, message }: RecordRefusal): HttpFailure {
  return new HttpFailure(code, message);
}

/** @param stored what is there; undefined when the record was deleted meanwhile */
export function versionDiffers(
  noun: string,
  key: string,
  stored: Versioned<unknown> | undefined,
): RecordRefusal {
  const now = stored === undefined ? 'is not there any more' : `has version ${stored.version} by now`;
  const message = `The ${noun} ${key} ${now}: read it again`;
  return { key, field: 'version', code: 'version_differs', message };
}
