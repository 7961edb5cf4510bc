import { existsSync } from 'node:fs';
import { databaseFile, openReader } from '#main/store/open-store.ts';

/**
 * Whether the till of this folder counted the shelves in itself, as those of 0.1.0 did at their set-up: its events say so to any
 * server, and a second count would double the stock. False where there is no till, or none that can be read.
 */
export function broughtCounts(folder: string): boolean {
  if (!existsSync(databaseFile(folder))) return false;
  try {
    const opened = openReader(folder);
    try {
      const found = opened.reader.prepareRead<[], unknown>(
        "SELECT 1 AS found FROM event_log WHERE metadata ->> 'user_id' = 'import-catalog' LIMIT 1",
      );
      return found.get() !== undefined;
    } finally {
      opened.close();
    }
  } catch {
    // The till's own start says what is wrong with it.
    return false;
  }
}
