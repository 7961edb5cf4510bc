import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { migrate, versionOf } from './migrate.ts';
import { migrations } from './migrations/index.ts';

let connection: Database.Database;
beforeEach(() => {
  connection = new Database(':memory:');
});
afterEach(() => {
  connection.close();
});

function tableNames(): string[] {
  return connection.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
}

const two = { version: 2, name: 'two', sql: 'CREATE TABLE two (a TEXT) STRICT' };
const broken = {
  version: 3,
  name: 'broken',
  sql: 'CREATE TABLE three (a TEXT) STRICT; DROP TABLE two; CREATE TABLE settings (a TEXT) STRICT',
};

describe('migrate', () => {
  test('numbers its steps 1, 2, 3 …', () => {
    expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1));
  });

  test('takes the steps that are missing, each once', () => {
    migrate(connection, migrations.slice(0, 1));
    expect(versionOf(connection)).toBe(1);
    migrate(connection, [...migrations.slice(0, 1), two]);
    migrate(connection, [...migrations.slice(0, 1), two]);
    expect(versionOf(connection)).toBe(2);
    expect(tableNames()).toContain('two');
  });

  test('a step that fails in its middle changes nothing; those before it stand', () => {
    expect(() => migrate(connection, [...migrations.slice(0, 1), two, broken])).toThrow(
      'table settings already exists',
    );
    expect(versionOf(connection)).toBe(2);
    expect(tableNames()).toContain('two');
    expect(tableNames()).not.toContain('three');
    expect(connection.inTransaction).toBe(false);
  });

  test('a database of a later Holdfast is not touched', () => {
    migrate(connection, [...migrations.slice(0, 1), two]);
    const before = connection.serialize();
    expect(() => migrate(connection, migrations.slice(0, 1))).toThrow(
      expect.objectContaining({ code: 'store_newer' }),
    );
    expect(connection.serialize().equals(before)).toBe(true);
  });
});
