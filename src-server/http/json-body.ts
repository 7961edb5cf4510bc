import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { HttpFailure } from './http-failure.ts';

/**
 * Bodies are JSON in UTF-8 (RFC 8259, 8.1) and nothing else. Fastify's own parser would put U+FFFD in the place of bytes
 * that are no UTF-8: a name that was sent in Latin-1 would be stored wrong and nobody told.
 */
export function takeJsonOnly(app: FastifyInstance): void {
  const parseText = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    if (isUtf8(bytes)) void parseText(request, bytes.toString(), done);
    else done(new HttpFailure('bad_request', 'The body is not UTF-8'));
  });
}
