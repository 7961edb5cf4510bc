/** Entry of a worker thread that asks for the write lock again and again, as a till's tenders do, and says how long it waited at most. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { openCursorWriter } from '#main/store/open-store.ts';

const EVERY_MS = 7;

const port = parentPort;
if (!port) throw new Error('lock-prober.ts runs in a worker thread only');
const { folder } = workerData as { readonly folder: string };
const store = openCursorWriter(folder);
const write = store.writer.connection.prepare(
  "INSERT INTO settings (key, value) VALUES ('probe', '1') ON CONFLICT (key) DO UPDATE SET value = value || '1'",
);
const stop = new AbortController();
port.on('message', () => stop.abort());
port.postMessage('ready');
const waits: number[] = [];
while (!stop.signal.aborted) {
  const started = performance.now();
  store.writer.transaction(() => {
    waits.push(performance.now() - started);
    write.run();
  });
  await sleep(EVERY_MS);
}
store.close();
port.postMessage(waits);
port.close();
