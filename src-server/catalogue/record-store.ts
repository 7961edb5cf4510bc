/**
 * Reads and writes the records of one table of the catalogue. Each write is one transaction in `EventLog.write`: the
 * row, what hangs on it, and its event; a refusal, thrown as {@link HttpFailure}, has changed nothing.
 */
import type { Database, Queryable } from '../database/database.ts';
import { HttpFailure } from '../http/http-failure.ts';
import type { EventLog, LogTransaction, ServerOrigin } from '../log/event-log.ts';
import { lockCatalogue } from './catalogue-lock.ts';
import {
  type Change,
  type RecordTable,
  type Stored,
  type Versioned,
  failureOf,
  versionDiffers,
} from './versioned.ts';
import { changeFrom, isChange, writeChanges, writeDeletion } from './write-changes.ts';

export interface CatalogueContext {
  readonly database: Database;
  readonly log: EventLog;
}

export interface RecordPage<Kept> {
  readonly records: readonly Versioned<Kept>[];
  /** Whether there are more behind the last one. */
  readonly more: boolean;
}

export interface RecordStore<Kept> {
  /** @throws {HttpFailure} `not_found` */
  find(key: string): Promise<Versioned<Kept>>;
  page(after: string, limit: number): Promise<RecordPage<Kept>>;
  /** Makes a record, also where there was one that was deleted. @throws {HttpFailure} `exists`, and the table's. */
  create(record: Kept, origin: ServerOrigin): Promise<Versioned<Kept>>;
  /**
   * Changes the record if it still has this version. Where nothing changes, it keeps it.
   * @throws {HttpFailure} `not_found`, `version_differs`, and the table's.
   */
  update(
    key: string,
    version: number,
    change: (current: Kept) => Kept,
    origin: ServerOrigin,
  ): Promise<Versioned<Kept>>;
  /**
   * Deletes the record if it still has this version; answers the version of the deletion.
   * @throws {HttpFailure} `not_found`, `version_differs`, and the table's.
   */
  remove(key: string, version: number, origin: ServerOrigin): Promise<number>;
}

export function createRecordStore<Kept>(
  { database, log }: CatalogueContext,
  table: RecordTable<Kept>,
): RecordStore<Kept> {
  const notFound = (key: string) => new HttpFailure('not_found', `There is no ${table.noun} ${key}`);

  async function readOne(queryable: Queryable, key: string): Promise<Stored<Kept> | undefined> {
    const [stored] = await table.read(queryable, [key]);
    return stored;
  }

  async function readVersion(tx: Queryable, key: string, version: number): Promise<Stored<Kept>> {
    const stored = await readOne(tx, key);
    if (stored === undefined || stored.deleted) throw notFound(key);
    if (stored.version !== version) throw failureOf(versionDiffers(table.noun, key, stored));
    return stored;
  }

  async function write(tx: LogTransaction, change: Change<Kept>, origin: ServerOrigin): Promise<void> {
    const [objection] = await table.objections(tx, [change]);
    if (objection !== undefined) throw failureOf(objection);
    await writeChanges(tx, table, [change], origin);
  }

  return {
    async find(key) {
      const stored = await readOne(database, key);
      if (stored === undefined || stored.deleted) throw notFound(key);
      return stored;
    },
    async page(after, limit) {
      const records = await table.page(database, after, limit + 1);
      return { records: records.slice(0, limit), more: records.length > limit };
    },
    create: (record, origin) =>
      log.write(async (tx) => {
        await lockCatalogue(tx);
        const key = table.keyOf(record);
        const change = changeFrom(await readOne(tx, key), record, origin.now);
        if (change.before !== undefined) {
          throw new HttpFailure('exists', `The ${table.noun} ${key} exists already`);
        }
        await write(tx, change, origin);
        return change;
      }),
    update: (key, version, changeRecord, origin) =>
      log.write(async (tx) => {
        await lockCatalogue(tx);
        const stored = await readVersion(tx, key, version);
        const change = changeFrom(stored, changeRecord(stored.record), origin.now);
        if (!isChange(table, change)) return stored;
        await write(tx, change, origin);
        return change;
      }),
    remove: (key, version, origin) =>
      log.write(async (tx) => {
        await lockCatalogue(tx);
        const stored = await readVersion(tx, key, version);
        const objection = await table.removalObjection(tx, stored.record);
        if (objection !== undefined) throw failureOf(objection);
        const deletion = { record: stored.record, version: version + 1, updatedAt: origin.now };
        await writeDeletion(tx, table, deletion, origin);
        return deletion.version;
      }),
  };
}
