/** Who may connect: a terminal of this protocol that shows its token. The same for every namespace. */
import { z } from 'zod';
import { PROTOCOL_VERSION, type RefusedConnection, handshakeSchema } from '#sync/protocol/messages.ts';
import type { Database } from '../database/database.ts';
import type { Logger } from '../logger.ts';
import { type AuthenticTerminal, authenticateTerminal } from '../terminals/terminals.ts';
import type { TerminalNamespace } from './terminal-sockets.ts';

/** Refuses all others before they are connected. Whoever passes has `socket.data.terminal`. */
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
      socket.data.terminal = answer;
      next();
    })();
  });
}

const versionSchema = z.looseObject({ protocol: z.int() });

async function admit(database: Database, auth: unknown): Promise<AuthenticTerminal | RefusedConnection> {
  const version = versionSchema.safeParse(auth);
  if (version.success && version.data.protocol !== PROTOCOL_VERSION) {
    return {
      code: 'protocol_unsupported',
      message: `This server speaks protocol ${PROTOCOL_VERSION}, the terminal ${version.data.protocol}. Update the older one.`,
    };
  }
  const handshake = handshakeSchema.safeParse(auth);
  if (!handshake.success)
    return { code: 'malformed_handshake', message: 'The handshake does not fit the protocol' };
  const { terminalId, token } = handshake.data;
  const terminal = await authenticateTerminal(database, terminalId, token);
  return terminal ?? { code: 'unauthorized', message: `${terminalId} is not enrolled with this token` };
}

/** socket.io sends `message` and `data` of the error with connect_error. */
function refusal(answer: RefusedConnection): Error {
  return Object.assign(new Error(answer.message), { data: answer });
}
