/** Names a request in the log and in its answer. A caller may bring the name, so that both sides' logs agree. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { looksLikeCardNumber } from '../payments/card-number.ts';

export const REQUEST_ID_HEADER = 'x-request-id';

/** What may stand in a log line and in a header without harm. Anything else gets a name of our own. */
const WELL_FORMED = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/;

export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers[REQUEST_ID_HEADER];
  const isName = typeof given === 'string' && WELL_FORMED.test(given) && !looksLikeCardNumber(given);
  return isName ? given : randomUUID();
}

export function answerRequestId(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header(REQUEST_ID_HEADER, request.id);
  });
}
