/** socket.io's maintained adapter over NOTIFY. What it does not bear is borne by the pool that it gets. */
import { createAdapter } from '@socket.io/postgres-adapter';
import type pg from 'pg';
import type { Namespace } from 'socket.io';
import { createOutageLog } from '../bus/outage-log.ts';
import type { Logger } from '../logger.ts';
import type { ClusterAdapter } from './cluster-adapter.ts';
import { ListeningPool } from './listening-pool.ts';

const TABLE = 'socket_io_attachments';
/** Below PostgreSQL's 8,000, with which the adapter by itself would fail when a message has exactly so many bytes. */
const LONGEST_NOTIFICATION = 7_900;

/** @throws {Error} of PostgreSQL, when it does not let us prepare the table. */
export async function openPostgresAdapter({
  url,
  logger,
}: {
  readonly url: string;
  readonly logger: Logger;
}): Promise<ClusterAdapter> {
  const outage = createOutageLog(
    logger,
    { adapter: 'postgres' },
    {
      away: 'live messages cannot be sent to the clients of other server processes',
      back: 'live messages reach the clients of other server processes again',
    },
  );
  const pool = new ListeningPool(url, outage);
  try {
    await prepareTable(pool);
  } catch (error) {
    await pool.close();
    throw error;
  }
  let create: ReturnType<typeof createAdapter> | undefined;
  return {
    // No arrow: socket.io calls it with `new`.
    adapter: function adapterOf(namespace: Namespace) {
      // Not before: it starts timers that only the end of a namespace stops.
      create ??= createAdapter(pool, {
        channelPrefix: 'holdfast',
        tableName: TABLE,
        payloadThreshold: LONGEST_NOTIFICATION,
        errorHandler: (error) => {
          // Of one message; that PostgreSQL is away is told by the connection that listens.
          logger.debug(
            { adapter: 'postgres', err: error },
            'a live message was lost between server processes',
          );
        },
      });
      return create(namespace);
    },
    close: () => pool.close(),
  };
}

/**
 * Messages that do not fit into a notification. They are deleted after half a minute, so a crash may empty the table:
 * it is not logged. Several processes that start at the same time must not make it at the same time.
 */
async function prepareTable(pool: pg.Pool): Promise<void> {
  await pool.query(
    `SELECT pg_advisory_xact_lock(hashtextextended('${TABLE}', 0));
     CREATE UNLOGGED TABLE IF NOT EXISTS ${TABLE} (
       id bigserial UNIQUE, created_at timestamptz DEFAULT NOW(), payload bytea)`,
  );
}
