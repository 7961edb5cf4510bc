/** The central server in one call: database, bus, services, HTTP, and the terminals' connections on one port. */
import { openBus } from './bus/open-bus.ts';
import { createCloseStack } from './close-stack.ts';
import { DatabaseStartError, errorCode } from './database/database-failure.ts';
import { type DatabaseChoice, openDatabase } from './database/open-database.ts';
import { attemptLimit } from './enrolment/attempt-limit.ts';
import { enrolmentRoutes } from './enrolment/enrolment-routes.ts';
import { createEnrolmentService } from './enrolment/enrolment-service.ts';
import { loadAdminKey } from './http/admin-key.ts';
import { forkRoutes } from './http/fork-routes.ts';
import { createHttpServer } from './http/http-server.ts';
import type { RouteListing } from './http/route-rules.ts';
import { terminalRoutes } from './http/terminal-routes.ts';
import { openClusterAdapter } from './live/cluster-adapter.ts';
import { attachLiveServer } from './live/live-server.ts';
import { keepMonths } from './log/keep-months.ts';
import { type Logger, SILENT } from './logger.ts';
import type { PaymentSettings } from './payments/payment-settings.ts';
import { openPaymentProviders } from './payments/providers.ts';
import { quarantineRoutes } from './quarantine/quarantine-routes.ts';
import { createServices } from './services.ts';
import { type TerminalSockets, openTerminalSockets } from './sockets/terminal-sockets.ts';
import { runSubscriber } from './subscribers/run-subscriber.ts';
import { type SyncServer, attachSyncServer } from './sync/sync-server.ts';

export interface ServerOptions {
  readonly host: string;
  /** 0 takes a free one */
  readonly port: number;
  readonly database: DatabaseChoice;
  /** The key itself, or the folder that holds `admin.key` (made there when missing). */
  readonly admin: { readonly key: string } | { readonly folder: string };
  /** Redis for the bus and between several server processes; without it PostgreSQL does both. */
  readonly redisUrl?: string;
  /** Default: cash and external card terminals only. */
  readonly payments?: PaymentSettings;
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
 * @throws {DatabaseStartError | BusConfigurationError | PortError} with nothing left open.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host, redisUrl, payments: settings = { simulator: false }, logger = SILENT } = options;
  const adminKey = 'key' in options.admin ? options.admin.key : loadAdminKey(options.admin.folder);
  if (adminKey.length < 16) {
    throw new DatabaseStartError('data_not_writable', 'The admin key is shorter than 16 characters.');
  }
  const opened = createCloseStack();
  try {
    const database = await openDatabase(options.database);
    opened.push(() => database.close());
    const outside = {
      redisUrl,
      postgresUrl: options.database.kind === 'postgres' ? options.database.url : undefined,
      logger,
    };
    const bus = await openBus(outside);
    opened.push(() => bus.close());
    const cluster = await openClusterAdapter(outside);
    opened.push(() => cluster.close());
    const payments = await openPaymentProviders(settings, logger);
    const services = createServices({ database, bus, payments, logger });

    // The routes are made before there is a server to attach the sockets to.
    const later: { sockets?: TerminalSockets; sync?: SyncServer } = {};
    const connections = {
      isConnected: (terminalId: string) => later.sync?.isConnected(terminalId) ?? false,
      disconnect: (terminalId: string) => {
        later.sockets?.endVoid(terminalId);
      },
    };
    const { app, routes, beginClosing } = createHttpServer({
      database,
      adminKey,
      logger,
      checks: [{ name: 'bus', required: false, isWell: () => bus.isUp() }],
      modules: [
        terminalRoutes({ database, connections }),
        enrolmentRoutes({
          enrolments: createEnrolmentService(database, () => new Date()),
          attempts: attemptLimit(() => performance.now()),
          endVoid: (terminalId) => connections.disconnect(terminalId),
        }),
        forkRoutes({ database }),
        quarantineRoutes({ database }),
        ...services.modules,
      ],
    });
    opened.push(() => app.close());
    await app.ready();
    const terminals = openTerminalSockets({ http: app.server, database, logger, adapter: cluster.adapter });
    later.sockets = terminals;
    opened.push(() => terminals.close());
    const syncServer = attachSyncServer({ sockets: terminals, database, log: services.log, logger });
    later.sync = syncServer;
    const live = attachLiveServer({ sockets: terminals, wake: syncServer.wake, logger });
    await app.listen({ host, port: options.port });

    const isBusy = () => syncServer.load().batches > 0;
    const following = { database, log: services.log, bus, logger, isBusy };
    const subscribers = [...live.subscribers, ...services.subscribers].map((subscriber) =>
      runSubscriber(subscriber, following),
    );
    opened.push(async () => void (await Promise.all(subscribers.map((subscriber) => subscriber.stop()))));
    const resumer = services.resume();
    opened.push(() => resumer.stop());
    const months = keepMonths(database, logger);
    opened.push(() => months.stop());

    const address = app.server.address();
    const port = typeof address === 'object' && address !== null ? address.port : options.port;
    let closing: Promise<void> | undefined;
    return {
      port,
      url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
      adminKey,
      routes,
      close() {
        closing ??= (async () => {
          beginClosing();
          opened.push(() => syncServer.drain());
          await opened.close();
        })();
        return closing;
      },
    };
  } catch (error) {
    // Why it could not start is what whoever started it must hear.
    await opened.close().catch((reason: unknown) => {
      logger.warn({ err: reason }, 'not all could be closed after a failed start');
    });
    throw toPortError(error, host, options.port);
  }
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
