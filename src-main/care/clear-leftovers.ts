/** What the till's care has left on the disk when it died in it: as large as the database, and nobody's. */
import { existsSync, rmSync } from 'node:fs';
import { lockFolder } from '../store/folder-lock.ts';
import { StoreError } from '../store/store-errors.ts';
import { backupFolder, removeUnfinishedBackups } from './backup-files.ts';
import { healingWorkshop } from './heal-store.ts';

/** For whoever has the till open: nobody heals it meanwhile. Somebody at a command line may be making a backup; theirs stays. */
export function clearLeftovers(folder: string): void {
  rmSync(healingWorkshop(folder), { recursive: true, force: true });
  const backups = backupFolder(folder);
  if (!existsSync(backups)) return;
  try {
    const lock = lockFolder(backups);
    try {
      removeUnfinishedBackups(backups);
    } finally {
      lock.release();
    }
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'store_locked') throw error;
  }
}
