/** Who calls, from the `Authorization` header; and whether this route is for them. */
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { terminalIdSchema } from '#domain/identifiers.ts';
import type { Database } from '../database/database.ts';
import { HttpFailure } from '../http/http-failure.ts';
import { authenticateTerminal } from '../terminals/terminals.ts';
import { secretsEqual } from '../terminals/token.ts';
import type { Access, Caller } from './access.ts';
import { authenticateApiKey } from './api-keys.ts';

export interface AccessContext {
  readonly database: Database;
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
    request.caller = await admit(context, access, request.headers);
  });
}

async function admit(
  { database, adminKey }: AccessContext,
  access: Access,
  headers: IncomingHttpHeaders,
): Promise<Caller> {
  if (access === 'public' || access === 'signature') return ANYBODY;
  const key = bearer(headers.authorization);
  if (access === 'terminal') return admitTerminal(database, headers['x-terminal-id'], key);
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

/** By the token that its sockets show, so that it is void in the same moment. */
async function admitTerminal(database: Database, id: unknown, token: string): Promise<Caller> {
  const named = terminalIdSchema.safeParse(id);
  const terminal = named.success ? await authenticateTerminal(database, named.data, token) : undefined;
  if (terminal === undefined) {
    throw new HttpFailure(
      'unauthorized',
      "This needs a terminal's token: Authorization: Bearer <token>, and x-terminal-id",
    );
  }
  return { kind: 'terminal', terminalId: terminal.terminalId, locationId: terminal.locationId };
}

/** Empty when there is none. RFC 9110, 11.1: the scheme's name has no case. */
function bearer(authorization = ''): string {
  const [scheme, key, ...rest] = authorization.split(' ');
  return scheme?.toLowerCase() === 'bearer' && rest.length === 0 ? (key ?? '') : '';
}
