/**
 * Makes a new till: its database with settings, people, departments, catalogue and quick keys. It is put
 * together beside its place and moved there when it is whole, so that a set-up that was cut off leaves no half till.
 */
import { existsSync } from 'node:fs';
import { importCatalogue, type ImportProgress } from '../importing/import-catalogue.ts';
import { hashPin } from '../people/pin.ts';
import { catalogueWriter } from '../store/catalogue-writer.ts';
import { putInPlace } from '../store/durable-file.ts';
import { createStore, databaseFile } from '../store/open-store.ts';
import { type NewTerminalSettings, writeTerminalSettings } from '../store/settings-store.ts';
import { writeStaff } from '../store/staff-store.ts';
import { StoreError } from '../store/store-errors.ts';
import { clearWorkshop } from './clear-workshop.ts';
import { readMerchandiseCodes, readQuickKeys, readStaff } from './shop-files.ts';

export interface ShopFiles {
  readonly merchandiseCodes: string;
  readonly catalogue: string;
  readonly quickKeys: string;
  readonly staff: string;
}

export interface SetUpOptions {
  readonly folder: string;
  readonly settings: NewTerminalSettings;
  readonly files: ShopFiles;
  readonly now: Date;
  readonly onProgress?: (progress: ImportProgress) => void;
}

/** @throws {StoreError} `store_exists` when there is a till already; {@link ImportError} when a file is not as it should be */
export async function setUpTerminal(options: SetUpOptions): Promise<void> {
  const { folder, settings, files, now, onProgress = () => undefined } = options;
  if (existsSync(databaseFile(folder))) {
    throw new StoreError('store_exists', `There is already a till in ${folder}.`);
  }
  const workshop = `${folder}.new`;
  clearWorkshop(workshop, now);
  const store = createStore(workshop);
  try {
    const writer = catalogueWriter(store.writer);
    writeTerminalSettings(store.writer, settings);
    for (const { pin, ...member } of readStaff(files.staff)) {
      writeStaff(store.writer, { ...member, pinHash: await hashPin(pin) });
    }
    for (const code of readMerchandiseCodes(files.merchandiseCodes)) writer.upsertMerchandiseCode(code);
    await importCatalogue(store.writer, files.catalogue, { badRows: 'refuse', now, onProgress });
    writer.setQuickKeys(readQuickKeys(files.quickKeys));
  } finally {
    store.close();
  }
  putInPlace(workshop, folder);
}
