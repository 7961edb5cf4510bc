/** What a till does beside selling and may die in: each job prepared, done as the till's threads do it, and what is sold meanwhile. */
import { closeSync, cpSync, openSync, writeSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { archiveSteps } from '#main/care/archive-events.ts';
import { backupFolder } from '#main/care/backup-files.ts';
import { keepIdentity } from '#main/care/identity-file.ts';
import { makeBackup } from '#main/care/make-backup.ts';
import { openOrHeal } from '#main/care/open-or-heal.ts';
import { archiveFolder } from '#main/store/archive-file.ts';
import {
  type Store,
  databaseFile,
  openCareWriter,
  openCursorWriter,
  openStore,
} from '#main/store/open-store.ts';
import { sqliteMirror } from '#main/sync/sqlite-mirror.ts';
import { sqliteOutbox } from '#main/sync/sqlite-outbox.ts';
import type { MadeSnapshot } from '#main/test-support/snapshot-of.ts';
import { type Mirror, SnapshotRefused } from '#sync/down/mirror.ts';
import {
  LATELY,
  LONG_AGO,
  NOW,
  type Sold,
  TERMINAL,
  acknowledgeAll,
  makeCareTill,
  newCatalogue,
  sellMany,
  sellerOf,
} from './care-till.ts';

export type JobWord = Sold | { readonly backup: string } | { readonly healed: string };
export type SayWord = (word: JobWord) => void;

export interface CareJob {
  /** Makes a till that has something to do for it; closed when it resolves. */
  readonly prepare: (folder: string) => Promise<void>;
  /** Opens the till, calls `begun`, does the job to its end, and closes the till. */
  readonly run: (folder: string, say: SayWord, begun: () => void) => Promise<void>;
}

export const JOB_NAMES = ['archive', 'backup', 'heal', 'snapshot'] as const;
export type JobName = (typeof JOB_NAMES)[number];

const KEEP_DAYS = 30;
const EVENTS_PER_FILE = 600;
const OLD_SALES = 90;
const NEW_SALES = 12;
const KEEP_BACKUPS = 2;
const SALES_MEANWHILE = 6;
const TURNS_A_SALE = 20;
const PAGE = 4_096;
/** As the line brings it. */
const PIECE_BYTES = 4_096;

export const CARE_JOBS: Readonly<Record<JobName, CareJob>> = {
  archive: { prepare: prepareGrown, run: archive },
  backup: { prepare: prepareBackups, run: backUp },
  heal: { prepare: prepareDamaged, run: heal },
  snapshot: { prepare: prepareGrown, run: takeSnapshot },
};

/** Of its new sales the server has the first half. */
function makeGrown(folder: string): Store {
  const store = makeCareTill(folder);
  sellMany(store, OLD_SALES, LONG_AGO);
  sellMany(store, NEW_SALES / 2, LATELY);
  acknowledgeAll(store);
  sellMany(store, NEW_SALES / 2, LATELY);
  return store;
}

async function prepareGrown(folder: string): Promise<void> {
  makeGrown(folder).close();
}

/** The till's own connection and that of its thread. */
export async function withThread<Result>(
  folder: string,
  work: (store: Store, thread: Store['writer']) => Promise<Result>,
): Promise<Result> {
  const store = openStore(folder);
  const thread = openCareWriter(folder);
  try {
    return await work(store, thread.writer);
  } finally {
    thread.close();
    store.close();
  }
}

export function archiveRun(folder: string) {
  return { folder: archiveFolder(folder), keepDays: KEEP_DAYS, now: NOW, eventsPerFile: EVENTS_PER_FILE };
}

async function archive(folder: string, say: SayWord, begun: () => void): Promise<void> {
  await withThread(folder, async (store, thread) => {
    const sell = sellerOf(store);
    begun();
    for (const _step of archiveSteps(thread, archiveRun(folder))) say(sell(LATELY));
  });
}

/** As many backups as are kept, so that the next one drives out the first. */
async function prepareBackups(folder: string): Promise<void> {
  const store = makeGrown(folder);
  for (let hour = KEEP_BACKUPS; hour > 0; hour -= 1) {
    await backUpOnce(folder, store.writer, new Date(NOW.getTime() - hour * 3_600_000));
    sellMany(store, 1, LATELY);
  }
  store.close();
}

function backUpOnce(folder: string, writer: Store['writer'], now = NOW) {
  return makeBackup(writer, { folder: backupFolder(folder), now, keep: KEEP_BACKUPS, reserveBytes: 0 });
}

async function backUp(folder: string, say: SayWord, begun: () => void): Promise<void> {
  await withThread(folder, async (store, thread) => {
    begun();
    const { name } = await whileSelling(store, say, backUpOnce(folder, thread));
    say({ backup: name });
  });
}

export async function whileSelling<Result>(
  store: Store,
  say: SayWord,
  work: Promise<Result>,
): Promise<Result> {
  const sell = sellerOf(store);
  // Its failure is heard below.
  work.catch(() => undefined);
  // As many each time, or a moment of one life would be behind the end of the next.
  for (let sale = 0; sale < SALES_MEANWHILE; sale += 1) {
    say(sell(LATELY));
    for (let turn = 0; turn < TURNS_A_SALE; turn += 1) await nextTurn();
  }
  return work;
}

/**
 * The worst that the till may heal from by itself: its only backup is from before the archive, later sales are in the archive, in the
 * database, and in its WAL, and of some of them the server knows nothing.
 */
async function prepareDamaged(folder: string): Promise<void> {
  const living = `${folder}-living`;
  const store = makeCareTill(living);
  sellMany(store, OLD_SALES / 3, LONG_AGO);
  await backUpOnce(living, store.writer);
  sellMany(store, (2 * OLD_SALES) / 3, LONG_AGO);
  sellMany(store, NEW_SALES / 2, LATELY);
  acknowledgeAll(store);
  for (const _step of archiveSteps(store.writer, archiveRun(living))) continue;
  sellMany(store, NEW_SALES / 4, LATELY);
  keepIdentity(store.writer, living);
  store.writer.connection.pragma('wal_checkpoint(TRUNCATE)');
  sellMany(store, NEW_SALES / 4, LATELY);
  cpSync(living, folder, { recursive: true });
  // Of no sale: its page is in the file and not in the WAL.
  const page = store.writer.connection
    .prepare<[], number>("SELECT rootpage FROM sqlite_schema WHERE name = 'promotions'")
    .pluck()
    .get();
  store.close();
  const file = openSync(databaseFile(folder), 'r+');
  writeSync(file, Buffer.alloc(PAGE, 0xa5), 0, PAGE, ((page ?? 1) - 1) * PAGE);
  closeSync(file);
}

async function heal(folder: string, say: SayWord, begun: () => void): Promise<void> {
  begun();
  const store = await openOrHeal(folder, () => openStore(folder), {
    now: () => NOW,
    onHealed: ({ text }) => say({ healed: text }),
  });
  store.close();
}

async function takeSnapshot(folder: string, say: SayWord, begun: () => void): Promise<void> {
  const store = openStore(folder);
  const thread = openCursorWriter(folder);
  try {
    const sell = sellerOf(store);
    const { offer, bytes } = newCatalogue(sqliteOutbox(store.writer).ackedThrough());
    const mirror = sqliteMirror(thread.writer, {
      ...TERMINAL,
      folder,
      onApplied: () => undefined,
      pause: async () => {
        say(sell(LATELY));
        await nextTurn();
      },
    });
    begun();
    // A till that has it is offered it no more.
    if (mirror.cursor() === offer.cursor) return;
    try {
      await download(mirror, { offer, bytes });
    } catch (error) {
      // Its beginning was torn by a power cut: it was removed, and comes again as a whole.
      if (!(error instanceof SnapshotRefused)) throw error;
      await download(mirror, { offer, bytes });
    }
  } finally {
    thread.close();
    store.close();
  }
}

async function download(mirror: Mirror, { offer, bytes }: MadeSnapshot): Promise<void> {
  for (let from = mirror.received(offer); from < bytes.length; from += PIECE_BYTES) {
    mirror.receive(offer, bytes.subarray(from, from + PIECE_BYTES));
  }
  await mirror.install(offer, {
    at: NOW.toISOString(),
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });
}
