/** A PostgreSQL that syncs every commit and can be killed within a millisecond: `pg_ctl` takes thirty to say so. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { z } from 'zod';
import { startTestPostgres } from '#server/test-support/postgres.ts';

export interface KillablePostgres {
  readonly url: string;
  /**
   * As `pg_ctl stop -m immediate`: no process of it writes anything any more, and the next start recovers from the log.
   * The signal is sent before the first await.
   */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const GONE_WITHIN_MS = 30_000;

export async function startKillablePostgres(): Promise<KillablePostgres> {
  const cluster = await startTestPostgres();
  const pidFile = path.join(await dataDirectory(cluster.url), 'postmaster.pid');
  return {
    url: cluster.url,
    async kill() {
      process.kill(Number(readFileSync(pidFile, 'utf8').split('\n', 1)[0]), 'SIGQUIT');
      const deadline = performance.now() + GONE_WITHIN_MS;
      // It deletes the file as its last act.
      while (existsSync(pidFile)) {
        if (performance.now() > deadline) throw new Error('PostgreSQL does not die');
        await sleep(5);
      }
    },
    start: () => cluster.start(),
    stop: () => cluster.stop(),
  };
}

const settingRow = z.object({ data_directory: z.string() });

async function dataDirectory(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query('SHOW data_directory');
    return settingRow.parse(rows[0]).data_directory;
  } finally {
    await client.end();
  }
}
