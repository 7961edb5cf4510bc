/**
 * A part of the till's history as a file: gzip of NDJSON, one event a line, in order. Named by its first event, so that a
 * run that was cut off and begins again writes over what it has left.
 */
import { hash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { type EventRecord, eventRecordSchema } from '#domain/events/event-record.ts';
import { findChainBreak } from '#sync/protocol/hash-chain.ts';
import { makeFolder, writeDurably } from './durable-file.ts';

/** A row of `event_archives`: what the file must be. */
export interface ArchivedPart {
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** name within the archive folder */
  readonly file: string;
  /** of the compressed file */
  readonly bytes: number;
  readonly sha256: string;
}

/** Part of the history is in a file that is not as it was written. The till sells on; those events must come from a copy of that file. */
export class ArchiveDamagedError extends Error {
  readonly code = 'archive_damaged';
  readonly file: string;

  constructor(file: string, detail: string, options?: ErrorOptions) {
    super(
      `The archive file ${file} of this till is damaged (${detail}). Put it back from a copy of the till's folder.`,
      options,
    );
    this.name = 'ArchiveDamagedError';
    this.file = file;
  }
}

/** Of the texts nothing is asked but that the chain proves them: the server may have quarantined one of these events. */
const archivedEventSchema = z.object({
  ...eventRecordSchema.shape,
  eventId: z.string(),
  eventType: z.string(),
  aggregateId: z.string(),
  timestamp: z.string(),
  locationId: z.string(),
  payload: z.string(),
  metadata: z.string(),
});

export function archiveFolder(dataFolder: string): string {
  return path.join(dataFolder, 'archive');
}

/** @returns when the file is on the disk, and what must be known of it to trust it later. */
export function writeArchiveFile(folder: string, events: readonly EventRecord[]): ArchivedPart {
  const first = events[0];
  const last = events.at(-1);
  if (!first || !last) throw new Error('Nothing to archive');
  const compressed = gzipSync(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  const file = `events-${String(first.seq).padStart(12, '0')}.ndjson.gz`;
  makeFolder(folder);
  writeDurably(path.join(folder, file), compressed);
  return {
    firstSeq: first.seq,
    lastSeq: last.seq,
    file,
    bytes: compressed.length,
    sha256: hash('sha256', compressed, 'hex'),
  };
}

/** @throws {ArchiveDamagedError} when the file is not byte for byte what was written, or does not hold what its row says */
export function readArchiveFile(folder: string, part: ArchivedPart): readonly EventRecord[] {
  const file = path.join(folder, part.file);
  const compressed = bytesOf(file);
  if (hash('sha256', compressed, 'hex') !== part.sha256) {
    throw new ArchiveDamagedError(
      file,
      `${compressed.length} bytes with another hash than when it was written`,
    );
  }
  const events = eventsOf(file, compressed);
  const first = events[0];
  const whole = first?.seq === part.firstSeq && events.at(-1)?.seq === part.lastSeq;
  if (!whole || findChainBreak({ seq: part.firstSeq - 1, hash: first.prevHash }, events)) {
    throw new ArchiveDamagedError(file, `not the events ${part.firstSeq} to ${part.lastSeq}`);
  }
  return events;
}

/**
 * Names of the files that have events behind `seq`, in order, by their names alone: for a till whose list of them is damaged. The first may
 * begin before.
 */
export function archiveFilesBehind(folder: string, seq: number): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder)
    .filter((name) => FILE_NAME.test(name))
    .sort();
  const first = names.findLastIndex((name) => firstSeqOf(name) <= seq + 1);
  return names.slice(Math.max(0, first));
}

const FILE_NAME = /^events-(\d{12})\.ndjson\.gz$/;

function firstSeqOf(name: string): number {
  return Number(FILE_NAME.exec(name)?.[1]);
}

/** What is in a file of which nothing is known: only a chain can prove it. @throws {ArchiveDamagedError} */
export function readUnlistedFile(folder: string, name: string): readonly EventRecord[] {
  const file = path.join(folder, name);
  return eventsOf(file, bytesOf(file));
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new ArchiveDamagedError(file, error instanceof Error ? error.message : String(error), {
      cause: error,
    });
  }
}

function eventsOf(file: string, compressed: Buffer): EventRecord[] {
  try {
    const lines = gunzipSync(compressed).toString('utf8').split('\n');
    return lines.slice(0, -1).map((line) => archivedEventSchema.parse(JSON.parse(line)));
  } catch (error) {
    throw new ArchiveDamagedError(file, 'it cannot be read', { cause: error });
  }
}
