/** Turns whatever a route throws into `{code, message}`: the one place that writes failures. */
import type { FastifyError, FastifyInstance } from 'fastify';
import { z } from 'zod';
import { nameOf } from '../access/access.ts';
import { classifyFailure } from '../database/database-failure.ts';
import type { Logger } from '../logger.ts';
import { HttpFailure } from './http-failure.ts';

/** Zod lists every fault of a body: thousands for a long list of wrong elements. */
const MAX_MESSAGE = 1000;

export function answerFailures(app: FastifyInstance, logger: Logger): void {
  app.setErrorHandler<FastifyError | HttpFailure | Error>((error, request, reply) => {
    const failure = toFailure(error);
    const { statusCode, code } = failure;
    const fields = {
      requestId: request.id,
      method: request.method,
      url: request.url.slice(0, 500),
      statusCode,
      code,
      caller: nameOf(request.caller),
    };
    if (statusCode >= 500) logger.error({ ...fields, err: error }, 'request failed');
    // Refusals are the caller's affair, and a scanner makes thousands of them.
    else logger.debug({ ...fields, reason: failure.message }, 'request refused');
    // RFC 9110, 15.5.2: a 401 says how to authenticate.
    if (statusCode === 401) reply.header('www-authenticate', 'Bearer');
    return (
      reply
        .status(statusCode)
        .type('application/json; charset=utf-8')
        // Not by the route's schema: a code that it forgot to declare must reach the caller all the same. Tests notice.
        .serializer(JSON.stringify)
        .send({ code, message: failure.message.slice(0, MAX_MESSAGE) })
    );
  });
  app.setNotFoundHandler(() => {
    throw new HttpFailure('not_found', 'There is nothing at this address');
  });
}

function toFailure(error: FastifyError | HttpFailure | Error): HttpFailure {
  if (error instanceof HttpFailure) return error;
  if (error instanceof z.ZodError) return new HttpFailure('bad_request', z.prettifyError(error));
  if ('statusCode' in error && typeof error.statusCode === 'number' && error.statusCode < 500) {
    // Fastify's own refusals: a body that is no JSON or does not fit, too large, of a foreign type.
    return error.statusCode === 413
      ? new HttpFailure('too_large', 'The request is too large')
      : new HttpFailure('bad_request', error.message);
  }
  switch (classifyFailure(error)) {
    case 'bad_value':
      return new HttpFailure('bad_request', 'The request has a value that cannot be stored');
    case 'unavailable':
      return new HttpFailure('unavailable', 'The database does not answer; try again');
    case 'conflict':
    case 'defect':
      return new HttpFailure('internal', 'The server failed; its log says why');
  }
}
