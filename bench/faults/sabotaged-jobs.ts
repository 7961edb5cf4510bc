/** Jobs done in a wrong order, as they might be one day: each is right when nothing dies in it, and must be noticed when something does. */
import path from 'node:path';
import { createReadStream, createWriteStream, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import Database from 'better-sqlite3';
import type { EventRecord } from '#domain/events/event-record.ts';
import { backupFolder, backupName, hashFile, hashLine, sha256OfFile } from '#main/care/backup-files.ts';
import { checkedHead } from '#main/care/check-copy.ts';
import { writeArchiveFile } from '#main/store/archive-file.ts';
import { EVENT_COLUMNS } from '#main/store/event-columns.ts';
import { CARE_JOBS, type CareJob, archiveRun, whileSelling, withThread } from './care-jobs.ts';
import { LATELY, NOW, sellerOf } from './care-till.ts';

const ALL_PAGES = 2 ** 31 - 1;

export const SABOTAGED = ['archive without files', 'backup under its name'] as const;
export type Sabotaged = (typeof SABOTAGED)[number];

export const SABOTAGED_JOBS: Readonly<Record<Sabotaged, CareJob>> = {
  /** The rows go before the file has them. */
  'archive without files': {
    prepare: CARE_JOBS.archive.prepare,
    async run(folder, say, begun) {
      await withThread(folder, async (store, thread) => {
        const sell = sellerOf(store);
        begun();
        const { folder: archive, eventsPerFile, now } = archiveRun(folder);
        const events = thread
          .prepareRead<[string, number], EventRecord>(
            `SELECT ${EVENT_COLUMNS} FROM event_log WHERE timestamp < ? ORDER BY seq LIMIT ?`,
          )
          .all(LATELY, eventsPerFile);
        thread.connection.prepare('DELETE FROM event_log WHERE seq <= ?').run(events.at(-1)?.seq ?? 0);
        say(sell(LATELY));
        const part = writeArchiveFile(archive, events);
        say(sell(LATELY));
        thread.connection
          .prepare(
            'INSERT INTO event_archives (first_seq, last_seq, file, bytes, sha256, archived_at) VALUES (?, ?, ?, ?, ?, ?)',
          )
          .run(part.firstSeq, part.lastSeq, part.file, part.bytes, part.sha256, now.toISOString());
      });
    },
  },
  /** The copy has the name of a backup before it is one. In small pieces, so that many moments are in it. */
  'backup under its name': {
    prepare: CARE_JOBS.backup.prepare,
    async run(folder, say, begun) {
      await withThread(folder, async (store, thread) => {
        begun();
        const backups = backupFolder(folder);
        mkdirSync(backups, { recursive: true });
        const copy = path.join(backups, 'copy.part');
        const making = (async () => {
          await thread.connection.backup(copy, { progress: () => ALL_PAGES });
          const name = backupName(headOf(copy), NOW);
          const backup = path.join(backups, name);
          await pipeline(createReadStream(copy), createGzip({ chunkSize: 512 }), createWriteStream(backup));
          writeFileSync(hashFile(backup), hashLine(await sha256OfFile(backup), name));
          rmSync(copy);
          return name;
        })();
        say({ backup: await whileSelling(store, say, making) });
      });
    },
  },
};

function headOf(copy: string): number {
  const connection = new Database(copy);
  try {
    connection.pragma('journal_mode = DELETE');
    return checkedHead(connection).seq;
  } finally {
    connection.close();
  }
}
