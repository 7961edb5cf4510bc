/** What IT does for a till's data: a backup now, a restore, and a till from an enrolment code. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { backupFolder } from '../care/backup-files.ts';
import { healStore } from '../care/heal-store.ts';
import { makeBackup } from '../care/make-backup.ts';
import { enrolTill } from '../setup/enrol-till.ts';
import { databaseFile, openCareWriter } from '../store/open-store.ts';
import { StoreError } from '../store/store-errors.ts';
import { orSayWhy } from './exit-with-reason.ts';

const KEEP_BACKUPS = 7;

/** Exit code 0: the backup is on the disk and was checked. Also while the till runs and sells. */
export function backUp({ data }: { readonly data: string }): Promise<void> {
  return orSayWhy(async () => {
    if (!existsSync(databaseFile(data))) {
      throw new StoreError('store_missing', `There is no till database at ${databaseFile(data)}.`);
    }
    const store = openCareWriter(data);
    try {
      const folder = backupFolder(data);
      const made = await makeBackup(store.writer, {
        folder,
        now: new Date(),
        keep: KEEP_BACKUPS,
        reserveBytes: 0,
      });
      console.log(path.join(folder, made.name));
    } finally {
      store.close();
    }
  });
}

export interface RestoreOptions {
  readonly data: string;
  /** A backup file; without it the newest that is good. */
  readonly from?: string;
  /** Begins with an empty store under the till's name. */
  readonly withoutBackup: boolean;
}

/** Exit code 0: the till can be started. */
export function restore({ data, from, withoutBackup }: RestoreOptions): Promise<void> {
  return orSayWhy(async () => {
    const report = await healStore(data, {
      now: new Date(),
      from: withoutBackup ? 'none' : from === undefined ? 'newest' : { file: from },
      // A person has decided.
      serverNeeded: false,
    });
    console.log(report.text);
    if (report.aside !== null) console.log(`Damaged files: ${report.aside}`);
  });
}

export interface EnrolCommandOptions {
  readonly data: string;
  readonly server: string;
  readonly code: string;
  readonly printer?: { readonly host: string; readonly port: number };
  readonly printerModel: string;
}

/** Exit code 0: the till is there; `serve` starts it. */
export function enrol({ data, server, code, printer, printerModel }: EnrolCommandOptions): Promise<void> {
  return orSayWhy(async () => {
    const { terminalId, locationId, epoch } = await enrolTill({
      folder: data,
      serverUrl: server,
      code,
      printer: printer ? { ...printer, model: printerModel } : null,
      now: new Date(),
    });
    console.log(`This PC is ${terminalId} in ${locationId} (enrolment ${epoch}).`);
  });
}
