/**
 * Ends connections whose token has become void. Whoever revokes a token says so to all processes, but such a word can
 * get lost, and a terminal that was revoked must not listen for ever.
 */
import type { Database } from '../database/database.ts';
import type { Logger } from '../logger.ts';
import { readValidEpochs } from '../terminals/terminals.ts';
import type { TerminalSocket } from './terminal-sockets.ts';

export interface TokenWatchOptions {
  readonly database: Database;
  readonly logger: Logger;
  readonly everyMs: number;
  /** All connections of this process. */
  readonly connected: () => readonly TerminalSocket[];
}

export interface TokenWatch {
  /** Looks at these now. Never rejects: what cannot be read now is read at the next round. */
  look(sockets: readonly TerminalSocket[]): Promise<void>;
  /** Waits for the look that is under way. */
  stop(): Promise<void>;
}

export function watchTokens({ database, logger, everyMs, connected }: TokenWatchOptions): TokenWatch {
  const looks = new Set<Promise<void>>();
  let stopped = false;

  async function endVoid(sockets: readonly TerminalSocket[]): Promise<void> {
    try {
      const ids = new Set(sockets.flatMap(({ data }) => data.terminal?.terminalId ?? []));
      const valid = await readValidEpochs(database, [...ids]);
      for (const socket of sockets) {
        const { terminal } = socket.data;
        if (terminal !== undefined && valid.get(terminal.terminalId) === terminal.epoch) continue;
        logger.info({ terminalId: terminal?.terminalId }, 'the token of a connection is void');
        socket.disconnect(true);
      }
    } catch (error) {
      logger.warn({ err: error }, 'the tokens of the connected terminals could not be looked at');
    }
  }

  function look(sockets: readonly TerminalSocket[]): Promise<void> {
    if (stopped || sockets.length === 0) return Promise.resolve();
    const work = endVoid(sockets).finally(() => looks.delete(work));
    looks.add(work);
    return work;
  }

  const timer = setInterval(() => {
    void look(connected());
  }, everyMs);
  return {
    look,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await Promise.all(looks);
    },
  };
}
