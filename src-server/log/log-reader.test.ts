import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../database/database.ts';
import { openDatabase } from '../database/open-database.ts';
import { type TestPostgres, startTestPostgres } from '../test-support/postgres.ts';
import { eventSource } from '../test-support/sale-events.ts';
import { BEGINNING, type LogPosition, endOfLog, findPage, readRange } from './log-reader.ts';

/** A writer whose commit the test decides. */
interface OpenWriter {
  readonly eventId: string;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

describe('reading the log while others write', () => {
  let cluster: TestPostgres;
  let database: Database;
  let url: string;
  let databases = 0;
  let writers: pg.Client[] = [];

  beforeAll(async () => {
    cluster = await startTestPostgres({ unsafeFast: true });
  }, 60_000);
  afterAll(async () => {
    await database.close();
    await cluster.stop();
  });
  beforeEach(async () => {
    if (databases > 0) await database.close();
    databases += 1;
    url = await cluster.createDatabase(`log_${databases}`);
    database = await openDatabase({ kind: 'postgres', url });
    writers = [];
    return async () => {
      for (const writer of writers) await writer.end();
    };
  });

  let terminals = 0;
  /** Inserts one event in a transaction of its own, which stays open. */
  async function write(): Promise<OpenWriter> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    writers.push(client);
    terminals += 1;
    const [event] = eventSource(`W${terminals}`).sale(1);
    if (event === undefined) throw new Error('no event');
    await client.query('BEGIN');
    await client.query(
      `INSERT INTO event_log (tx, terminal_id, location_id, seq, event_id, event_type, aggregate_id, payload, prev_hash, hash)
       SELECT shift + pg_current_xact_id()::text::bigint, $1, 'STORE-001', 1, $2, 'order.created', 'ORD-1', '{}', '', ''
       FROM log_clock`,
      [event.terminalId, event.eventId],
    );
    return {
      eventId: event.eventId,
      commit: async () => void (await client.query('COMMIT')),
      rollback: async () => void (await client.query('ROLLBACK')),
    };
  }

  /** Reads all that is readable now, in pages of two. */
  async function follow(from: LogPosition): Promise<{ ids: string[]; at: LogPosition; waiting: boolean }> {
    const ids: string[] = [];
    let at = from;
    for (;;) {
      const page = await findPage(database, at, 2);
      const events = await readRange(database, page, ['order.created']);
      expect(events).toHaveLength(page.size);
      ids.push(...events.map(({ event_id }) => event_id));
      at = page.to;
      if (page.size < 2) return { ids, at, waiting: page.waiting };
    }
  }

  it('waits for an earlier writer that commits later, where `id > last` would pass it by', async () => {
    const slow = await write();
    const quick = await write();
    await quick.commit();
    const before = await follow(BEGINNING);
    expect(before).toMatchObject({ ids: [], waiting: true });
    await slow.commit();
    const after = await follow(before.at);
    expect(after).toMatchObject({ ids: [slow.eventId, quick.eventId], waiting: false });
  });

  it('goes on when the writer that it waited for rolls back', async () => {
    const slow = await write();
    const quick = await write();
    await quick.commit();
    await slow.rollback();
    expect(await follow(BEGINNING)).toMatchObject({ ids: [quick.eventId], waiting: false });
  });

  it('passes nothing by and reads nothing twice, in whatever order writers begin and end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ step: fc.constantFrom('begin', 'commit', 'rollback', 'read'), which: fc.nat(7) }),
          { minLength: 5, maxLength: 30 },
        ),
        async (steps) => {
          const start = await endOfLog(database);
          const open: OpenWriter[] = [];
          const committed: string[] = [];
          const read: string[] = [];
          let at = start;
          for (const { step, which } of steps) {
            if (step === 'begin') {
              if (open.length < 8) open.push(await write());
            } else if (step === 'read') {
              const found = await follow(at);
              read.push(...found.ids);
              at = found.at;
            } else {
              const [writer] = open.splice(which % Math.max(open.length, 1), 1);
              if (writer === undefined) continue;
              await writer[step]();
              if (step === 'commit') committed.push(writer.eventId);
            }
          }
          for (const writer of open) {
            await writer.commit();
            committed.push(writer.eventId);
          }
          const rest = await follow(at);
          expect(rest.waiting).toBe(false);
          expect([...read, ...rest.ids].sort()).toEqual([...committed].sort());
          for (const writer of writers.splice(0)) await writer.end();
        },
      ),
      { numRuns: 25 },
    );
  }, 60_000);

  it('begins at the end without what was there, and with what was under way', async () => {
    const old = await write();
    await old.commit();
    const underWay = await write();
    const end = await endOfLog(database);
    await underWay.commit();
    const next = await write();
    await next.commit();
    expect((await follow(end)).ids).toEqual([underWay.eventId, next.eventId]);
  });
});
