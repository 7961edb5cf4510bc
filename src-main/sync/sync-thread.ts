/**
 * Entry of the worker thread in which the sync engine runs, with a connection of its own: a backlog of a
 * million events is read, hashed and sent without the till's thread waiting for any of it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { SyncEngine } from '#sync/engine.ts';
import { PROTOCOL_VERSION } from '#sync/protocol/messages.ts';
import { realTimer } from '#sync/set-timer.ts';
import { socketLink } from '#sync/socket-link.ts';
import { openCursorWriter } from '../store/open-store.ts';
import { isRecovering, setRecovered } from '../store/recovery.ts';
import { sqliteOutbox } from './sqlite-outbox.ts';
import type { FromSyncThread, SyncThreadData, ToSyncThread } from './sync-thread-messages.ts';

const port = parentPort;
if (!port) throw new Error('sync-thread.ts runs in a worker thread only');
const { folder, terminalId, serverUrl, token } = workerData as SyncThreadData;

const store = openCursorWriter(folder);
const say = (message: FromSyncThread): void => port.postMessage(message);
const engine = new SyncEngine({
  terminalId,
  outbox: sqliteOutbox(store.writer),
  openLink: socketLink({ url: serverUrl, handshake: { protocol: PROTOCOL_VERSION, terminalId, token } }),
  down: null,
  isRecovering: () => isRecovering(store.writer),
  recovered: () => setRecovered(store.writer),
  now: () => new Date(),
  random: Math.random,
  setTimer: realTimer,
  onStatus: (status) => say({ kind: 'status', status }),
});

port.on('message', (message: ToSyncThread) => {
  if (message.kind === 'wake') {
    engine.wake();
    return;
  }
  engine.stop();
  store.close();
  say({ kind: 'stopped' });
  port.close();
});
engine.start();
