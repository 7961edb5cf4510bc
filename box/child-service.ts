/**
 * A service of the store in a box: a child process that says on stdout, in one line of JSON, that it is ready or
 * why it is not. Nobody sleeps and hopes.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { SMALL_YOUNG_GENERATION } from '#main/threads/young-generation.ts';

const readyLineSchema = z.discriminatedUnion('ready', [
  z.looseObject({ ready: z.literal(true), pid: z.int() }),
  z.looseObject({ ready: z.literal(false), code: z.string(), message: z.string() }),
]);

/** The service said no, or died before it said anything. */
export class ServiceError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'ServiceError';
    this.code = code;
  }
}

export interface ChildService {
  /** The ready line, for the caller to parse. */
  readonly ready: unknown;
  readonly pid: number;
  /** Resolves when the process is gone, however it went. */
  readonly exited: Promise<void>;
  /** Asks it to stop and waits; kills it when it does not. */
  stop(): Promise<void>;
  /** SIGKILL, and waits until it is gone. For tests of what a power cut leaves. */
  kill(): Promise<void>;
}

export interface ServiceCommand {
  /** Module and its arguments, run by this very Node. */
  readonly command: readonly string[];
  /** File that stderr is appended to; inherited when not given. */
  readonly log?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Tests run a service as somebody who has fewer rights than root. */
  readonly uid?: number;
}

const STOP_MS = 10_000;
/** A first start makes a database in four seconds; a service that says nothing for this long hangs. */
const READY_MS = 90_000;

/** @throws {ServiceError} with the code of the service's own line, or `died` */
export async function startService(options: ServiceCommand): Promise<ChildService> {
  const { command, log, environment = {}, uid } = options;
  const logFile = log === undefined ? undefined : openSync(log, 'a');
  const child = spawn(process.execPath, [SMALL_YOUNG_GENERATION, ...command], {
    // The pipe to its stdin is its life line: it ends when we do, however we end, and the service stops then.
    stdio: ['pipe', 'pipe', logFile ?? 'inherit'],
    env: { ...process.env, ...environment, HOLDFAST_STOP_WITH_STDIN: '1' },
    // A group of its own, so that a Ctrl-C reaches only us, and we stop the services in their order.
    detached: true,
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  if (logFile !== undefined) closeSync(logFile);
  // `close` and not `exit`: its last words may still be in the pipe when a process is gone.
  const exited = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  const line = await firstLine(child, exited);
  const parsed = readyLineSchema.safeParse(line === undefined ? undefined : parseJson(line));
  if (!parsed.success || !parsed.data.ready) {
    child.kill('SIGKILL');
    await exited;
    if (parsed.success && !parsed.data.ready) throw new ServiceError(parsed.data.code, parsed.data.message);
    throw new ServiceError('died', `${command[0] ?? 'The service'} was not ready in time, or ended before.`);
  }
  return {
    ready: parsed.data,
    pid: parsed.data.pid,
    exited,
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await exited;
      clearTimeout(timer);
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function firstLine(child: ChildProcess, exited: Promise<void>): Promise<string | undefined> {
  const { stdout } = child;
  if (!stdout) return undefined;
  const lines = createInterface({ input: stdout });
  const line = new Promise<string>((resolve) => lines.once('line', resolve));
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), READY_MS);
  });
  return Promise.race([line, exited.then(() => undefined), silence]).finally(() => clearTimeout(timer));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
