/**
 * A CouchDB-compatible server: express-pouchdb over PouchDB on leveldb.
 *
 *     node pouchdb-server.ts FOLDER
 */
import type { AddressInfo } from 'node:net';
import express from 'express';
import expressPouchDB from 'express-pouchdb';
import PouchDB from 'pouchdb-node';
import { type Numbered, digestOf } from '../digest.ts';
import { type Arrived, serveEnd } from '../end-process.ts';

const PAGE = 1_000;

const [folder = ''] = process.argv.slice(2);
const Served = PouchDB.defaults({ prefix: `${folder}/` });
const app = express();
app.use(
  expressPouchDB(Served, { mode: 'minimumForPouchDB', inMemoryConfig: true, logPath: `${folder}/log.txt` }),
);
const events = new Served('events');
await events.info();

async function look(): Promise<Arrived> {
  const found: Numbered[] = [];
  let rewritten = 0;
  for (let from = ''; ;) {
    const { rows } = await events.allDocs<Numbered>({ include_docs: true, startkey: from, limit: PAGE });
    for (const { doc, value } of rows) {
      if (doc !== undefined) found.push({ seq: doc.seq, hash: doc.hash });
      if (!value.rev.startsWith('1-')) rewritten += 1;
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) break;
    from = `${last.id}\u0000`;
  }
  return { records: found.length, rewritten, digest: digestOf(found) };
}

const server = app.listen(0, '127.0.0.1', () => {
  serveEnd({ look }, (server.address() as AddressInfo).port);
});
