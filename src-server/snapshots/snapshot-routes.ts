/** The files of snapshots, whole or in parts, for the terminals of their location. */
import { Readable } from 'node:stream';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Database, Queryable } from '../database/database.ts';
import { failures } from '../http/failure-responses.ts';
import { HttpFailure } from '../http/http-failure.ts';
import { byteRangeOf } from './byte-range.ts';
import { PIECE_BYTES } from './compress-lines.ts';
import { readOffer, readPiece } from './snapshot-store.ts';

const file = {
  content: {
    'application/gzip': {
      schema: z.unknown().meta({ type: 'string', format: 'binary', description: 'Gzip of NDJSON' }),
    },
  },
};

export function snapshotRoutes({ database }: { readonly database: Database }): FastifyPluginAsyncZod {
  return async (app) => {
    app.route({
      method: 'GET',
      url: '/api/snapshots/:snapshot_id',
      config: { access: 'terminal' },
      schema: {
        summary: 'A snapshot that was offered to a terminal of this location; its ETag is its SHA-256',
        tags: ['sync'],
        params: z.strictObject({
          snapshot_id: z.string().regex(/^[A-Za-z0-9-]{1,60}$/, 'not the id of a snapshot'),
        }),
        headers: z.object({
          range: z.string().optional().describe('One range of bytes: `bytes=1000-`'),
          'if-range': z.string().optional().describe('The ETag: of another file the whole is answered'),
        }),
        response: {
          200: { description: 'All of it', ...file },
          206: { description: 'The part that was asked for', ...file },
          ...failures('not_found', 'range_not_satisfiable'),
        },
      },
      handler: async (request, reply) => {
        const { snapshot_id: id } = request.params;
        const { caller } = request;
        const offer =
          caller.kind === 'terminal' ? await readOffer(database, caller.locationId, id) : undefined;
        if (offer === undefined) throw new HttpFailure('not_found', `There is no snapshot ${id}`);
        const { bytes, sha256 } = offer;
        const etag = `"${sha256}"`;
        const { range: asked, 'if-range': ifRange = etag } = request.headers;
        const range = byteRangeOf(ifRange === etag ? asked : undefined, bytes);
        reply.headers({ 'accept-ranges': 'bytes', etag, 'cache-control': 'private, no-transform' });
        switch (range.kind) {
          case 'unsatisfiable':
            reply.header('content-range', `bytes */${bytes}`);
            throw new HttpFailure('range_not_satisfiable', `The file has ${bytes} bytes`);
          case 'part':
            reply.status(206).header('content-range', `bytes ${range.from}-${range.to}/${bytes}`);
            break;
          case 'whole':
            reply.status(200);
        }
        const { from, to } = range.kind === 'part' ? range : { from: 0, to: bytes - 1 };
        reply.type('application/gzip').header('content-length', to - from + 1);
        // A HEAD has the headers only, and those of a stream are left as they are.
        const body = request.method === 'HEAD' ? [] : bytesOf(database, id, from, to);
        return reply.send(Readable.from(body, { objectMode: false }));
      },
    });
  };
}

/** Piece by piece, each when the one before has gone out. */
async function* bytesOf(
  queryable: Queryable,
  snapshotId: string,
  from: number,
  to: number,
): AsyncGenerator<Uint8Array> {
  for (let number = Math.floor(from / PIECE_BYTES); number * PIECE_BYTES <= to; number += 1) {
    const piece = await readPiece(queryable, snapshotId, number);
    const start = number * PIECE_BYTES;
    yield piece.subarray(Math.max(from - start, 0), to - start + 1);
  }
}
