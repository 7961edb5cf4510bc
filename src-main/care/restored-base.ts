/** What a till that lost its database begins with: its newest good backup, or an empty store under its own name. */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { writeChainBase } from '../store/chain-base.ts';
import { type Store, createStore, databaseFile, openStore } from '../store/open-store.ts';
import { firstReceiptOf, setLastReceipt } from '../store/receipt-counter.ts';
import { readTerminalSettings, writeTerminalSettings } from '../store/settings-store.ts';
import { StoreError } from '../store/store-errors.ts';
import { backupFolder, backupOf, listBackups, unpackBackup } from './backup-files.ts';
import { checkedHead } from './check-copy.ts';
import { HealError } from './heal-error.ts';
import type { HealReport } from './heal-report.ts';
import { readIdentity } from './identity-file.ts';

/**
 * - `newest`: the newest backup that is good
 * - a file: that one and no other
 * - `none`: an empty store with this till's name; all of its history, catalogue and people come from the server
 */
export type RestoreFrom = 'newest' | 'none' | { readonly file: string };

export interface RestoredBase {
  /** Open in the workshop, not yet in its place. */
  readonly store: Store;
  readonly backup: HealReport['backup'];
}

/** @throws {HealError} in words, with what was wrong with each backup */
export async function restoredBase(
  folder: string,
  workshop: string,
  from: RestoreFrom,
): Promise<RestoredBase> {
  if (from === 'none') return { store: emptyStore(folder, workshop), backup: null };
  const folderOfBackups = backupFolder(folder);
  const files =
    from === 'newest'
      ? listBackups(folderOfBackups).map(({ name }) => path.join(folderOfBackups, name))
      : [from.file];
  const problems: string[] = [];
  for (const file of files) {
    try {
      return await goodBackup(folder, workshop, file);
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  const reasons = problems.length === 0 ? `There is none in ${folderOfBackups}.` : problems.join(' ');
  throw new HealError('no_good_backup', `No backup of this till can be used. ${reasons}`);
}

async function goodBackup(folder: string, workshop: string, file: string): Promise<RestoredBase> {
  rmSync(workshop, { recursive: true, force: true });
  mkdirSync(workshop, { recursive: true, mode: 0o700 });
  await unpackBackup(file, databaseFile(workshop));
  // Reads it from end to end, and brings it to this version.
  const store = openStore(workshop);
  try {
    const { seq } = checkedHead(store.writer.connection);
    takeOverIdentity(store, folder, file);
    const name = path.basename(file);
    return { store, backup: { name, seq, madeAt: backupOf(name)?.madeAt ?? null } };
  } catch (error) {
    store.close();
    throw error;
  }
}

/** The token may have changed since the backup. */
function takeOverIdentity(store: Store, folder: string, file: string): void {
  const settings = readTerminalSettings(store.writer);
  if (!settings) throw new StoreError('store_missing', `${file} is of a till that was never set up.`);
  const known = readIdentity(folder)?.settings;
  if (!known) return;
  if (known.terminalId !== settings.terminalId || known.locationId !== settings.locationId) {
    throw new Error(
      `${file} is of till ${settings.terminalId} in ${settings.locationId}, this is ${known.terminalId} in ${known.locationId}.`,
    );
  }
  writeTerminalSettings(store.writer, { ...settings, server: known.server });
}

function emptyStore(folder: string, workshop: string): Store {
  const identity = readIdentity(folder);
  if (!identity) {
    throw new HealError(
      'no_identity',
      `${folder} does not say any more which till this is. Enrol this PC anew: it then continues that till's history.`,
    );
  }
  rmSync(workshop, { recursive: true, force: true });
  const store = createStore(workshop);
  const { settings, base } = identity;
  store.writer.transaction(() => {
    writeTerminalSettings(store.writer, settings);
    writeChainBase(store.writer, base);
    store.writer.connection.prepare('UPDATE sync_cursor SET acked_through = ?').run(base.seq);
    if (settings.server) setLastReceipt(store.writer, firstReceiptOf(settings.server.epoch) - 1);
  });
  return store;
}
