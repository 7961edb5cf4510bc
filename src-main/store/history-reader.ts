/** The till's history from its first event here to its last, whether an event lies in the database or in a file of the archive. */
import type { EventRecord } from '#domain/events/event-record.ts';
import type { ChainHead } from '#sync/protocol/hash-chain.ts';
import { prepareChainBase } from './chain-base.ts';
import type { EventArchive } from './event-archive.ts';
import { EVENT_COLUMNS } from './event-columns.ts';
import type { ReadHandle } from './handles.ts';
import { PROVISIONAL_FROM, prepareHead } from './recovery.ts';

export interface HistoryReader {
  readonly head: () => ChainHead;
  /** Hash of the event, or of the place where the history begins. */
  hashAt(seq: number): string | undefined;
  /**
   * In order, from `seq` on, at most so many; those that wait for their number are not among them.
   * @throws {HistoryLostError} when the first of them must be there and is not
   */
  from(seq: number, atMost: number): Iterable<EventRecord>;
}

/** Somebody asks for events that were never on this disk, or are no more. */
export class HistoryLostError extends Error {
  readonly code = 'history_lost';

  constructor(seq: number, base: ChainHead) {
    super(
      seq <= base.seq
        ? `The server asks for event ${seq} of this till. What came before event ${base.seq + 1} was sent by the PC before this one, and was never on this disk. Restore the server from a newer backup.`
        : `Event ${seq} of this till's history is missing on its disk.`,
    );
    this.name = 'HistoryLostError';
  }
}

export function historyReader(store: ReadHandle, archive: EventArchive): HistoryReader {
  const head = prepareHead(store);
  const base = prepareChainBase(store);
  const first = store.prepareRead<[], { readonly seq: number }>(
    'SELECT seq FROM event_log ORDER BY seq LIMIT 1',
  );
  const hashOf = store.prepareRead<[number], { readonly hash: string }>(
    'SELECT hash FROM event_log WHERE seq = ?',
  );
  const page = store.prepareRead<[number, number], EventRecord>(
    `SELECT ${EVENT_COLUMNS} FROM event_log WHERE seq >= ? AND seq <= ${PROVISIONAL_FROM} ORDER BY seq LIMIT ?`,
  );

  function* read(seq: number, atMost: number): Generator<EventRecord> {
    let next = seq;
    const end = seq + atMost;
    // The database has the word where both have an event: a run of the archive may have been cut off between the two.
    const inDatabase = Math.min(first.get()?.seq ?? PROVISIONAL_FROM, head().seq + 1);
    while (next < end && next < inDatabase) {
      const part = archive.from(next);
      if (part.length === 0) throw new HistoryLostError(next, base());
      for (const event of part) {
        if (next === end || next === inDatabase) break;
        next += 1;
        yield event;
      }
    }
    if (next < end) yield* page.iterate(next, end - next);
  }

  return {
    head,
    hashAt(seq) {
      const found = hashOf.get(seq)?.hash;
      if (found !== undefined) return found;
      const begin = base();
      if (seq === begin.seq) return seq === 0 ? undefined : begin.hash;
      return archive.at(seq)?.hash;
    },
    from: read,
  };
}
