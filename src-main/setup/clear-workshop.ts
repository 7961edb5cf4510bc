import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { lockFolder } from '../store/folder-lock.ts';
import { databaseFile, openReader } from '../store/open-store.ts';
import { StoreError } from '../store/store-errors.ts';

/**
 * Clears the place in which a till is put together. What an earlier set-up that was cut off has left goes; a till
 * that has done anything since stays, because somebody has named its folder so; what cannot be told is moved aside.
 * @throws {StoreError} `store_exists` when there is such a till, `store_locked` when one runs there
 */
export function clearWorkshop(workshop: string, now: Date): void {
  if (!existsSync(workshop)) return;
  const found = contentOf(workshop);
  if (found === 'till') {
    throw new StoreError(
      'store_exists',
      `${workshop} holds a till that has sold or moved stock. Set-up needs that place: move the folder away first.`,
    );
  }
  if (found === 'unknown') renameSync(workshop, `${workshop}-found-${now.getTime()}`);
  else rmSync(workshop, { recursive: true, force: true });
}

function contentOf(workshop: string): 'leftover' | 'till' | 'unknown' {
  const ours = readdirSync(workshop).every((name) => name.startsWith('holdfast.'));
  if (!existsSync(databaseFile(workshop))) return ours ? 'leftover' : 'unknown';
  lockFolder(workshop).release();
  try {
    return hasHistory(workshop) ? 'till' : ours ? 'leftover' : 'unknown';
  } catch {
    // Damaged, or of another version: whatever is in it is not for a set-up to judge.
    return 'unknown';
  }
}

/** Orders, or events beyond those of the import that is part of a set-up. Looks through a connection that cannot write. */
function hasHistory(workshop: string): boolean {
  const opened = openReader(workshop);
  try {
    const row = opened.reader
      .prepareRead<[], { readonly found: number }>(
        `SELECT EXISTS (SELECT 1 FROM orders) OR EXISTS (
           SELECT 1 FROM event_log WHERE metadata ->> 'user_id' IS NOT 'import-catalog') AS found`,
      )
      .get();
    return row?.found !== 0;
  } finally {
    opened.close();
  }
}
