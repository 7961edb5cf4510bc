/** Who may connect: a terminal that speaks a protocol we do, and shows its token. The same for every namespace. */
import { z } from 'zod';
import {
  OLDEST_PROTOCOL_VERSION,
  PROTOCOL_VERSION,
  type RefusedConnection,
  handshakeSchema,
} from '#sync/protocol/messages.ts';
import type { Database } from '../database/database.ts';
import type { Logger } from '../logger.ts';
import { type AuthenticTerminal, authenticateTerminal } from '../terminals/terminals.ts';
import type { TerminalNamespace } from './terminal-sockets.ts';

/** Refuses all others before they are connected. Whoever passes has `socket.data`. */
export function admitTerminals(namespace: TerminalNamespace, database: Database, logger: Logger): void {
  namespace.use((socket, next) => {
    void (async () => {
      const answer = await admit(database, socket.handshake.auth).catch(
        (error: unknown): RefusedConnection => {
          logger.error({ err: error }, 'a terminal could not be authenticated');
          return { code: 'unavailable', message: 'The server cannot read its database now' };
        },
      );
      if ('code' in answer) {
        next(refusal(answer));
        return;
      }
      socket.data.terminal = answer.terminal;
      socket.data.protocol = answer.protocol;
      next();
    })();
  });
}

const versionSchema = z.looseObject({ protocol: z.int() });

interface Admitted {
  readonly terminal: AuthenticTerminal;
  readonly protocol: number;
}

async function admit(database: Database, auth: unknown): Promise<Admitted | RefusedConnection> {
  const version = versionSchema.safeParse(auth);
  if (version.success && !isSpoken(version.data.protocol)) return unsupported(version.data.protocol);
  const handshake = handshakeSchema.safeParse(auth);
  if (!handshake.success)
    return { code: 'malformed_handshake', message: 'The handshake does not fit the protocol' };
  const { terminalId, token, protocol } = handshake.data;
  const terminal = await authenticateTerminal(database, terminalId, token);
  return terminal === undefined
    ? {
        code: 'unauthorized',
        message:
          `${terminalId} is not enrolled with this token: it was revoked, or another PC was enrolled as ${terminalId} since. ` +
          'What this PC has not sent stays on it. Enrol it anew with a code of the back office.',
      }
    : { terminal, protocol };
}

function isSpoken(protocol: number): boolean {
  return protocol >= OLDEST_PROTOCOL_VERSION && protocol <= PROTOCOL_VERSION;
}

/** In words, which side is to be updated: the till goes on selling either way. */
function unsupported(protocol: number): RefusedConnection {
  const advice =
    protocol < OLDEST_PROTOCOL_VERSION
      ? 'This till is too old for the server: update the till.'
      : 'This till is newer than the server: update the server.';
  return {
    code: 'protocol_unsupported',
    message: `The server speaks protocols ${OLDEST_PROTOCOL_VERSION} to ${PROTOCOL_VERSION}, the till ${protocol}. ${advice}`,
  };
}

/** socket.io sends `message` and `data` of the error with connect_error. */
function refusal(answer: RefusedConnection): Error {
  return Object.assign(new Error(answer.message), { data: answer });
}
