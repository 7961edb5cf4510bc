/** What a terminal says of its history and its clock, and what becomes of copies of it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type EventRecord, GENESIS_HASH } from '#domain/events/event-record.ts';
import { chainEvent } from '#sync/protocol/hash-chain.ts';
import type { ChainPoint, HelloRequest } from '#sync/protocol/messages.ts';
import { type RunningServer, startServer } from '../server.ts';
import { type AdminClient, adminClient } from '../test-support/admin-client.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { type EventSource, eventSource, pushOf } from '../test-support/sale-events.ts';
import { type RecordingLogger, recordingLogger } from '../test-support/recording-logger.ts';
import { type TestTerminal, connectTerminal, handshake } from '../test-support/terminal-client.ts';

const forksBody = z.object({
  forks: z.array(z.looseObject({ id: z.int(), terminal_id: z.string(), times_seen: z.int() })),
});
const terminalsBody = z.object({
  terminals: z.array(
    z.looseObject({
      terminal_id: z.string(),
      skew_ms: z.int().nullable(),
      forks: z.int(),
      head_seq: z.int(),
    }),
  ),
});

describe.each(TEST_DATABASES)('hello on $kind', ({ create }) => {
  let home: TestDatabase;
  let server: RunningServer;
  let admin: AdminClient;
  let logger: RecordingLogger;
  let terminals = 0;
  let terminalId = '';
  let token = '';
  let till: EventSource;
  let open: TestTerminal[] = [];

  beforeAll(async () => {
    home = await create();
    logger = recordingLogger();
    server = await startServer({
      host: '127.0.0.1',
      port: 0,
      database: home.choice,
      admin: { key: 'a-key-for-tests-only' },
      logger,
    });
    admin = adminClient(server.url, server.adminKey);
  }, 120_000);
  afterAll(async () => {
    await server.close();
    await home.dispose();
  });
  beforeEach(async () => {
    for (const terminal of open) terminal.close();
    open = [];
    terminals += 1;
    terminalId = `H${terminals}`;
    token = await admin.enrol(terminalId, 'STORE-001');
    till = eventSource(terminalId, 'STORE-001');
  });

  async function connect(): Promise<TestTerminal> {
    const terminal = await connectTerminal(server.url, handshake(terminalId, token));
    open.push(terminal);
    return terminal;
  }
  const NOTHING = { seq: 0, hash: GENESIS_HASH };
  const pointOf = (event: EventRecord | undefined): ChainPoint =>
    event === undefined ? NOTHING : { seq: event.seq, hash: event.hash };
  /** As a till says it that has these events, and holds so many of them for acknowledged. */
  const saying = (
    events: readonly EventRecord[],
    acked = events.length,
    recovering = false,
  ): Partial<HelloRequest> => ({
    head: pointOf(events.at(-1)),
    acked: pointOf(events[acked - 1]),
    recovering,
  });
  const forks = async () => {
    const { forks: all } = forksBody.parse((await admin.get('/api/terminal-forks')).body);
    return all.filter((fork) => fork.terminal_id === terminalId);
  };
  const listed = async () =>
    terminalsBody
      .parse((await admin.get('/api/terminals')).body)
      .terminals.find((row) => row.terminal_id === terminalId);
  const warnings = () =>
    logger.lines.filter(
      ({ level, fields }) => level === 'warn' && Reflect.get(Object(fields), 'terminalId') === terminalId,
    );

  it('welcomes a till that is further, and one that is where the server is', async () => {
    const events = [...till.sale(1), ...till.sale(1)];
    const terminal = await connect();
    expect(await terminal.hello(saying(events, 0))).toMatchObject({ ok: true, ackedThrough: 0 });
    await terminal.push(pushOf(events.slice(0, 5)));
    expect(await terminal.hello(saying(events, 5))).toMatchObject({ ok: true, ackedThrough: 5 });
    // It did not hear the answer to its last batch.
    expect(await terminal.hello(saying(events, 3))).toMatchObject({ ok: true, ackedThrough: 5 });
    expect(await terminal.hello(saying(events.slice(0, 5)))).toMatchObject({
      ok: true,
      headHash: events[4]?.hash,
    });
    // A server that was restored from an older backup has less than it has acknowledged.
    expect(await terminal.hello(saying(events))).toMatchObject({ ok: true, ackedThrough: 5 });
    expect(await forks()).toEqual([]);
  });

  it('tells an old copy from a till that lost its disk and knows it', async () => {
    const events = [...till.sale(1), ...till.sale(1)];
    const terminal = await connect();
    await terminal.hello(saying(events, 0));
    await terminal.push(pushOf(events));
    const copy = await connect();
    for (const stand of [0, 1, events.length - 1]) {
      expect(await copy.hello(saying(events.slice(0, stand)))).toMatchObject({ ok: false, code: 'behind' });
      expect(await copy.hello(saying(events.slice(0, stand), stand, true))).toMatchObject({
        ok: true,
        ackedThrough: events.length,
      });
    }
    expect(await forks()).toMatchObject([{ kind: 'behind', seq: 0, times_seen: 3, epoch: 1 }]);
    expect(warnings()).toHaveLength(1);
  });

  it('tells another history from its own, wherever the two part', async () => {
    const events = [...till.sale(1), ...till.sale(1)];
    const other = eventSource(terminalId, 'STORE-001');
    const foreign = [...other.sale(1), ...other.sale(1), ...other.sale(1)];
    const terminal = await connect();
    await terminal.push(pushOf(events));
    const copy = await connect();
    // Its head is another event; it holds another for acknowledged; it is further; it even says that it recovers.
    const lies = [
      saying(foreign.slice(0, events.length)),
      { ...saying(events), head: pointOf(foreign[4]) },
      saying(foreign, 3),
      saying(foreign.slice(0, 3), 3, true),
    ];
    for (const said of lies) {
      expect(await copy.hello(said)).toMatchObject({ ok: false, code: 'forked' });
    }
    expect(await forks()).toMatchObject([
      {
        kind: 'forked',
        seq: 3,
        our_hash: events[2]?.hash,
        their_hash: foreign[2]?.hash,
        times_seen: lies.length,
      },
    ]);
    expect(warnings()).toHaveLength(1);
    expect(await listed()).toMatchObject({ forks: 1, head_seq: events.length });
  });

  it('leaves the till alone while its copy comes again and again', async () => {
    const events = till.sale(1);
    const original = await connect();
    await original.hello(saying(events, 0));
    await original.push(pushOf(events));
    let ended = false;
    void original.ended.then(() => {
      ended = true;
    });
    const foreign = eventSource(terminalId, 'STORE-001').sale(1);
    for (let time = 0; time < 3; time += 1) {
      const copy = await connect();
      expect(await copy.hello(saying(foreign))).toMatchObject({ ok: false, code: 'forked' });
      expect(await copy.push(pushOf(foreign))).toMatchObject({ ok: false, code: 'chain_broken' });
      copy.close();
      expect(await original.push(pushOf(till.sale(1)))).toMatchObject({ ok: true });
    }
    expect(ended).toBe(false);
    expect(await forks()).toMatchObject([{ kind: 'forked', times_seen: 6 }]);
    expect((await admin.get(`/api/terminals/${terminalId}/verify-chain`)).body).toMatchObject({
      events: events.length * 4,
      whole: true,
    });
  });

  it('lets a till that comes again take over from its older connection', async () => {
    const first = await connect();
    await first.hello(saying([]));
    const second = await connect();
    expect(await second.hello(saying([]))).toMatchObject({ ok: true });
    await first.ended;
  });

  it('records a fork that only a push shows', async () => {
    const events = till.sale(1);
    const terminal = await connect();
    await terminal.hello(saying([]));
    await terminal.push(pushOf(events));
    const other = eventSource(terminalId, 'STORE-001');
    const foreign = [...other.sale(1), ...other.sale(1)];
    expect(await terminal.push(pushOf(foreign.slice(events.length)))).toMatchObject({
      ok: false,
      code: 'chain_broken',
    });
    expect(await forks()).toMatchObject([
      { kind: 'forked', seq: events.length, their_hash: foreign[events.length - 1]?.hash, times_seen: 1 },
    ]);
  });

  it('lists a copy that was looked after no more, and anew when it comes again', async () => {
    const foreign = eventSource(terminalId, 'STORE-001').sale(1);
    const terminal = await connect();
    await terminal.push(pushOf(till.sale(1)));
    await terminal.hello(saying(foreign));
    const [fork] = await forks();
    expect(await admin.post(`/api/terminal-forks/${fork?.id}/clear`)).toMatchObject({ status: 200 });
    expect(await admin.post(`/api/terminal-forks/${fork?.id}/clear`)).toMatchObject({ status: 404 });
    expect(await forks()).toEqual([]);
    expect(await listed()).toMatchObject({ forks: 0 });
    await terminal.hello(saying(foreign));
    expect(await forks()).toMatchObject([{ times_seen: 1 }]);
    expect(warnings()).toHaveLength(2);
  });

  it('compares with what is in quarantine too', async () => {
    const sound = till.next('order.noted', 'X', {});
    const bad = chainEvent({ ...sound, payload: '{ }' }, sound.prevHash);
    const next = chainEvent({ ...sound, seq: 2, eventId: '0193b1c0-1111-7000-8000-000000000009' }, bad.hash);
    const terminal = await connect();
    expect(await terminal.push(pushOf([bad, next]))).toMatchObject({ ok: true, quarantined: 1 });
    expect(await terminal.hello(saying([bad, next], 1))).toMatchObject({ ok: true, quarantined: 1 });
    expect(await terminal.hello(saying([sound, next], 1))).toMatchObject({ ok: false, code: 'forked' });
    expect(await forks()).toMatchObject([{ seq: 1, our_hash: bad.hash, their_hash: sound.hash }]);
  });

  it('notes how far the clock of a till is off, and says so to the till and to the admin', async () => {
    const terminal = await connect();
    const year = 365 * 86_400_000;
    for (const off of [year, -year, 0]) {
      const reply = await terminal.hello({ clock: new Date(Date.now() + off).toISOString() });
      if (!reply.ok) throw new Error(reply.message);
      expect(Math.abs((reply.clockSkewMs ?? Number.NaN) - off)).toBeLessThan(30_000);
      expect((await listed())?.skew_ms).toBe(reply.clockSkewMs);
    }
  });

  it('does not believe a copy what its clock shows', async () => {
    const terminal = await connect();
    await terminal.hello({ clock: new Date().toISOString() });
    const before = (await listed())?.skew_ms;
    await terminal.push(pushOf(till.sale(1)));
    const foreign = eventSource(terminalId, 'STORE-001').sale(1);
    await terminal.hello({ ...saying(foreign), clock: '2001-01-01T00:00:00.000Z' });
    expect((await listed())?.skew_ms).toBe(before);
  });

  it.each([
    ['hash', { head: { seq: 0, hash: '\0' } }],
    ['number', { head: { seq: -1, hash: GENESIS_HASH } }],
    ['clock', { clock: 'noon' }],
  ])('refuses a %s that is none, and records nothing', async (_what, said) => {
    const terminal = await connect();
    expect(await terminal.hello(said)).toMatchObject({ ok: false, code: 'unavailable' });
    expect(await forks()).toEqual([]);
    expect(warnings()).toEqual([]);
  });

  it('gives a till its events back over its line, and lists what cannot be used', async () => {
    const events = [...till.sale(1), till.next('inventory.updated', 'A', { sku: 'A' })];
    const terminal = await connect();
    await terminal.hello(saying(events, 0));
    expect(await terminal.push(pushOf(events))).toMatchObject({ ok: true, quarantined: 1 });
    const ask = (name: string, message: unknown): Promise<unknown> =>
      terminal.socket.timeout(10_000).emitWithAck(name, message);
    expect(await ask('events.pull', { after: 1, limit: 2 })).toEqual({
      ok: true,
      events: events.slice(1, 3),
      head: pointOf(events.at(-1)),
    });
    expect(await ask('quarantine.list', {})).toMatchObject({
      ok: true,
      count: 1,
      events: [{ seq: events.length, eventType: 'inventory.updated' }],
    });
    for (const malformed of [{ after: -1, limit: 1 }, { after: 0, limit: 501 }, null]) {
      expect(await ask('events.pull', malformed)).toMatchObject({ ok: false, code: 'unavailable' });
    }
  });
});
