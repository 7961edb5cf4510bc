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
import { CAPACITY, type Capacity } from './decide-flow.ts';
import { type IngestGate, createIngestGate } from './ingest-gate.ts';
import { serveTerminal } from './terminal-connection.ts';

export interface SyncServer {
  /** To this process. */
  isConnected(terminalId: string): boolean;
  /** What waits for the database in this process. */
  load(): ReturnType<IngestGate['load']>;
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
  /** Default: what one process takes (`decide-flow.ts`). */
  readonly capacity?: Capacity;
}

/** Terminals that read at a time. All of them ask when a price changes, and a batch of sales must not wait behind them. */
const READERS = 4;

export function attachSyncServer(options: SyncOptions): SyncServer {
  const { sockets, database, log, logger, capacity = CAPACITY } = options;
  const running = new Set<Promise<unknown>>();
  const track = (work: Promise<unknown>): void => {
    running.add(work);
    void work.finally(() => running.delete(work));
  };
  const snapshots = createSnapshotMaker({ database, logger });
  const inTurn = atMost(READERS);
  const gate = createIngestGate({ capacity, now: () => performance.now(), random: Math.random });
  let draining = false;

  const greeted = { newestWins: 'when_greeted' } as const;
  const namespace = sockets.open(SYNC_NAMESPACE, greeted, (socket, { terminal, protocol, takeOver }) => {
    const { terminalId, locationId } = terminal;
    const hasLeft = gate.enter(socket);
    socket.on('disconnect', (reason) => {
      hasLeft();
      logger.info({ terminalId, reason }, 'terminal disconnected');
    });
    logger.info({ terminalId, locationId, protocol }, 'terminal connected');
    hearWakes(socket, locationId);
    if (draining) return;
    // Should an older connection of the terminal still be storing a batch, the lock on its row keeps the two apart.
    serveTerminal(
      {
        database,
        log,
        logger,
        gate,
        protocol,
        takeOver,
        track,
      },
      socket,
      terminal,
    );
    serveChanges({ database, snapshots, inTurn, logger, track }, socket, terminal);
  });

  return {
    wake: wakeTills(namespace),
    load: () => gate.load(),
    isConnected: (terminalId) => namespace.adapter.rooms.has(terminalRoom(terminalId)),
    async drain() {
      draining = true;
      for (const socket of namespace.sockets.values()) {
        socket.removeAllListeners('events.push');
        socket.removeAllListeners('sync.hello');
        socket.removeAllListeners('events.pull');
        socket.removeAllListeners('quarantine.list');
        socket.removeAllListeners('changes.pull');
        socket.removeAllListeners('snapshot.prepare');
      }
      await snapshots.stop();
      // What is checked is stored next: one piece of work begins another.
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}
