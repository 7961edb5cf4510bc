/**
 * RxDB's end at the server.
 *
 *     node rxdb-server.ts websocket|http
 *
 * `websocket` is the server of RxDB's own plugin. `http` hands what is posted to the same handler of RxDB.
 */
import type { AddressInfo } from 'node:net';
import express from 'express';
import { rxStorageInstanceToReplicationHandler } from 'rxdb';
import { startWebsocketServer } from 'rxdb/plugins/replication-websocket';
import { digestOf } from '../digest.ts';
import { type Arrived, serveEnd } from '../end-process.ts';
import { openEvents } from './rxdb-events.ts';

/** Express's own 100 KB would refuse a push. */
const BODY_LIMIT = '100mb';

const [way] = process.argv.slice(2);
const { database, events } = await openEvents('server');

async function look(): Promise<Arrived> {
  const found = (await events.find().exec()).map((document) => document.toJSON(true));
  return {
    records: found.length,
    rewritten: found.filter(({ _rev }) => !_rev.startsWith('1-')).length,
    digest: digestOf(found.map(({ seq, hash }) => ({ seq, hash }))),
  };
}

const portOf = (address: AddressInfo | string | null) => (address as AddressInfo).port;

if (way === 'websocket') {
  const { server } = startWebsocketServer({ database, host: '127.0.0.1', port: 0 });
  server.once('listening', () => serveEnd({ look }, portOf(server.address())));
} else {
  const handler = rxStorageInstanceToReplicationHandler(
    events.storageInstance,
    events.conflictHandler,
    database.token,
  );
  const app = express();
  app.post('/push', express.json({ limit: BODY_LIMIT }), (request, response, next) => {
    handler.masterWrite(request.body).then((conflicts) => response.json(conflicts), next);
  });
  const server = app.listen(0, '127.0.0.1', () => serveEnd({ look }, portOf(server.address())));
}
