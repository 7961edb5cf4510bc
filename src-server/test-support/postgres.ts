/**
 * A private PostgreSQL cluster for tests and benchmarks: own folder under the temp folder, a unix socket and a
 * loopback port of its own, gone at the end. Uses the machine's PostgreSQL programs.
 */
import { execFile } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';

const run = promisify(execFile);

export interface TestPostgres {
  /** of the database `postgres`, superuser, loopback */
  readonly url: string;
  /** Makes an empty database and answers its URL. */
  createDatabase(name: string): Promise<string>;
  /** Ends the cluster and deletes its folder. */
  stop(): Promise<void>;
  /** Kills and starts again, for tests of outages. */
  crash(): Promise<void>;
  start(): Promise<void>;
}

export interface TestPostgresOptions {
  /** fsync off: for tests that do not measure. Default false: the cluster is as durable as a real one. */
  readonly unsafeFast?: boolean;
}

/** Undefined when the machine has no PostgreSQL. */
export function findPostgresPrograms(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const candidates = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ];
  return candidates.find(
    (folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'pg_ctl')),
  );
}

/** @throws {Error} with what to install when the machine has no PostgreSQL. */
export async function startTestPostgres(options: TestPostgresOptions = {}): Promise<TestPostgres> {
  const programs = findPostgresPrograms();
  if (programs === undefined) {
    throw new Error(
      'No initdb and pg_ctl on PATH or in /usr/lib/postgresql/*/bin. Install PostgreSQL, for example: apt-get install postgresql',
    );
  }
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-postgres-'));
  const asPostgres = await identityFor(folder);
  const execute = (program: string, args: readonly string[]) =>
    asPostgres(join(programs, program), [...args], { cwd: folder, env: { ...process.env, LC_ALL: 'C' } });
  const data = join(folder, 'data');
  const port = await freePort();
  const settings = [
    `-p ${port}`,
    '-c listen_addresses=127.0.0.1',
    `-c unix_socket_directories=${folder}`,
    '-c max_connections=40',
    ...(options.unsafeFast === true ? ['-c fsync=off', '-c full_page_writes=off'] : []),
  ].join(' ');

  const start = () =>
    execute('pg_ctl', ['-D', data, '-w', '-s', '-l', join(folder, 'log'), '-o', settings, 'start']).then(
      () => undefined,
    );
  const stopWith = (mode: 'fast' | 'immediate') =>
    execute('pg_ctl', ['-D', data, '-w', '-s', '-m', mode, 'stop']).then(() => undefined);

  try {
    await execute('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync']);
    await start();
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }

  const urlOf = (name: string) => `postgres://postgres@127.0.0.1:${port}/${name}`;
  return {
    url: urlOf('postgres'),
    async createDatabase(name) {
      await execute('createdb', ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', name]);
      return urlOf(name);
    },
    async stop() {
      await stopWith('immediate').catch(() => undefined);
      rmSync(folder, { recursive: true, force: true });
    },
    crash: () => stopWith('immediate'),
    start,
  };
}

type Execute = (
  program: string,
  args: string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
) => Promise<unknown>;

/** PostgreSQL refuses to run as root: then everything runs as the system's user `postgres`. */
async function identityFor(folder: string): Promise<Execute> {
  if (process.getuid?.() !== 0) return (program, args, options) => run(program, args, options);
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'postgres'])).stdout.trim())),
  );
  if (uid === undefined || gid === undefined) throw new Error('There is no user postgres');
  chownSync(folder, uid, gid);
  chmodSync(folder, 0o700);
  return (program, args, options) => run(program, args, { ...options, uid, gid });
}
