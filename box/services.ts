/** The two processes of the store in a box, and how to reach them. */
import path from 'node:path';
import { z } from 'zod';
import { type ChildService, startService } from './child-service.ts';

const ROOT = path.resolve(import.meta.dirname, '..');

const serverReadySchema = z.object({ url: z.url() });
const terminalReadySchema = z.object({ link: z.url(), port: z.int() });

export interface ServerProcess extends ChildService {
  readonly url: string;
}

export interface TerminalProcess extends ChildService {
  /** Opens the till once. */
  readonly link: string;
  readonly port: number;
}

export interface ServerProcessOptions {
  readonly data: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly log?: string;
  /** PostgreSQL to use instead of the embedded one. */
  readonly databaseUrl?: string;
  /** Redis for the bus and between several servers. */
  readonly redisUrl?: string;
  /** Default: info. */
  readonly logLevel?: string;
  /** Orders of the API may be paid with nothing: for the demo. */
  readonly paymentSimulator?: boolean;
}

/** @throws {ServiceError} `port_taken` and the server's other codes */
export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const { data, port, log, databaseUrl, redisUrl, logLevel, paymentSimulator = false } = options;
  const service = await startService({
    command: [path.join(ROOT, 'src-server/main.ts'), '--data', data, '--port', String(port)],
    ...(log === undefined ? {} : { log }),
    environment: {
      ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
      ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
      ...(logLevel === undefined ? {} : { LOG_LEVEL: logLevel }),
      ...(paymentSimulator ? { HOLDFAST_PAYMENT_SIMULATOR: '1' } : {}),
    },
  });
  return { ...service, ...serverReadySchema.parse(service.ready) };
}

export interface TerminalProcessOptions {
  readonly data: string;
  readonly port: number;
  readonly log?: string;
  readonly server?: string;
  /** `host:port` */
  readonly printer?: string;
  readonly uid?: number;
}

/** @throws {ServiceError} `port_taken`, `store_corrupt` and the till's other codes */
export async function startTerminalProcess(options: TerminalProcessOptions): Promise<TerminalProcess> {
  const { data, port, log, server, printer, uid } = options;
  const service = await startService({
    command: [
      path.join(ROOT, 'src-main/cli/terminal.ts'),
      'serve',
      '--data',
      data,
      '--port',
      String(port),
      ...(server === undefined ? [] : ['--server', server]),
      ...(printer === undefined ? [] : ['--printer', printer]),
    ],
    ...(log === undefined ? {} : { log }),
    ...(uid === undefined ? {} : { uid }),
  });
  return { ...service, ...terminalReadySchema.parse(service.ready) };
}
