/** Where terminals send their events: the namespace `/sync`. */
import { SYNC_NAMESPACE } from '#sync/protocol/messages.ts';
import type { Database } from '../database/database.ts';
import type { EventLog } from '../log/event-log.ts';
import type { Logger } from '../logger.ts';
import { type TerminalSockets, terminalRoom } from '../sockets/terminal-sockets.ts';
import { serveTerminal } from './terminal-connection.ts';

export interface SyncServer {
  /** To this process. */
  isConnected(terminalId: string): boolean;
  /** Takes no more messages, and resolves when what arrived is answered. */
  drain(): Promise<void>;
}

export interface SyncOptions {
  readonly sockets: TerminalSockets;
  readonly database: Database;
  readonly log: EventLog;
  readonly logger: Logger;
}

export function attachSyncServer({ sockets, database, log, logger }: SyncOptions): SyncServer {
  const running = new Set<Promise<unknown>>();
  let draining = false;

  const namespace = sockets.open(SYNC_NAMESPACE, (socket, terminal) => {
    const { terminalId, locationId } = terminal;
    socket.on('disconnect', (reason) => {
      logger.info({ terminalId, reason }, 'terminal disconnected');
    });
    logger.info({ terminalId, locationId }, 'terminal connected');
    if (draining) return;
    // Should an older connection of the terminal still be storing a batch, the lock on its row keeps the two apart.
    serveTerminal(
      {
        database,
        log,
        logger,
        track(work) {
          running.add(work);
          void work.finally(() => running.delete(work));
        },
      },
      socket,
      terminal,
    );
  });

  return {
    isConnected: (terminalId) => namespace.adapter.rooms.has(terminalRoom(terminalId)),
    async drain() {
      draining = true;
      for (const socket of namespace.sockets.values()) {
        socket.removeAllListeners('events.push');
        socket.removeAllListeners('sync.hello');
      }
      await Promise.allSettled(running);
    },
  };
}
