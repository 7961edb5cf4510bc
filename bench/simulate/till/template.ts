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
    connection.exec(`INSERT INTO merchandise_codes VALUES ('WINE','w','food',700,'4000',0)`);
    connection.exec(`INSERT INTO staff VALUES ('maya.torres','w','cashier','x',1,0)`);
    for (let i = 1; i <= 12; i++)
      connection.exec(
        `INSERT INTO items (sku,name,merchandise_code,cost,price,case_size,active,minimum_age,deposit,reorder_point,version) VALUES ('SKU-${String(i).padStart(2, '0')}','i','WINE',100,${199 + i},12,1,null,0,5,0)`,
      );
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
