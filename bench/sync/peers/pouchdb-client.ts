/**
 * PouchDB's end at the till: a database on leveldb, replicated by HTTP.
 *
 *     node pouchdb-client.ts fill FOLDER RECORDS     makes the database
 *     node pouchdb-client.ts serve FOLDER BATCH      replicates it when told to
 */
import PouchDB from 'pouchdb-node';
import { serveEnd } from '../end-process.ts';
import { recordsIn } from './records.ts';

/** Instead of its own, which grows with the failures: the line is away for a second, and is to be found soon. */
const RETRY_MS = 500;

const [verb, folder = '', argument = ''] = process.argv.slice(2);
const local = new PouchDB(folder);

if (verb === 'fill') {
  for await (const page of recordsIn(argument)) {
    await local.bulkDocs(page.map((record) => ({ _id: record.eventId, ...record })));
  }
  await local.close();
} else {
  await local.info();
  serveEnd({
    replicate: (port) =>
      new Promise((resolve, reject) => {
        // `retry` works for a live replication only; `paused` without an error says that all is over there.
        const replication = local.replicate.to(`http://127.0.0.1:${port}/events`, {
          live: true,
          retry: true,
          back_off_function: () => RETRY_MS,
          batch_size: Number(argument),
        });
        replication.on('paused', (error) => {
          if (error !== undefined) return;
          replication.cancel();
          resolve();
        });
        replication.on('denied', reject);
        replication.on('error', reject);
      }),
  });
}
