/** Events that the server can never use: kept, acknowledged, told, and no hindrance to any other. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type JsonValue, canonicalJson } from '#domain/events/canonical-json.ts';
import { GENESIS_HASH } from '#domain/events/event-record.ts';
import { chainEvent, findChainBreak } from '#sync/protocol/hash-chain.ts';
import { type FramedEvent, framedEventSchema, pushRequestSchema } from '#sync/protocol/messages.ts';
import type { Database } from '../database/database.ts';
import { readStock } from '../inventory/read-stock.ts';
import { type EventLog, createEventLog } from '../log/event-log.ts';
import { verifyChain } from '../log/read-log.ts';
import { dismissFrame, listQuarantinedFrames } from '../quarantine/quarantined-frames.ts';
import { readQuarantineOf } from '../quarantine/terminal-quarantine.ts';
import { dismissDeadLetter, parkEvent, readDeadLetters } from '../subscribers/dead-letters.ts';
import { readOwnEvents } from '../sync/own-events.ts';
import { type AuthenticTerminal, enrolTerminal } from '../terminals/terminals.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { eventSource } from '../test-support/sale-events.ts';
import { silentBus } from '../test-support/silent-bus.ts';
import { type QuarantinedEvent, ingestBatch } from './ingest-batch.ts';

type Change = Partial<FramedEvent>;

/** Each with what of the reason a manager reads. */
const UNSTORABLE: readonly [string, Change, RegExp][] = [
  ['a payload with U+0000', { payload: String.raw`{"a":"\u0000"}` }, /payload/],
  ['a payload with a lone surrogate', { payload: String.raw`{"a":"\ud800"}` }, /payload/],
  ['a payload that is half a character', { payload: '"\ud800"' }, /payload/],
  ['a payload that is no JSON', { payload: 'not json' }, /payload/],
  ['no payload', { payload: '' }, /payload/],
  ['a payload that is not canonical', { payload: '{"b":1, "a":2}' }, /payload/],
  ['a payload that is too long', { payload: JSON.stringify('x'.repeat(262_143)) }, /payload/],
  ['deep nesting', { payload: '['.repeat(5000) + ']'.repeat(5000) }, /payload/],
  ['metadata that is not canonical', { metadata: '{ }' }, /metadata/],
  ['metadata with U+0000', { metadata: String.raw`{"a":"\u0000"}` }, /metadata/],
  ['U+0000 in its aggregate id', { aggregateId: 'a\0b' }, /about/],
  ['a lone surrogate in its aggregate id', { aggregateId: 'a\ud800' }, /about/],
  ['an empty aggregate id', { aggregateId: '' }, /about/],
  ['an aggregate id that is too long', { aggregateId: 'a'.repeat(101) }, /about/],
  ['a type that is none', { eventType: 'No Type\0' }, /type/],
  ['a type that is too long', { eventType: `a.${'b'.repeat(200)}` }, /type/],
  ['a year that PostgreSQL does not have', { timestamp: '0000-01-01T00:00:00.000Z' }, /time/],
  ['a day that no month has', { timestamp: '2026-02-30T00:00:00.000Z' }, /time/],
  ['a time that is text', { timestamp: 'yesterday' }, /time/],
  ['a time without milliseconds', { timestamp: '2026-02-20T00:00:00Z' }, /time/],
  ['a location that can be none', { locationId: 'store 1\0' }, /location/],
  ['an id that is no UUID', { eventId: '7' }, /UUID/],
  ['an id in capitals', { eventId: '018F8B9E-0000-7000-8000-0000000000AB' }, /UUID/],
];

describe.each(TEST_DATABASES)('quarantine on $kind', ({ create }) => {
  let home: TestDatabase;
  let database: Database;
  let log: EventLog;
  let terminal: AuthenticTerminal;
  let terminals = 0;
  let chain: FramedEvent[] = [];

  beforeAll(async () => {
    home = await create();
    database = await home.open();
    log = createEventLog(database, silentBus());
  }, 120_000);
  afterAll(async () => {
    await database.close();
    await home.dispose();
  });
  beforeEach(async () => {
    terminals += 1;
    chain = [];
    const enrolment = await enrolTerminal(database, `Q${terminals}`, `STORE-Q${terminals}`, new Date());
    if (enrolment === 'location_differs') throw new Error('unexpected');
    terminal = enrolment;
  });

  let ids = 0;
  /** The next event of the terminal: a sale of one A, but for what is changed. */
  function next(change: Change = {}): FramedEvent {
    ids += 1;
    const last = chain.at(-1);
    const event = chainEvent(
      {
        eventId: `018f8b9e-0000-7000-8000-${String(ids).padStart(12, '0')}`,
        terminalId: terminal.terminalId,
        seq: (last?.seq ?? 0) + 1,
        eventType: 'inventory.updated',
        aggregateId: 'A',
        timestamp: '2026-11-23T09:00:00.000Z',
        locationId: terminal.locationId,
        payload: canonicalJson(MOVEMENT),
        metadata: canonicalJson({ user_id: 'U1' }),
        ...change,
      },
      last?.hash ?? GENESIS_HASH,
    );
    chain.push(event);
    return event;
  }

  const quarantined: QuarantinedEvent[][] = [];
  async function push(events: readonly FramedEvent[]) {
    quarantined.length = 0;
    const failures: unknown[] = [];
    // As it comes over the wire.
    const request = pushRequestSchema.parse(
      JSON.parse(JSON.stringify({ terminalId: terminal.terminalId, from: events[0]?.seq, events })),
    );
    const reply = await ingestBatch(log, terminal, request, {
      onFailure: (error) => failures.push(error),
      onQuarantined: (found) => quarantined.push([...found]),
    });
    expect(failures).toEqual([]);
    return reply;
  }
  const stockOfA = async () => (await readStock(database, terminal.locationId))[0]?.quantity;
  const pull = (after = 0, limit = 500) => readOwnEvents(database, terminal.terminalId, { after, limit });

  it.each(UNSTORABLE)('takes an event with %s, and all that are around it', async (_what, change, reason) => {
    const events = [next(), next(change), next()];
    const inWords: unknown = expect.stringMatching(reason);
    expect(framedEventSchema.safeParse(events[1]).success).toBe(true);
    expect(await push(events)).toEqual({ ok: true, ackedThrough: 3, quarantined: 1 });
    expect(quarantined).toEqual([[{ seq: 2, eventId: events[1]?.eventId, reason: inWords }]]);
    expect(await stockOfA()).toBe(-2);
    expect(await verifyChain(database, terminal.terminalId)).toEqual({
      events: 3,
      whole: true,
      quarantined: 1,
    });
    // As the terminal made it, to the last bit of its text.
    expect(await pull()).toEqual({ ok: true, events, head: { seq: 3, hash: events[2]?.hash } });
    expect(await readQuarantineOf(database, terminal.terminalId)).toMatchObject({
      ok: true,
      count: 1,
      events: [
        { seq: 2, eventType: events[1]?.eventType.replace('\0', '\uFFFD').slice(0, 100), reason: inWords },
      ],
    });
  });

  it('is nothing that is ever sent twice', async () => {
    const events = [next(), next({ payload: 'x' }), next({ payload: 'y' }), next()];
    await push(events.slice(0, 2));
    expect(await push(events)).toEqual({ ok: true, ackedThrough: 4, quarantined: 2 });
    expect(await push(events)).toEqual({ ok: true, ackedThrough: 4, quarantined: 2 });
    expect(quarantined).toEqual([]);
    expect(await push(events.slice(1, 3))).toEqual({ ok: true, ackedThrough: 4, quarantined: 2 });
    expect(await stockOfA()).toBe(-2);
  });

  it('may be the end of the history: what comes next continues it', async () => {
    await push([next(), next({ payload: 'x' })]);
    expect(await push([next()])).toEqual({ ok: true, ackedThrough: 3, quarantined: 1 });
    expect(await verifyChain(database, terminal.terminalId)).toMatchObject({ events: 3, whole: true });
  });

  it('notices another history at an event that it holds', async () => {
    await push([next(), next({ payload: 'x' })]);
    chain = chain.slice(0, 1);
    const other = next({ payload: 'y' });
    expect(await push([other])).toMatchObject({ ok: false, code: 'chain_broken' });
    expect(await push([other, next()])).toMatchObject({ ok: false, code: 'chain_broken' });
  });

  it('refuses as before what is not in the chain, and what is of another till', async () => {
    const good = next();
    const bad = next({ payload: 'x' });
    for (const change of [{ hash: '1'.repeat(64) }, { prevHash: '1'.repeat(64) }, { payload: 'z' }]) {
      expect(await push([good, { ...bad, ...change }])).toMatchObject({ ok: false, code: 'chain_broken' });
    }
    chain = [];
    expect(await push([next({ locationId: 'STORE-OTHER' })])).toMatchObject({ code: 'wrong_terminal' });
    chain = [];
    expect(await push([next({ terminalId: 'OTHER' })])).toMatchObject({ code: 'wrong_terminal' });
    expect((await readQuarantineOf(database, terminal.terminalId)).count).toBe(0);
  });

  it('finds by itself which event has the id of another one', async () => {
    const [first, second] = [next(), next()];
    await push([first, second]);
    const again = [next(), next({ eventId: first.eventId }), next()];
    const within = next({ eventId: again[0]?.eventId ?? '' });
    expect(await push([...again, within, next()])).toEqual({ ok: true, ackedThrough: 7, quarantined: 2 });
    expect(quarantined[0]?.map(({ seq, reason }) => [seq, reason])).toEqual([
      [4, expect.stringContaining('another event')],
      [6, expect.stringContaining('another event')],
    ]);
    expect(await stockOfA()).toBe(-5);
    expect(await verifyChain(database, terminal.terminalId)).toMatchObject({ events: 7, whole: true });
  });

  it('finds by itself what only the database knows to be unstorable', async () => {
    await database.execute(`CREATE OR REPLACE FUNCTION refuse_odd() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'no such value' USING ERRCODE = '22003'; END $$`);
    await database.execute(`CREATE TRIGGER refuse_odd BEFORE INSERT ON event_log_default FOR EACH ROW
      WHEN (NEW.aggregate_id = 'ODD') EXECUTE FUNCTION refuse_odd()`);
    // All months into the one with the trigger.
    const months = await partitions(database);
    for (const month of months) await database.execute(`ALTER TABLE event_log DETACH PARTITION ${month}`);
    try {
      const events = Array.from({ length: 30 }, (_, index) =>
        next([3, 4, 29].includes(index) ? { aggregateId: 'ODD', eventType: 'odd.event' } : {}),
      );
      expect(await push(events)).toEqual({ ok: true, ackedThrough: 30, quarantined: 3 });
      expect(quarantined[0]?.map(({ seq }) => seq)).toEqual([4, 5, 30]);
      expect(await stockOfA()).toBe(-27);
    } finally {
      await database.execute('DROP TRIGGER refuse_odd ON event_log_default');
    }
  });

  it('counts what the stock could not read and what subscribers parked, until a person has done with it', async () => {
    const events = [next(), next({ payload: canonicalJson({ sku: 'A' }) }), next({ payload: 'x' }), next()];
    expect(await push(events)).toEqual({ ok: true, ackedThrough: 4, quarantined: 2 });
    await parkEvent(database, 'order-book', events[0]?.eventId ?? '', new Error('cannot take it'));
    await parkEvent(database, 'another', events[0]?.eventId ?? '', new Error('nor can I'));
    const waiting = await readQuarantineOf(database, terminal.terminalId);
    expect(waiting.count).toBe(3);
    expect(waiting.events.find(({ seq }) => seq === 1)?.reason).toBe('cannot take it; nor can I');
    expect(await push([next()])).toEqual({ ok: true, ackedThrough: 5, quarantined: 3 });

    expect(await dismissFrame(database, terminal.terminalId, 3, new Date())).toBe(true);
    expect(await dismissFrame(database, terminal.terminalId, 3, new Date())).toBe(false);
    for (const letter of await readDeadLetters(database)) {
      if (letter.terminal_id !== terminal.terminalId) continue;
      expect(await dismissDeadLetter(database, letter.id, new Date())).toBe(true);
    }
    expect(await readQuarantineOf(database, terminal.terminalId)).toEqual({ ok: true, count: 0, events: [] });
    expect(await push([next()])).toEqual({ ok: true, ackedThrough: 6 });
    expect((await listQuarantinedFrames(database, 1000)).map(({ terminal_id }) => terminal_id)).not.toContain(
      terminal.terminalId,
    );
    // Dismissed is not deleted.
    expect(await verifyChain(database, terminal.terminalId)).toMatchObject({ quarantined: 1, whole: true });
  });

  it.each<JsonValue>([2, 'x', null])(
    'parks a movement of version %j, which this server cannot read',
    async (schema) => {
      const metadata = canonicalJson({ user_id: 'U1', schema });
      const ofVersion: unknown = expect.stringContaining('version');
      expect(await push([next(), next({ metadata }), next()])).toEqual({
        ok: true,
        ackedThrough: 3,
        quarantined: 1,
      });
      expect(await stockOfA()).toBe(-2);
      expect((await readQuarantineOf(database, terminal.terminalId)).events).toMatchObject([
        { seq: 2, eventType: 'inventory.updated', reason: ofVersion },
      ]);
    },
  );

  it('proves by its hashes that what it holds was not altered', async () => {
    await push([next(), next({ payload: 'x' }), next()]);
    const forged = { ...chain[1], payload: 'y' };
    await database.execute('UPDATE quarantined_events SET frame = $2 WHERE terminal_id = $1', [
      terminal.terminalId,
      Buffer.from(JSON.stringify(forged)),
    ]);
    expect(await verifyChain(database, terminal.terminalId)).toEqual({
      events: 1,
      whole: false,
      break: { seq: 2, code: 'hash_differs' },
    });
  });

  it('gives a terminal its events back in pages, bounded by number and by size', async () => {
    const big = JSON.stringify('x'.repeat(200_000));
    for (let batch = 0; batch < 6; batch += 1) {
      await push([
        next(),
        next({ payload: big, eventType: 'test.big' }),
        next({ payload: `{${big}` }),
        next(),
      ]);
    }
    const back: FramedEvent[] = [];
    while (back.length < chain.length) {
      const page = await pull(back.length, 7);
      if (!page.ok) throw new Error(page.message);
      expect(page.head).toEqual({ seq: chain.length, hash: chain.at(-1)?.hash });
      expect(page.events.length).toBeGreaterThan(0);
      expect(page.events.length).toBeLessThanOrEqual(7);
      const size = page.events.reduce(
        (sum, { payload, metadata }) => sum + payload.length + metadata.length,
        0,
      );
      expect(size).toBeLessThanOrEqual(1_000_000);
      back.push(...page.events);
    }
    expect(back).toEqual(chain);
    expect(findChainBreak({ seq: 0, hash: GENESIS_HASH }, back)).toBeUndefined();
    expect(await pull(chain.length)).toMatchObject({ ok: true, events: [] });
    expect(await pull(chain.length + 5)).toMatchObject({ ok: true, events: [] });
  });

  it('says nothing of the terminals that have nothing there', async () => {
    const till = eventSource(terminal.terminalId, terminal.locationId);
    expect(await push(till.sale(2))).toEqual({ ok: true, ackedThrough: 6 });
    expect(await verifyChain(database, terminal.terminalId)).toEqual({ events: 6, whole: true });
  });
});

async function partitions(database: Database): Promise<string[]> {
  const rows = await database.query(
    PARTITION,
    `SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
     WHERE inhparent = 'event_log'::regclass AND relname <> 'event_log_default'`,
  );
  return rows.map(({ relname }) => relname);
}
const PARTITION = z.object({ relname: z.string() });

const MOVEMENT = {
  sku: 'A',
  old_quantity: 1,
  new_quantity: 0,
  change: -1,
  reason: 'sale',
  reference_id: 'ORD-1',
};
