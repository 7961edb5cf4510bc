/** Reads the lines of a snapshot's file in one pass, with little in memory, and proves that it is the file that was offered. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Transform, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { SnapshotRefused } from '#sync/down/mirror.ts';
import type { SnapshotLine, SnapshotOffer } from '#sync/protocol/changes.ts';
import { readLine } from './read-line.ts';

/** The longest record is a promotion of many SKUs; beyond this it is no line, and must not fill the memory. */
const MAX_LINE_CHARACTERS = 4_000_000;

/** What is decompressed at once: some thousand lines. */
const PIECE_BYTES = 256 * 1024;

/** What of a file is wanted beside its records. */
export interface SnapshotEnds {
  readonly locationId: string;
  readonly onHeader: (header: Extract<SnapshotLine, { kind: 'header' }>) => void;
}

export type RecordLine = Exclude<SnapshotLine, { kind: 'header' | 'end' }>;

/** Whether stock is low says its item, which is before it. */
const ORDER: readonly RecordLine['kind'][] = [
  'merchandise_code',
  'item',
  'promotion',
  'staff',
  'settings',
  'stock',
];

/**
 * The records in runs as they are decompressed. When it returns, size, hash, header, order and count were right; what was
 * yielded before must not be used when it throws.
 * @throws {SnapshotRefused}
 */
export async function* readSnapshot(
  file: string,
  offer: SnapshotOffer,
  { locationId, onHeader }: SnapshotEnds,
): AsyncGenerator<readonly RecordLine[]> {
  let records = 0;
  let place = 0;
  let at: 'start' | 'inside' | 'end' = 'start';
  try {
    for await (const lines of linesOf(file, offer)) {
      const run: RecordLine[] = [];
      for (const text of lines) {
        const line = readLine(JSON.parse(text));
        if (at === 'end') throw new SnapshotRefused('There is something behind the end of the snapshot.');
        if ((at === 'start') !== (line.kind === 'header')) {
          throw new SnapshotRefused('The snapshot does not begin with its one header.');
        }
        switch (line.kind) {
          case 'header':
            if (line.location_id !== locationId || line.cursor !== offer.cursor) {
              throw new SnapshotRefused(`The snapshot is that of ${line.location_id}.`);
            }
            onHeader(line);
            at = 'inside';
            break;
          case 'end':
            if (line.records !== records) throw new SnapshotRefused('Records of the snapshot are missing.');
            at = 'end';
            break;
          default:
            if (ORDER.indexOf(line.kind) < place) {
              throw new SnapshotRefused('The records of the snapshot are out of order.');
            }
            place = ORDER.indexOf(line.kind);
            records += 1;
            if (records > offer.records) throw new SnapshotRefused('The snapshot has more than it says.');
            run.push(line);
        }
      }
      if (run.length > 0) yield run;
    }
  } catch (error) {
    if (error instanceof SnapshotRefused || isDisk(error)) throw error;
    throw new SnapshotRefused('The snapshot cannot be read.', { cause: error });
  }
  if (at !== 'end') throw new SnapshotRefused('The snapshot has no end.');
}

/** Not the file's fault: it stays, and is read again. */
function isDisk(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && ['EIO', 'EMFILE', 'ENFILE'].includes(String(error.code))
  );
}

async function* linesOf(file: string, { bytes, sha256 }: SnapshotOffer): AsyncGenerator<string[]> {
  const hash = createHash('sha256');
  let size = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      size += chunk.byteLength;
      done(null, chunk);
    },
  });
  // An error of any part ends the reading below; the callback is only there because the function asks for one.
  const text = pipeline(
    createReadStream(file),
    counted,
    createGunzip({ chunkSize: PIECE_BYTES }),
    () => undefined,
  );
  text.setEncoding('utf8');
  let rest = '';
  for await (const piece of text as AsyncIterable<string>) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE_CHARACTERS) throw new SnapshotRefused('A line of the snapshot is too long.');
    if (lines.length > 0) yield lines;
  }
  if (rest !== '') yield [rest];
  if (size !== bytes || hash.digest('hex') !== sha256) {
    throw new SnapshotRefused('The snapshot was altered on its way.');
  }
}
