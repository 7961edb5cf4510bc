/** What an install has left when the till died in it, or right behind its switch: a whole catalogue of rows, and the snapshot's file. */
import type { WriteHandle } from '../../store/handles.ts';
import { sqliteCode } from '../../store/store-errors.ts';
import { dropSpareTables, hasReplacedTables } from './next-tables.ts';
import { type Pace, ShortTransactions } from './short-transactions.ts';
import type { SnapshotFiles } from './snapshot-file.ts';

/**
 * For a start, in short transactions beside the sales, as behind any install. It resolves in any case: what cannot be dropped now (a full
 * disk, a till that closes meanwhile) is dropped by the next install.
 */
export async function clearLeftovers(store: WriteHandle, files: SnapshotFiles, pace: Pace): Promise<void> {
  try {
    // The file goes first behind a switch, so while replaced tables are there it is that of the catalogue in use, or a beginning
    // that can be fetched again. Without them it is a download that goes on.
    if (hasReplacedTables(store)) files.remove();
    await dropSpareTables(store, new ShortTransactions(store, pace, false));
  } catch (error) {
    if (store.connection.open && sqliteCode(error) === undefined && !isFileError(error)) throw error;
  }
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
