/**
 * Entry of the worker thread that looks after the till's disk, with a connection of its own: a copy of a gigabyte and a
 * checkpoint are made without the till's thread waiting for any of it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { realTimer } from '#sync/set-timer.ts';
import { openCareWriter } from '../store/open-store.ts';
import type { CareThreadData, FromCareThread, ToCareThread } from './care-thread-messages.ts';
import { careTaker } from './care-taker.ts';

const port = parentPort;
if (!port) throw new Error('care-thread.ts runs in a worker thread only');
const { folder, ...rest } = workerData as CareThreadData;

const store = openCareWriter(folder);
const say = (message: FromCareThread): void => port.postMessage(message);
const taker = careTaker({
  folder,
  store: store.writer,
  now: () => new Date(),
  setTimer: realTimer,
  onStatus: (status) => say({ kind: 'status', status }),
  ...rest,
});

port.on('message', (message: ToCareThread) => {
  if (message.kind === 'back up') {
    const { id } = message;
    taker.backUp().then(
      () => say({ kind: 'backed up', id }),
      (error: unknown) =>
        say({ kind: 'backup failed', id, message: error instanceof Error ? error.message : String(error) }),
    );
    return;
  }
  void taker.stop().then(() => {
    store.close();
    port.close();
  });
});
taker.start();
