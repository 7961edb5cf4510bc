/** Databases of tills as the simulation begins with them. Made once for each terminal, then copied. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { type WriteHandle, writeHandle } from '#main/store/handles.ts';
import { migrate } from '#main/store/migrate.ts';
import { type TerminalSettings, writeTerminalSettings } from '#main/store/settings-store.ts';
import { sqliteMirror } from '#main/sync/sqlite-mirror.ts';
import { modelChanges } from '../model/changes.ts';
import { openedShop } from '../model/opened-shop.ts';
import { LOCATION } from '../model/state.ts';
import { TillLedger } from './ledger.ts';

export interface TillTemplate {
  /** Set up, and never connected. */
  readonly empty: Buffer;
  /** Has what the server began with. */
  readonly opened: { readonly image: Buffer; readonly ledger: TillLedger };
}

const templates = new Map<string, Promise<TillTemplate>>();

export function tillTemplate(terminalId: string): Promise<TillTemplate> {
  const made = templates.get(terminalId) ?? makeTemplate(terminalId);
  templates.set(terminalId, made);
  return made;
}

async function makeTemplate(terminalId: string): Promise<TillTemplate> {
  const connection = new Database(':memory:');
  try {
    migrate(connection);
    const store = writeHandle(connection, drizzle(connection));
    writeTerminalSettings(store, settingsOf(terminalId));
    const empty = connection.serialize();
    const ledger = await takeOpening(store, terminalId);
    return { empty, opened: { image: connection.serialize(), ledger } };
  } finally {
    connection.close();
  }
}

/** @returns what its stock must be */
async function takeOpening(store: WriteHandle, terminalId: string): Promise<TillLedger> {
  const state = openedShop();
  const at = new Date(0);
  const { offer, bytes, stock } = modelChanges(state, state.rows.length).snapshot('opening', at);
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-simulation-'));
  try {
    const options = { folder, terminalId, locationId: LOCATION, onApplied: () => undefined };
    const mirror = sqliteMirror(store, { ...options, pause: () => undefined });
    mirror.received(offer);
    mirror.receive(offer, bytes);
    const signal = new AbortController().signal;
    await mirror.install(offer, { at: at.toISOString(), onProgress: () => undefined, signal });
  } finally {
    rmSync(folder, { recursive: true });
  }
  const ledger = new TillLedger();
  ledger.toldAllStock(stock, 0);
  return ledger;
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
