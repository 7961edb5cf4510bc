/** What of the server is in the till's SQLite, as the down-sync sees it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Mirror, SnapshotRefused } from '#sync/down/mirror.ts';
import { downCursorReader } from '../store/down-cursor.ts';
import type { WriteHandle } from '../store/handles.ts';
import type { AppliedChange } from './applied-change.ts';
import { pageApplier } from './mirror/apply-page.ts';
import { clearLeftovers } from './mirror/clear-leftovers.ts';
import { type InstallPlace, dropReplaced, installSnapshot } from './mirror/install-snapshot.ts';
import type { Pace } from './mirror/short-transactions.ts';
import { snapshotFiles } from './mirror/snapshot-file.ts';

export interface SqliteMirrorOptions {
  /** The till's data folder: a snapshot's file lies in it while it comes. */
  readonly folder: string;
  readonly terminalId: string;
  readonly locationId: string;
  /** Behind the COMMIT. */
  readonly onApplied: (change: AppliedChange) => void;
  /** Leaves the write lock to others for about so long; default: by a timer, so that what goes up goes on meanwhile. */
  readonly pause?: Pace['pause'];
  readonly monotonicMs?: Pace['monotonicMs'];
}

export function sqliteMirror(store: WriteHandle, options: SqliteMirrorOptions): Mirror {
  const { folder, terminalId, locationId, onApplied, pause = sleep } = options;
  const { monotonicMs = () => performance.now() } = options;
  const cursor = downCursorReader(store);
  const files = snapshotFiles(folder);
  const applyPage = pageApplier(store);
  // An install drops the same tables: it waits.
  const cleared = clearLeftovers(store, files, { pause, monotonicMs });

  return {
    cursor: () => cursor().cursor,
    applyPage(page, at) {
      onApplied(applyPage(page, at));
    },
    received: (offer) => files.received(offer),
    receive: (offer, bytes) => files.receive(offer, bytes),
    async install(offer, installing) {
      const place: InstallPlace = {
        store,
        file: files.pathOf(offer),
        terminalId,
        locationId,
        pause,
        monotonicMs,
      };
      let change: AppliedChange | undefined;
      await cleared;
      try {
        change = await installSnapshot(place, offer, installing);
      } catch (error) {
        if (error instanceof SnapshotRefused) files.remove();
        throw error;
      }
      if (change === undefined) return;
      files.remove();
      onApplied(change);
      await dropReplaced(place);
    },
  };
}
