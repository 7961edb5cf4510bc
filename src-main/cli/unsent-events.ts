/**
 * What a till has and its server has not acknowledged, as a file: for the till that the server refuses, whose sales would
 * otherwise be on its disk only. Reads, through a connection that cannot write, also while the till runs; sends nothing.
 *
 * NDJSON: a line that says whose it is and why it is there, then one event a line as `events.push` has them, with hashes.
 */
import { existsSync } from 'node:fs';
import { GENESIS_HASH, type EventRecord } from '#domain/events/event-record.ts';
import type { ChainHead } from '#sync/protocol/hash-chain.ts';
import { PROTOCOL_VERSION } from '#sync/protocol/messages.ts';
import { archiveFolder } from '../store/archive-file.ts';
import { writePiecesDurably } from '../store/durable-file.ts';
import { eventArchive } from '../store/event-archive.ts';
import { EVENT_COLUMNS } from '../store/event-columns.ts';
import type { ReadHandle } from '../store/handles.ts';
import { type HistoryReader, historyReader } from '../store/history-reader.ts';
import { databaseFile, openReader } from '../store/open-store.ts';
import { PROVISIONAL_FROM, prepareUnnumbered } from '../store/recovery.ts';
import { readTerminalSettings } from '../store/settings-store.ts';
import { StoreError } from '../store/store-errors.ts';
import { readStatusFile } from '../terminal/status-file.ts';
import { FileExistsError } from './file-exists-error.ts';
import { orSayWhy } from './exit-with-reason.ts';

export interface UnsentOptions {
  readonly data: string;
  readonly out: string;
}

/** The first line. */
interface Heading {
  readonly holdfast: 'unsent-events';
  readonly version: 1;
  readonly protocol: number;
  readonly terminalId: string;
  readonly locationId: string;
  /** null for a till without a server. */
  readonly epoch: number | null;
  /** What the server has acknowledged last: the first event below continues it. The hash is null when it is lost. */
  readonly after: { readonly seq: number; readonly hash: string | null };
  /** The last event of the till's history. */
  readonly head: ChainHead;
  /** Lines below. */
  readonly events: number;
  /** Of them at the end: sold while the till was recovering. Their numbers and hashes are not those that they will have. */
  readonly unnumbered: number;
  /** The till's own last word on why the server has not got them; null when it never said anything. */
  readonly why: {
    readonly at: string;
    readonly state: string;
    readonly refusal: string | null;
    readonly problem: string | null;
  } | null;
  readonly writtenAt: string;
}

const PAGE = 1_000;

/** Exit code 0: the file is whole and on the disk, also when nothing waits. */
export function writeUnsent({ data, out }: UnsentOptions): Promise<void> {
  return orSayWhy(() => {
    if (!existsSync(databaseFile(data))) {
      throw new StoreError('store_missing', `There is no till database at ${databaseFile(data)}.`);
    }
    if (existsSync(out)) throw new FileExistsError(out);
    const opened = openReader(data);
    try {
      const { heading, events } = unsentOf(opened.reader, data);
      // For the till's user alone: it holds what was sold.
      writePiecesDurably(out, linesOf(heading, events), 0o600);
      console.log(
        `${heading.events} events of ${heading.terminalId} that the server has not acknowledged: ${out}`,
      );
    } finally {
      opened.close();
    }
    return Promise.resolve();
  });
}

function unsentOf(store: ReadHandle, folder: string): { heading: Heading; events: Iterable<EventRecord> } {
  const settings = readTerminalSettings(store);
  if (!settings)
    throw new StoreError('store_missing', `The database in ${folder} was never set up as a till.`);
  const history = historyReader(store, eventArchive(store, archiveFolder(folder)));
  // The cursor first, then the head: while the till runs, the events between them can only have been sent meanwhile.
  const acked = ackedThrough(store);
  const head = history.head();
  const numbered = Math.max(0, head.seq - acked);
  const unnumbered = prepareUnnumbered(store)();
  const said = readStatusFile(folder);
  return {
    heading: {
      holdfast: 'unsent-events',
      version: 1,
      protocol: PROTOCOL_VERSION,
      terminalId: settings.terminalId,
      locationId: settings.locationId,
      epoch: settings.server?.epoch ?? null,
      after: { seq: acked, hash: acked === 0 ? GENESIS_HASH : (history.hashAt(acked) ?? null) },
      head,
      events: numbered + unnumbered,
      unnumbered,
      why: said
        ? {
            at: said.writtenAt,
            state: said.status.sync.state,
            refusal: said.status.sync.refusal,
            problem: said.status.sync.problem,
          }
        : null,
      writtenAt: new Date().toISOString(),
    },
    events: inOrder(store, history, { from: acked + 1, numbered, unnumbered }),
  };
}

function ackedThrough(store: ReadHandle): number {
  return store.prepareRead<[], number>('SELECT acked_through FROM sync_cursor').pluck().get() ?? 0;
}

/** Page by page: a backlog may be larger than the memory. No more than the heading counts, though the till sells on. */
function* inOrder(
  store: ReadHandle,
  history: HistoryReader,
  { from, numbered, unnumbered }: { from: number; numbered: number; unnumbered: number },
): Generator<EventRecord> {
  for (let done = 0; done < numbered; done += PAGE) {
    yield* history.from(from + done, Math.min(PAGE, numbered - done));
  }
  yield* store
    .prepareRead<[number], EventRecord>(
      `SELECT ${EVENT_COLUMNS} FROM event_log WHERE seq > ${PROVISIONAL_FROM} ORDER BY seq LIMIT ?`,
    )
    .iterate(unnumbered);
}

/** One line each. @throws {StoreError} `store_corrupt` behind the last of them, when there are fewer than the heading says */
function* linesOf(heading: Heading, events: Iterable<EventRecord>): Generator<string> {
  yield lineOf(heading);
  let written = 0;
  for (const event of events) {
    yield lineOf(event);
    written += 1;
  }
  if (written !== heading.events) {
    throw new StoreError(
      'store_corrupt',
      `The till must have ${heading.events} events that were not acknowledged, and only ${written} of them are there. No file was written. Copy the whole folder away.`,
    );
  }
}

function lineOf(value: Heading | EventRecord): string {
  return `${JSON.stringify(value)}\n`;
}
