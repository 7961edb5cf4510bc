/** Child script: imports a file and stops in the middle of writing, inside the transaction, until it is killed. */
import { importCatalogue } from '../importing/import-catalogue.ts';
import { openStore } from '../store/open-store.ts';
import { report } from './child.ts';

const [folder = '', file = ''] = process.argv.slice(2);
const store = openStore(folder);
await importCatalogue(store.writer, file, {
  badRows: 'refuse',
  now: new Date('2026-11-23T12:00:00.000Z'),
  onProgress: ({ step, share }) => {
    if (step !== 'writing' || share < 0.5) return;
    report({ writing: true });
    // The transaction is synchronous, so the whole thread stands still here.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
  },
});
