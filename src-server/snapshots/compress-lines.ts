/** NDJSON, compressed and cut into pieces of one size, without ever being in memory as a whole. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { SnapshotLineOnWire } from '#sync/protocol/changes.ts';

/** Of all pieces but the last, in bytes. */
export const PIECE_BYTES = 256 * 1024;

export interface CompressedFile {
  readonly bytes: number;
  /** lower-case hex */
  readonly sha256: string;
}

/** @param keep is given each piece in its order, the next one when it has resolved */
export async function compressLines(
  pages: AsyncIterable<readonly SnapshotLineOnWire[]>,
  keep: (number: number, piece: Uint8Array) => Promise<void>,
  signal: AbortSignal,
): Promise<CompressedFile> {
  const sha256 = createHash('sha256');
  let bytes = 0;
  let pieces = 0;
  let waiting = Buffer.alloc(0);

  async function keepPiece(piece: Uint8Array): Promise<void> {
    await keep(pieces, piece);
    pieces += 1;
  }

  await pipeline(
    Readable.from(texts(pages)),
    createGzip(),
    async (compressed: AsyncIterable<Buffer>) => {
      for await (const part of compressed) {
        sha256.update(part);
        bytes += part.length;
        waiting = Buffer.concat([waiting, part]);
        while (waiting.length >= PIECE_BYTES) {
          await keepPiece(waiting.subarray(0, PIECE_BYTES));
          waiting = waiting.subarray(PIECE_BYTES);
        }
      }
      if (waiting.length > 0) await keepPiece(waiting);
    },
    { signal },
  );
  return { bytes, sha256: sha256.digest('hex') };
}

async function* texts(pages: AsyncIterable<readonly SnapshotLineOnWire[]>): AsyncGenerator<string> {
  for await (const page of pages) yield page.map((line) => `${JSON.stringify(line)}\n`).join('');
}
