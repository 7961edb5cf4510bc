/** The central server in one call: database, HTTP, and the terminals' connections on one port. */
import { DatabaseStartError, errorCode } from './database/database-failure.ts';
import { type DatabaseChoice, openDatabase } from './database/open-database.ts';
import { inProcessBus } from './bus/in-process-bus.ts';
import { loadAdminKey } from './http/admin-key.ts';
import { apiKeyRoutes } from './http/api-key-routes.ts';
import { createHttpServer } from './http/http-server.ts';
import { logRoutes } from './http/log-routes.ts';
import type { RouteListing } from './http/route-rules.ts';
import { terminalRoutes } from './http/terminal-routes.ts';
import { attachLiveServer } from './live/live-server.ts';
import { createEventLog } from './log/event-log.ts';
import { type Logger, SILENT } from './logger.ts';
import { type TerminalSockets, openTerminalSockets } from './sockets/terminal-sockets.ts';
import { type RunningSubscriber, runSubscriber } from './subscribers/run-subscriber.ts';
import { type SyncServer, attachSyncServer } from './sync/sync-server.ts';

export interface ServerOptions {
  readonly host: string;
  /** 0 takes a free one */
  readonly port: number;
  readonly database: DatabaseChoice;
  /** The key itself, or the folder that holds `admin.key` (made there when missing). */
  readonly admin: { readonly key: string } | { readonly folder: string };
  readonly logger?: Logger;
}

export interface RunningServer {
  readonly port: number;
  readonly url: string;
  /** What the admin's API asks for. */
  readonly adminKey: string;
  /** All that can be asked, for tests that must not miss a route. */
  readonly routes: readonly RouteListing[];
  /** Ends the batches in flight, answers them, and releases everything. */
  close(): Promise<void>;
}

/** The port cannot be listened on. */
export class PortError extends Error {
  readonly code: 'port_taken' | 'port_refused';

  constructor(code: PortError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PortError';
    this.code = code;
  }
}

/**
 * Resolves when terminals can connect.
 * @throws {DatabaseStartError | PortError} with nothing left open.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host, logger = SILENT } = options;
  const adminKey = 'key' in options.admin ? options.admin.key : loadAdminKey(options.admin.folder);
  if (adminKey.length < 16) {
    throw new DatabaseStartError('data_not_writable', 'The admin key is shorter than 16 characters.');
  }
  const database = await openDatabase(options.database);
  const bus = inProcessBus();
  const log = createEventLog(database, bus);
  let sockets: TerminalSockets | undefined;
  let sync: SyncServer | undefined;
  let subscribers: readonly RunningSubscriber[] = [];
  const connections = {
    isConnected: (terminalId: string) => sync?.isConnected(terminalId) ?? false,
    disconnect: (terminalId: string) => {
      sockets?.disconnect(terminalId);
    },
  };
  const { app, routes, beginClosing } = createHttpServer({
    database,
    adminKey,
    logger,
    checks: [],
    modules: [terminalRoutes({ database, connections }), apiKeyRoutes({ database }), logRoutes({ database })],
  });
  try {
    await app.ready();
    sockets = openTerminalSockets({ http: app.server, database, logger });
    sync = attachSyncServer({ sockets, database, log, logger });
    const live = attachLiveServer({ sockets, logger });
    await app.listen({ host, port: options.port });
    subscribers = [live.subscriber].map((subscriber) =>
      runSubscriber(subscriber, { database, log, bus, logger }),
    );
  } catch (error) {
    await sockets?.close();
    await app.close();
    await database.close();
    throw toPortError(error, host, options.port);
  }
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  const open = { sockets, sync };
  let closing: Promise<void> | undefined;
  return {
    port,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    adminKey,
    routes,
    close() {
      closing ??= (async () => {
        beginClosing();
        await open.sync.drain();
        await Promise.all(subscribers.map((subscriber) => subscriber.stop()));
        await open.sockets.close();
        await app.close();
        await database.close();
      })();
      return closing;
    },
  };
}

function toPortError(error: unknown, host: string, port: number): unknown {
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return new PortError('port_taken', `Port ${port} on ${host} is taken. Choose another with --port.`, {
        cause: error,
      });
    case 'EACCES':
    case 'EADDRNOTAVAIL':
      return new PortError('port_refused', `This computer does not let us listen on ${host}:${port}.`, {
        cause: error,
      });
    default:
      return error;
  }
}
