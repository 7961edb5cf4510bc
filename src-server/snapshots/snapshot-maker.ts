/**
 * Makes the snapshots that terminals ask for, each once: who asks while one is made gets that one, in this process by waiting
 * for the same promise, in another by looking whether it is there yet. No lock is held meanwhile, because a lock would need
 * a transaction that stays open for as long as the making takes; whoever dies at it is replaced after half a minute.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import type { SnapshotOffer } from '#sync/protocol/changes.ts';
import { atMost } from '../at-most.ts';
import { cursorText, parseCursor } from '../changes/cursor.ts';
import { countLocationRows, endCursor, leadsOn, positionOf } from '../changes/location-log.ts';
import { MOST_BEHIND } from '../changes/read-changes.ts';
import type { Database } from '../database/database.ts';
import { readMoment, readWhileWriting } from '../database/read-moment.ts';
import type { Logger } from '../logger.ts';
import { compressLines } from './compress-lines.ts';
import { snapshotLines } from './snapshot-lines.ts';
import {
  claimSnapshot,
  findOffer,
  finishSnapshot,
  keepPiece,
  removeOldSnapshots,
  removeSnapshot,
} from './snapshot-store.ts';

const REUSED_FOR_MS = 5 * 60 * 1000;
const LOOK_EVERY_MS = 100;
/**
 * PGlite collects no statistics by itself, and takes a table of 100,000 items for a small one: it would read and sort all of
 * it for each page.
 */
const PAGES_BY_INDEX = ['SET LOCAL enable_seqscan = off', 'SET LOCAL enable_bitmapscan = off'];
/** Each reads the whole catalogue. */
const AT_ONCE = 2;

export interface SnapshotMakerOptions {
  readonly database: Database;
  readonly logger: Logger;
  /** How old one may be that is offered again; default five minutes. */
  readonly reusedForMs?: number;
}

export interface SnapshotMaker {
  /** Rejects when there is none now; asking again helps. */
  prepare(locationId: string): Promise<SnapshotOffer>;
  /** Ends what is being made, and makes no more. */
  stop(): Promise<void>;
}

export function createSnapshotMaker(options: SnapshotMakerOptions): SnapshotMaker {
  const { database, logger, reusedForMs = REUSED_FOR_MS } = options;
  const underWay = new Map<string, Promise<SnapshotOffer>>();
  const stopped = new AbortController();
  const { signal } = stopped;
  const limited = atMost(AT_ONCE);

  /** One that is young, and from whose end the log still leads to now by pages. */
  function findUsable(locationId: string): Promise<SnapshotOffer | undefined> {
    return readMoment(database, async (tx) => {
      const offer = await findOffer(tx, locationId, reusedForMs);
      const cursor = offer && parseCursor(offer.cursor);
      if (cursor === undefined || !(await leadsOn(tx, locationId, cursor))) return undefined;
      const behind = await countLocationRows(tx, locationId, positionOf(cursor), MOST_BEHIND);
      return behind < MOST_BEHIND ? offer : undefined;
    });
  }

  async function findOrMake(locationId: string): Promise<SnapshotOffer> {
    for (;;) {
      signal.throwIfAborted();
      const usable = await findUsable(locationId);
      if (usable !== undefined) return usable;
      const snapshotId = uuidv7();
      if (await claimSnapshot(database, locationId, snapshotId, database.kind === 'pglite')) {
        return makeClaimed(locationId, snapshotId);
      }
      await sleep(LOOK_EVERY_MS, undefined, { signal });
    }
  }

  async function makeClaimed(locationId: string, snapshotId: string): Promise<SnapshotOffer> {
    try {
      // Between the look and the claim another process may have finished.
      const usable = await findUsable(locationId);
      if (usable === undefined) return await make(locationId, snapshotId);
      await removeSnapshot(database, snapshotId);
      return usable;
    } catch (error) {
      await removeSnapshot(database, snapshotId).catch((reason: unknown) => {
        logger.warn({ err: reason, snapshotId }, 'a snapshot that failed could not be removed');
      });
      throw error;
    }
  }

  async function make(locationId: string, snapshotId: string): Promise<SnapshotOffer> {
    const started = performance.now();
    const made = await readWhileWriting(database, async (tx, beside) => {
      for (const statement of PAGES_BY_INDEX) await tx.execute(statement);
      const cursor = cursorText(await endCursor(tx));
      let records = 0;
      const lines = snapshotLines(tx, { locationId, cursor, madeAt: new Date() });
      const file = await compressLines(
        counted(lines, (count) => {
          records += count;
        }),
        (number, piece) => keepPiece(beside, snapshotId, number, piece),
        signal,
      );
      // Without the first line and the last.
      return { ...file, cursor, records: records - 2 };
    });
    const offer = await finishSnapshot(database, snapshotId, made);
    const { records, bytes } = made;
    const ms = Math.round(performance.now() - started);
    logger.info({ locationId, snapshotId, records, bytes, ms }, 'a snapshot was made');
    await removeOldSnapshots(database, locationId).catch((reason: unknown) => {
      logger.warn({ err: reason, locationId }, 'old snapshots could not be removed');
    });
    return offer;
  }

  return {
    prepare(locationId) {
      const running = underWay.get(locationId);
      if (running !== undefined) return running;
      const work = limited(() => findOrMake(locationId)).finally(() => underWay.delete(locationId));
      underWay.set(locationId, work);
      return work;
    },
    async stop() {
      stopped.abort(new Error('the server is closing'));
      await Promise.allSettled(underWay.values());
    },
  };
}

async function* counted<Value>(
  pages: AsyncIterable<readonly Value[]>,
  count: (values: number) => void,
): AsyncGenerator<readonly Value[]> {
  for await (const page of pages) {
    count(page.length);
    yield page;
  }
}
