/** Whether anything was written: a mark that any write moves, and a digest of every row of every table. PostgreSQL only. */
import { z } from 'zod';
import type { Queryable } from '../database/database.ts';

const markRow = z.object({ mark: z.string() });

/** PostgreSQL gives each transaction that writes a number: the same mark twice means that nobody wrote between. */
async function writeMark(database: Queryable): Promise<string> {
  const [row] = await database.query(markRow, 'SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS mark');
  return row?.mark ?? '';
}

const tableRow = z.object({ table_name: z.string() });
const digestRow = z.object({ name: z.string(), digest: z.string() });

/**
 * How far subscribers have read: it moves by itself, some time after a request that wrote an event, and says nothing of
 * the shop.
 */
const MOVES_BY_ITSELF: ReadonlySet<string> = new Set(['subscriptions']);

/** Table → digest of all its rows, whatever their order. */
async function tableDigests(database: Queryable): Promise<ReadonlyMap<string, string>> {
  const tables = await database.query(
    tableRow,
    `SELECT table_name FROM information_schema.tables
     WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY table_name`,
  );
  const selects = tables
    .filter(({ table_name: name }) => !MOVES_BY_ITSELF.has(name))
    .map(
      ({ table_name: name }) =>
        `SELECT '${name}' AS name,
                count(*) || ' ' || md5(COALESCE(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) AS digest
         FROM "${name}" t`,
    );
  const rows = await database.query(digestRow, selects.join(' UNION ALL '));
  return new Map(rows.map(({ name, digest }) => [name, digest]));
}

const behindRow = z.object({ behind: z.int() });

/** How many subscribers have not read to the end of the log. */
async function subscribersBehind(database: Queryable): Promise<number> {
  const [row] = await database.query(
    behindRow,
    `SELECT count(*) AS behind FROM subscriptions
     WHERE (position_tx, position_id) < (SELECT tx, id FROM event_log ORDER BY tx DESC, id DESC LIMIT 1)`,
  );
  return row?.behind ?? 0;
}

export interface RowWatch {
  /** Waits until what was set going is written, and takes that as the new ground. */
  settle(): Promise<void>;
  /** The tables with other rows than at the last `settle`. Cheap when nobody wrote at all. */
  changed(): Promise<string[]>;
}

export function watchRows(database: Queryable): RowWatch {
  let ground: ReadonlyMap<string, string> = new Map();
  let mark = '';
  const differing = (now: ReadonlyMap<string, string>) =>
    [...new Set([...ground.keys(), ...now.keys()])].filter((table) => ground.get(table) !== now.get(table));
  return {
    async settle() {
      do {
        ground = await tableDigests(database);
        await new Promise((resolve) => setTimeout(resolve, 5));
        mark = await writeMark(database);
      } while ((await subscribersBehind(database)) > 0 || differing(await tableDigests(database)).length > 0);
    },
    async changed() {
      const now = await writeMark(database);
      if (now === mark) return [];
      const tables = differing(await tableDigests(database));
      // Whoever wrote has left the rows as they were.
      if (tables.length === 0) mark = now;
      return tables;
    },
  };
}
