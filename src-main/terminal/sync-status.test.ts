import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { downCursorReader } from '../store/down-cursor.ts';
import { type Store, openStore } from '../store/open-store.ts';
import { prepareUnnumbered, setRecovered, setRecovering } from '../store/recovery.ts';
import { sqliteOutbox } from '../sync/sqlite-outbox.ts';
import { waitingSize } from '../sync/waiting-size.ts';
import { growHistory } from '../test-support/grow-history.ts';
import type { TemporaryFolder } from '../test-support/temporary-folder.ts';
import { NOON, removeTillTemplate, testTillFolder } from '../test-support/test-till.ts';
import { syncStatus } from './sync-status.ts';

const AT = NOON.toISOString();

let temporary: TemporaryFolder;
let store: Store;
beforeEach(async () => {
  const made = await testTillFolder();
  ({ temporary } = made);
  store = openStore(made.folder);
});
afterEach(() => {
  store.close();
  temporary.remove();
});
afterAll(removeTillTemplate);

function upStatus() {
  const { writer } = store;
  return syncStatus({
    server: { url: 'http://127.0.0.1:1', epoch: 1 },
    outbox: sqliteOutbox(writer),
    unnumbered: prepareUnnumbered(writer),
    waitingSize: waitingSize(writer),
    downCursor: downCursorReader(writer),
    engine: null,
    care: {
      databaseBytes: 0,
      walBytes: 0,
      lastBackupAt: null,
      backupProblem: null,
      archivedThrough: 0,
      archiveProblem: null,
      healed: null,
    },
  }).up;
}

test('what a till sells before it has its history back waits, and is told as waiting', () => {
  const { writer } = store;
  const { seq } = sqliteOutbox(writer).head();
  sqliteOutbox(writer).setAckedThrough(seq, AT);
  expect(upStatus()).toMatchObject({ waiting: 0, waitingBytes: 0, oldestWaitingAt: null });
  setRecovering(writer, AT);
  growHistory(store, 4, AT);
  const waiting = upStatus();
  expect(waiting).toMatchObject({ lastSeq: seq, ackedThrough: seq, waiting: 4, oldestWaitingAt: AT });
  expect(waiting.waitingBytes).toBeGreaterThan(0);
  setRecovered(writer);
  expect(upStatus()).toMatchObject({ lastSeq: seq + 4, waiting: 4 });
});
