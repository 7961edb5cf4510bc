import Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { writeHandle } from '#main/store/handles.ts';
import { migrate } from '#main/store/migrate.ts';
import { type TerminalSettings, writeTerminalSettings } from '#main/store/settings-store.ts';
import { LOCATION } from '../model/state.ts';

const templates = new Map<string, Buffer>();

/** The database of a till that was set up and has never spoken with its server. Migrated once for each name, then copied. */
export function tillTemplate(terminalId: string): Buffer {
  const made = templates.get(terminalId) ?? makeTemplate(terminalId);
  templates.set(terminalId, made);
  return made;
}

function makeTemplate(terminalId: string): Buffer {
  const connection = new Database(':memory:');
  try {
    migrate(connection);
    writeTerminalSettings(writeHandle(connection, drizzle(connection)), settingsOf(terminalId));
    return connection.serialize();
  } finally {
    connection.close();
  }
}

function settingsOf(terminalId: string): TerminalSettings {
  return {
    storeName: 'Harbor Wine & Spirits',
    storeAddress: ['214 Harbor Street'],
    receiptFooter: ['Thank you.'],
    locationId: LOCATION,
    terminalId,
    server: { url: 'http://127.0.0.1:1', token: tokenOf(terminalId), epoch: 1 },
    printer: null,
  };
}

export function tokenOf(terminalId: string): string {
  return `token-of-${terminalId}`;
}
