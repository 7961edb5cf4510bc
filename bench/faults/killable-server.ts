/** A server process with its embedded database in a folder: killed and started again, and always with the same key. */
import { mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { type ChildService, startService } from '#box/child-service.ts';
import { pgliteFolder } from '#server/test-support/databases.ts';

export interface KillableServer extends ChildService {
  readonly url: string;
  readonly adminKey: string;
}

const MAIN = path.resolve(import.meta.dirname, '../../src-server/main.ts');
const ADMIN_KEY = 'a-key-for-tests-only';
const readySchema = z.looseObject({ url: z.url() });

/** An initialised, empty database at `data`, in far less time than the server would take to make one. */
export async function makeServerData(data: string): Promise<void> {
  mkdirSync(data, { recursive: true });
  renameSync(await pgliteFolder(), path.join(data, 'database'));
}

/** @param environment beside this process's own */
export async function startKillableServer(
  data: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<KillableServer> {
  const service = await startService({
    command: [MAIN, '--data', data, '--port', '0'],
    environment: { ...environment, HOLDFAST_ADMIN_KEY: ADMIN_KEY, DATABASE_URL: '', LOG_LEVEL: 'error' },
  });
  return { ...service, url: readySchema.parse(service.ready).url, adminKey: ADMIN_KEY };
}
