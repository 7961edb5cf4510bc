/** Child script: opens an embedded database in the folder given, then lets the disk refuse to sync, and commits. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const sync = fs.fsyncSync;
let refuses = false;
fs.fsyncSync = (descriptor) => {
  if (refuses) throw new Error('EIO: i/o error, fsync');
  sync(descriptor);
};
syncBuiltinESMExports();

const { openDatabase } = await import('../database/open-database.ts');
const database = await openDatabase({ kind: 'pglite', folder: process.argv[2] ?? '' });
await database.execute('CREATE TABLE written (n int)');
refuses = true;
await database.execute('INSERT INTO written VALUES (1)');
process.stdout.write('acknowledged\n');
