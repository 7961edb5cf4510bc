/** `holdfast-server`: starts the central server, says so in one line of JSON on stdout, and logs to stderr. */
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { destination } from 'pino';
import { BusConfigurationError } from './bus/open-bus.ts';
import { DatabaseStartError } from './database/database-failure.ts';
import { serverLogger } from './logger.ts';
import { PaymentSettingsError, readPaymentSettings } from './payments/payment-settings.ts';
import { PortError, type RunningServer, startServer } from './server.ts';

interface CommandLine {
  readonly host: string;
  readonly port: number;
  readonly data: string;
}

const command = new Command('holdfast-server')
  .description(
    'The central server of Holdfast. Keeps its data in a folder (PGlite), or in PostgreSQL when DATABASE_URL is set.',
  )
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--port <number>', 'port to listen on, 0 for any', parsePort, 7400)
  .option('--data <folder>', 'folder of the database and of the admin key', '.holdfast/server')
  .addHelpText(
    'after',
    '\nEnvironment:\n  DATABASE_URL        PostgreSQL to use instead of the folder\n' +
      '  REDIS_URL           Redis between several servers; without it PostgreSQL wakes and joins them\n' +
      '  HOLDFAST_ADMIN_KEY  admin key (at least 16 characters); otherwise <folder>/admin.key is made and used\n' +
      '  STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET, STRIPE_API_URL  card payments by Stripe\n' +
      '  HOLDFAST_PAYMENT_SIMULATOR=1  payments that take no money, for demos and tests\n' +
      '  LOG_LEVEL           debug, info (default), warn, error, silent\n',
  );

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new InvalidArgumentError('must be a number from 0 to 65535');
  return port;
}

function announce(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function main(): Promise<void> {
  const { host, port, data } = command.parse().opts<CommandLine>();
  const folder = resolve(data);
  const lines = destination({ fd: 2, sync: true });
  // A log on a full disk loses lines; without a listener it would end the server.
  lines.on('error', () => undefined);
  const logger = serverLogger(process.env['LOG_LEVEL'] ?? 'info', lines);
  const databaseUrl = process.env['DATABASE_URL'] ?? '';
  const adminKey = process.env['HOLDFAST_ADMIN_KEY'] ?? '';

  // Before the start, so that a signal during it is not lost.
  let server: RunningServer | undefined;
  let stopping = false;
  const stop = (reason: NodeJS.Signals | 'stdin ended') => {
    if (stopping) return;
    stopping = true;
    logger.info({ reason }, 'stopping');
    process.stdin.pause();
    server?.close().then(
      () => logger.info({}, 'stopped'),
      (error: unknown) => {
        logger.error({ err: error }, 'could not stop cleanly');
        process.exitCode = 1;
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
  // Whoever started us asks for it: then we end when they do, however they end.
  if (process.env['HOLDFAST_STOP_WITH_STDIN'] === '1') {
    process.stdin.resume().once('end', () => stop('stdin ended'));
  }

  try {
    server = await startServer({
      host,
      port,
      admin: adminKey === '' ? { folder } : { key: adminKey },
      database:
        databaseUrl === ''
          ? { kind: 'pglite', folder: join(folder, 'database') }
          : {
              kind: 'postgres',
              url: databaseUrl,
              onIdleError: (error) => {
                logger.warn({ err: error }, 'a database connection was lost');
              },
            },
      redisUrl: process.env['REDIS_URL'] ?? '',
      payments: readPaymentSettings(process.env),
      logger,
    });
  } catch (error) {
    const known =
      error instanceof DatabaseStartError ||
      error instanceof PortError ||
      error instanceof BusConfigurationError ||
      error instanceof PaymentSettingsError;
    const code = known ? error.code : 'internal';
    const message = error instanceof Error ? error.message : String(error);
    process.stdin.pause();
    logger.fatal(known ? { code } : { err: error }, message);
    announce({ ready: false, service: 'server', code, message });
    process.exitCode = 1;
    return;
  }
  if (stopping) {
    process.stdin.pause();
    await server.close();
    return;
  }
  const database = databaseUrl === '' ? 'pglite' : 'postgres';
  announce({ ready: true, service: 'server', url: server.url, pid: process.pid, database });
}

await main();
