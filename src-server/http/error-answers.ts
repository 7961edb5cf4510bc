/** Turns whatever a route throws into `{code, message}`: the one place that writes failures. */
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { nameOf } from '../access/access.ts';
import { classifyFailure, errorCode } from '../database/database-failure.ts';
import type { Logger } from '../logger.ts';
import { HttpFailure } from './http-failure.ts';

/** All faults of a body are listed: thousands for a long list of wrong elements. */
const MAX_MESSAGE = 1000;

export function answerFailures(app: FastifyInstance, logger: Logger): void {
  app.setErrorHandler<FastifyError | HttpFailure | Error>((error, request, reply) => {
    const failure = toFailure(error, request);
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

function toFailure(error: FastifyError | HttpFailure | Error, { raw }: FastifyRequest): HttpFailure {
  if (error instanceof HttpFailure) return error;
  if (raw.destroyed && !raw.complete) return new HttpFailure('bad_request', 'The request was cut off');
  if (isOfFastify(error)) {
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

/**
 * Fastify's own refusals: a body that is no JSON or does not fit, is too large, of a foreign type. Errors of other
 * libraries have a `statusCode` as well (Stripe's for one): that of an answer to us, not of ours.
 */
function isOfFastify(error: Error): error is FastifyError & { readonly statusCode: number } {
  return (
    errorCode(error)?.startsWith('FST_') === true &&
    'statusCode' in error &&
    typeof error.statusCode === 'number' &&
    error.statusCode < 500
  );
}
