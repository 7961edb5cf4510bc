/** What has left `event_log` for files, as a reader of the history sees it. */
import type { EventRecord } from '#domain/events/event-record.ts';
import { type ArchivedPart, readArchiveFile } from './archive-file.ts';
import type { ReadHandle } from './handles.ts';

export interface EventArchive {
  /** undefined when it is not in a file. @throws {ArchiveDamagedError} */
  at(seq: number): EventRecord | undefined;
  /** From `seq` on to the end of the file that has it; none when no file has it. @throws {ArchiveDamagedError} */
  from(seq: number): readonly EventRecord[];
}

export const PART_COLUMNS = 'first_seq AS firstSeq, last_seq AS lastSeq, file, bytes, sha256';

/** Keeps the last file that it read: a backlog is read event after event. */
export function eventArchive(store: ReadHandle, folder: string): EventArchive {
  const partWith = store.prepareRead<[number], ArchivedPart>(
    `SELECT ${PART_COLUMNS} FROM event_archives WHERE first_seq <= ? ORDER BY first_seq DESC LIMIT 1`,
  );
  let kept: { readonly part: ArchivedPart; readonly events: readonly EventRecord[] } | null = null;

  function eventsOf(part: ArchivedPart): readonly EventRecord[] {
    if (kept?.part.sha256 !== part.sha256) kept = { part, events: readArchiveFile(folder, part) };
    return kept.events;
  }

  const from = (seq: number): readonly EventRecord[] => {
    const part = partWith.get(seq);
    return part && seq <= part.lastSeq ? eventsOf(part).slice(seq - part.firstSeq) : [];
  };
  return { from, at: (seq) => from(seq)[0] };
}
