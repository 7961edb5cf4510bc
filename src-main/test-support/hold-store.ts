/** Child script: opens the till database of a folder, says so or why not, and keeps it until it is killed. */
import { openStore } from '../store/open-store.ts';
import { StoreError } from '../store/store-errors.ts';
import { report } from './child.ts';

const [folder = '', write] = process.argv.slice(2);
try {
  const store = openStore(folder);
  // Leaves something in the WAL that is not in the database file.
  if (write === 'write') {
    store.writer.connection.prepare("INSERT INTO settings (key, value) VALUES ('in the WAL', '1')").run();
  }
  report({ open: true });
  setInterval(() => store.folder, 60_000);
} catch (error) {
  if (!(error instanceof StoreError)) throw error;
  report({ open: false, code: error.code, message: error.message });
}
