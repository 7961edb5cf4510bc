/** The parts of a server process that terminals see: `/sync`, `/live`, the hub, and the log behind them. No HTTP routes. */
import { createServer } from 'node:http';
import type { EventBus } from '../bus/event-bus.ts';
import type { Database } from '../database/database.ts';
import { attachLiveServer } from '../live/live-server.ts';
import { type EventLog, createEventLog } from '../log/event-log.ts';
import { type Logger, SILENT } from '../logger.ts';
import {
  type TerminalSockets,
  type TerminalSocketsOptions,
  openTerminalSockets,
} from '../sockets/terminal-sockets.ts';
import { runSubscriber } from '../subscribers/run-subscriber.ts';
import type { Subscriber } from '../subscribers/subscriber.ts';
import { readStandings } from '../subscribers/position-store.ts';
import type { Capacity } from '../sync/decide-flow.ts';
import { type SyncServer, attachSyncServer } from '../sync/sync-server.ts';

export interface LiveProcessOptions {
  readonly database: Database;
  readonly bus: EventBus;
  readonly adapter?: TerminalSocketsOptions['adapter'];
  readonly logger?: Logger;
  readonly lookAtTokensEveryMs?: number;
  readonly capacity?: Capacity;
}

export interface LiveProcess {
  readonly url: string;
  readonly log: EventLog;
  readonly sockets: TerminalSockets;
  readonly sync: SyncServer;
  /** Leaves the database and the bus open. */
  close(): Promise<void>;
}

/** Resolves when the hub has its place in the log: what is written from then on is told. */
export async function startLiveProcess(options: LiveProcessOptions): Promise<LiveProcess> {
  const { database, bus, adapter, logger = SILENT, lookAtTokensEveryMs = 600_000, capacity } = options;
  const http = createServer();
  const log = createEventLog(database, bus);
  const sockets = openTerminalSockets({ http, database, logger, adapter, lookAtTokensEveryMs });
  const sync = attachSyncServer({
    sockets,
    database,
    log,
    logger,
    ...(capacity === undefined ? {} : { capacity }),
  });
  const { subscribers } = attachLiveServer({ sockets, wake: sync.wake, logger });
  const followers = subscribers.map((subscriber) =>
    runSubscriber(subscriber, { database, log, bus, logger }),
  );
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
  while (!(await areStanding(database, subscribers))) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const address = http.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    log,
    sockets,
    sync,
    async close() {
      await sync.drain();
      await Promise.all(followers.map((follower) => follower.stop()));
      await sockets.close();
    },
  };
}

/** All of them have their position: they miss nothing from here on. */
async function areStanding(database: Database, subscribers: readonly Subscriber[]): Promise<boolean> {
  const standing = new Set((await readStandings(database)).map(({ subscriber }) => subscriber));
  return subscribers.every(({ name }) => standing.has(name));
}
