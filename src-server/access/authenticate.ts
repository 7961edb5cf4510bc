/** Who calls, from the `Authorization` header; and whether this route is for them. */
import type { FastifyInstance } from 'fastify';
import type { Queryable } from '../database/database.ts';
import { HttpFailure } from '../http/http-failure.ts';
import { secretsEqual } from '../terminals/token.ts';
import type { Access, Caller } from './access.ts';
import { authenticateApiKey } from './api-keys.ts';

export interface AccessContext {
  readonly database: Queryable;
  readonly adminKey: string;
}

const ANYBODY: Caller = { kind: 'anybody' };

/** Sets `request.caller`, before the body is read: nobody makes the server parse what they may not send. */
export function authenticateRequests(app: FastifyInstance, context: AccessContext): void {
  app.decorateRequest('caller');
  app.addHook('onRequest', async (request) => {
    request.caller = ANYBODY;
    // An address without a route is refused by the not-found handler, to everybody alike.
    const access = request.is404 ? 'public' : request.routeOptions.config.access;
    if (access === undefined) throw new HttpFailure('internal', 'The route does not say who may call it');
    request.caller = await admit(context, access, request.headers.authorization);
  });
}

async function admit(
  { database, adminKey }: AccessContext,
  access: Access,
  authorization: string | undefined,
): Promise<Caller> {
  if (access === 'public' || access === 'signature') return ANYBODY;
  const key = bearer(authorization);
  if (secretsEqual(key, adminKey)) return { kind: 'admin' };
  const caller = await authenticateApiKey(database, key);
  if (caller === undefined) {
    throw new HttpFailure('unauthorized', 'This needs a valid key: Authorization: Bearer <key>');
  }
  if (access === 'admin') throw new HttpFailure('forbidden', 'This needs the admin key');
  if (!caller.scopes.includes(access)) {
    throw new HttpFailure('forbidden', `This key does not have the scope ${access}`);
  }
  return caller;
}

/** Empty when there is none. RFC 9110, 11.1: the scheme's name has no case. */
function bearer(authorization = ''): string {
  const [scheme, key, ...rest] = authorization.split(' ');
  return scheme?.toLowerCase() === 'bearer' && rest.length === 0 ? (key ?? '') : '';
}
