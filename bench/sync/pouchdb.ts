/** PouchDB on leveldb, replicated by HTTP to a CouchDB-compatible server on leveldb. Neither syncs a batch to the disk. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Backlog, Contender } from './contender.ts';
import { PEERS } from './install-peers.ts';
import { startEnd } from './start-end.ts';

const CLIENT = path.join(PEERS, 'pouchdb-client.ts');
const SERVER = path.join(PEERS, 'pouchdb-server.ts');

export function pouchdb(folder: string, backlog: Backlog, batch: number): Contender {
  const filled = path.join(folder, 'pouchdb-filled');
  execFileSync(process.execPath, ['--no-warnings', CLIENT, 'fill', filled, backlog.recordsFile]);
  return {
    name: 'pouchdb',
    async open(run) {
      const served = path.join(folder, `pouchdb-${run}`);
      mkdirSync(served);
      const server = await startEnd(SERVER, [served]);
      const local = `${served}-client`;
      cpSync(filled, local, { recursive: true });
      const client = await startEnd(CLIENT, ['serve', local, String(batch)]);
      return {
        client,
        serverPid: server.pid,
        serverPort: server.port,
        look: () => server.look(),
        async close() {
          await client.stop();
          await server.stop();
        },
      };
    },
  };
}
