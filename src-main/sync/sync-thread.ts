/**
 * Entry of the worker thread in which the sync engine runs, with a connection of its own: a backlog of a
 * million events is read, hashed and sent without the till's thread waiting for any of it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { createDownSync } from '#sync/down/down-sync.ts';
import { SyncEngine } from '#sync/engine.ts';
import { PROTOCOL_VERSION } from '#sync/protocol/messages.ts';
import { realTimer } from '#sync/set-timer.ts';
import { socketLink } from '#sync/socket-link.ts';
import { openCursorWriter } from '../store/open-store.ts';
import { isRecovering, setRecovered } from '../store/recovery.ts';
import { httpSnapshots } from './http-snapshots.ts';
import { sqliteMirror } from './sqlite-mirror.ts';
import { sqliteOutbox } from './sqlite-outbox.ts';
import type { FromSyncThread, SyncThreadData, ToSyncThread } from './sync-thread-messages.ts';

const port = parentPort;
if (!port) throw new Error('sync-thread.ts runs in a worker thread only');
const { folder, terminalId, locationId, serverUrl, token } = workerData as SyncThreadData;

const store = openCursorWriter(folder);
const say = (message: FromSyncThread): void => port.postMessage(message);
const mirror = sqliteMirror(store.writer, {
  folder,
  terminalId,
  locationId,
  onApplied: (change) => say({ kind: 'applied', change }),
});
const down = createDownSync({
  mirror,
  fetchSnapshot: httpSnapshots({ serverUrl, terminalId, token }),
  listeners: {
    onStatus: () => engine.downListeners.onStatus(),
    onLineUseless: (reason) => engine.downListeners.onLineUseless(reason),
  },
  now: () => new Date(),
  random: Math.random,
  setTimer: realTimer,
});
const engine: SyncEngine = new SyncEngine({
  terminalId,
  outbox: sqliteOutbox(store.writer),
  openLink: socketLink({ url: serverUrl, handshake: { protocol: PROTOCOL_VERSION, terminalId, token } }),
  down,
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
