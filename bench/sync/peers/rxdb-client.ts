/**
 * RxDB's end at the till, which reads its records into memory first.
 *
 *     node rxdb-client.ts websocket|http RECORDS BATCH
 *
 * `websocket` is RxDB's plugin for its own server. `http` is its replication with a handler of one's own.
 */
import { replicateRxCollection } from 'rxdb/plugins/replication';
import { replicateWithWebsocketServer } from 'rxdb/plugins/replication-websocket';
import { serveEnd } from '../end-process.ts';
import { type PeerRecord, recordsIn } from './records.ts';
import { openEvents } from './rxdb-events.ts';

/** Instead of its own five seconds: the line is away for one, and is to be found soon. */
const RETRY_MS = 500;

const [way, records = '', batch] = process.argv.slice(2);
const batchSize = Number(batch);
const { events } = await openEvents('till');
for await (const page of recordsIn(records)) {
  const { error } = await events.bulkInsert(page);
  if (error.length > 0) throw new Error(`RxDB did not take ${error.length} records`);
}

async function post(port: number, rows: readonly unknown[]): Promise<PeerRecord[]> {
  const answer = await fetch(`http://127.0.0.1:${port}/push`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(rows),
  });
  if (!answer.ok) throw new Error(`The server answered ${answer.status}`);
  return (await answer.json()) as PeerRecord[];
}

async function start(port: number) {
  const common = { collection: events, replicationIdentifier: 'bench', live: false };
  return way === 'websocket'
    ? replicateWithWebsocketServer({ ...common, url: `ws://127.0.0.1:${port}`, batchSize })
    : replicateRxCollection({
        ...common,
        retryTime: RETRY_MS,
        push: { batchSize, handler: (rows) => post(port, rows) },
      });
}

serveEnd({
  async replicate(port) {
    const replication = await start(port);
    await replication.awaitInitialReplication();
  },
});
