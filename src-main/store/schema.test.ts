import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { type TemporaryFolder, temporaryFolder } from '../test-support/temporary-folder.ts';
import { type Store, createStore } from './open-store.ts';
import * as schema from './schema.ts';

let folder: TemporaryFolder;
let store: Store;
beforeAll(() => {
  folder = temporaryFolder();
  store = createStore(folder.join('till'));
});
afterAll(() => {
  store.close();
  folder.remove();
});

const tables = Object.values(schema).filter((value) => value instanceof SQLiteTable);

interface ColumnInfo {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly pk: number;
}

describe('the tables as drizzle knows them', () => {
  test('are all the tables there are, each of them STRICT', () => {
    const known = tables.map((table) => getTableConfig(table).name).sort();
    const real = store.writer.connection
      .prepare<[], { name: string; strict: number }>(
        "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
      )
      .all();
    expect(real.map(({ name }) => name)).toEqual(known);
    expect(real.filter(({ strict }) => strict === 0)).toEqual([]);
  });

  test.each(tables.map((table) => [getTableConfig(table).name, table] as const))(
    '%s is the migrated table, column by column',
    (name, table) => {
      const real = store.writer.connection
        .prepare<[string], ColumnInfo>('SELECT name, type, "notnull", pk FROM pragma_table_info(?)')
        .all(name);
      const shape = real.map((column) => ({
        name: column.name,
        type: column.type.toLowerCase(),
        required: column.notnull === 1 || column.pk > 0,
      }));
      const known = getTableConfig(table).columns.map((column) => ({
        name: column.name,
        type: column.getSQLType(),
        required: column.notNull,
      }));
      expect(known).toEqual(shape);
    },
  );
});
