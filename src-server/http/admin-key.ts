/** The key of whoever runs the server: from the environment, or made once and kept beside the data. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseStartError, errorCode } from '../database/database-failure.ts';
import { newToken } from '../terminals/token.ts';

/** Reads `<folder>/admin.key`, or creates it, readable by this user only. */
export function loadAdminKey(folder: string): string {
  const file = join(folder, 'admin.key');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    try {
      const key = newToken();
      writeFileSync(file, `${key}\n`, { flag: 'wx', mode: 0o600 });
      return key;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
    const key = readFileSync(file, 'utf8').trim();
    if (key === '') throw new Error('the file is empty');
    return key;
  } catch (error) {
    throw new DatabaseStartError(
      'data_not_writable',
      `The admin key ${file} cannot be read or made (${error instanceof Error ? error.message : String(error)}).`,
      { cause: error },
    );
  }
}
