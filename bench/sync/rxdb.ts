/** RxDB with both ends in memory: by its WebSocket plugin to the server of that plugin, and by HTTP. */
import path from 'node:path';
import type { Backlog, Contender } from './contender.ts';
import { PEERS } from './install-peers.ts';
import { startEnd } from './start-end.ts';

export function rxdb(way: 'websocket' | 'http', backlog: Backlog, batch: number): Contender {
  return {
    name: `rxdb_${way}`,
    async open() {
      const server = await startEnd(path.join(PEERS, 'rxdb-server.ts'), [way]);
      const client = await startEnd(path.join(PEERS, 'rxdb-client.ts'), [
        way,
        backlog.recordsFile,
        String(batch),
      ]);
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
