/** Where terminals send their events: the namespace `/sync`. */
import { SYNC_NAMESPACE } from '#sync/protocol/messages.ts';
import { atMost } from '../at-most.ts';
import { type WakeTills, hearWakes, wakeTills } from '../changes/wake-tills.ts';
import type { Database } from '../database/database.ts';
import type { EventLog } from '../log/event-log.ts';
import type { Logger } from '../logger.ts';
import { createSnapshotMaker } from '../snapshots/snapshot-maker.ts';
import { type TerminalSockets, terminalRoom } from '../sockets/terminal-sockets.ts';
import { serveChanges } from './serve-changes.ts';
import { serveTerminal } from './terminal-connection.ts';

export interface SyncServer {
  /** To this process. */
  isConnected(terminalId: string): boolean;
  /** For the live hub. */
  readonly wake: WakeTills;
  /** Takes no more messages, and resolves when what arrived is answered. */
  drain(): Promise<void>;
}

export interface SyncOptions {
  readonly sockets: TerminalSockets;
  readonly database: Database;
  readonly log: EventLog;
  readonly logger: Logger;
}

/** Terminals that read at a time. All of them ask when a price changes, and a batch of sales must not wait behind them. */
const READERS = 4;

export function attachSyncServer({ sockets, database, log, logger }: SyncOptions): SyncServer {
  const running = new Set<Promise<unknown>>();
  const track = (work: Promise<unknown>): void => {
    running.add(work);
    void work.finally(() => running.delete(work));
  };
  const snapshots = createSnapshotMaker({ database, logger });
  const inTurn = atMost(READERS);
  let draining = false;

  const namespace = sockets.open(SYNC_NAMESPACE, (socket, terminal) => {
    const { terminalId, locationId } = terminal;
    socket.on('disconnect', (reason) => {
      logger.info({ terminalId, reason }, 'terminal disconnected');
    });
    logger.info({ terminalId, locationId }, 'terminal connected');
    hearWakes(socket, locationId);
    if (draining) return;
    // Should an older connection of the terminal still be storing a batch, the lock on its row keeps the two apart.
    serveTerminal(
      {
        database,
        log,
        logger,
        track,
      },
      socket,
      terminal,
    );
    serveChanges({ database, snapshots, inTurn, logger, track }, socket, terminal);
  });

  return {
    wake: wakeTills(namespace),
    isConnected: (terminalId) => namespace.adapter.rooms.has(terminalRoom(terminalId)),
    async drain() {
      draining = true;
      for (const socket of namespace.sockets.values()) {
        socket.removeAllListeners('events.push');
        socket.removeAllListeners('sync.hello');
        socket.removeAllListeners('changes.pull');
        socket.removeAllListeners('snapshot.prepare');
      }
      await snapshots.stop();
      await Promise.allSettled(running);
    },
  };
}
