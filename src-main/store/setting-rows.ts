/** Single facts among the settings, each in a row of its own as JSON. */
import type { z } from 'zod';
import type { ReadHandle, WriteHandle } from './handles.ts';
import { StoreError } from './store-errors.ts';

/**
 * The same query each time, for facts that others may write meanwhile.
 * @param absent what counts while there is no such row
 * @throws {StoreError} from the returned function: `store_settings_unreadable` when the row holds something else
 */
export function prepareSetting<Value>(
  store: ReadHandle,
  key: string,
  schema: z.ZodType<Value>,
  absent: Value,
): () => Value {
  const row = store.prepareRead<[string], { readonly value: string }>(
    'SELECT value FROM settings WHERE key = ?',
  );
  return () => {
    const found = row.get(key);
    if (!found) return absent;
    const parsed = schema.safeParse(jsonOf(found.value));
    if (parsed.success) return parsed.data;
    throw new StoreError(
      'store_settings_unreadable',
      `The setting ${key} in the till's database cannot be read. Nothing was changed. Restore the last backup of the till, or call IT.`,
      { cause: parsed.error },
    );
  };
}

export function writeSetting(store: WriteHandle, key: string, value: unknown): void {
  store.connection
    .prepare(
      'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    )
    .run(key, JSON.stringify(value));
}

export function removeSetting(store: WriteHandle, key: string): void {
  store.connection.prepare('DELETE FROM settings WHERE key = ?').run(key);
}

/** undefined, which no setting is, when the text is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
