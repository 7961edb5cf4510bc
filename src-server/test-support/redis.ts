/**
 * A private Redis for tests and benchmarks: own folder under the temp folder, a loopback port of its own, gone at the
 * end. Uses the machine's `redis-server`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './free-port.ts';

export interface TestRedis {
  readonly url: string;
  /** Ends the server and deletes its folder. */
  stop(): Promise<void>;
  /** Kills and starts again, for tests of outages. It comes back empty, as a cache may. */
  crash(): Promise<void>;
  start(): Promise<void>;
}

export interface TestRedisOptions {
  /** Asked of every client, and part of the URL. Default none. */
  readonly password?: string;
}

/** @throws {Error} with what to install when the machine has no Redis. */
export async function startTestRedis({ password }: TestRedisOptions = {}): Promise<TestRedis> {
  const program = findRedisServer();
  if (program === undefined) {
    throw new Error('No redis-server on PATH. Install Redis, for example: apt-get install redis-server');
  }
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-redis-'));
  const port = await freePort();
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: folder,
    save: '',
    appendonly: 'no',
    ...(password === undefined ? {} : { requirepass: password }),
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);

  let server: ChildProcess | undefined;
  const endWithUs = () => {
    server?.kill('SIGKILL');
  };
  process.on('exit', endWithUs);

  async function crash(): Promise<void> {
    const running = server;
    server = undefined;
    if (running === undefined) return;
    running.kill('SIGKILL');
    if (running.exitCode === null && running.signalCode === null) await once(running, 'exit');
  }
  async function start(): Promise<void> {
    server = await startServer(program ?? '', args);
  }
  async function stop(): Promise<void> {
    await crash();
    process.off('exit', endWithUs);
    rmSync(folder, { recursive: true, force: true });
  }

  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  const credentials = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
  return { url: `redis://${credentials}127.0.0.1:${port}`, stop, crash, start };
}

function findRedisServer(): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'redis-server'))
    .find((path) => existsSync(path));
}

/** Resolves when it takes connections. */
async function startServer(program: string, args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => {
      reject(new Error(`redis-server ended at once:\n${said.join('\n')}`));
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      said.push(line);
      if (line.includes('Ready to accept connections')) resolve();
    });
  });
  return child;
}
