import path from 'node:path';

export function databaseFile(folder: string): string {
  return path.join(folder, 'holdfast.db');
}
