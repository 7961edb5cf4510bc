/** Many tills come back with backlogs at once, to a process that holds few batches: everybody gets through, and it stays small. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventRecord } from '#domain/events/event-record.ts';
import { type Flow, flowSchema, pushReplySchema } from '#sync/protocol/messages.ts';
import { pushReplyV1Schema } from '#sync/protocol/version-1.ts';
import type { Database } from '../database/database.ts';
import { verifyChain } from '../log/read-log.ts';
import { enrolTerminal } from '../terminals/terminals.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { type LiveProcess, startLiveProcess } from '../test-support/live-process.ts';
import { eventSource, pushOf } from '../test-support/sale-events.ts';
import { silentBus } from '../test-support/silent-bus.ts';
import { connectSocket, helloOf } from '../test-support/terminal-client.ts';

const CAPACITY = { batches: 3, bytes: 60_000 };
const TILLS = 16;
const OLD_TILLS = 3;
const BATCHES = 20;
const ANSWER_WITHIN_MS = 60_000;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.each(TEST_DATABASES)('back-pressure on $kind', ({ create }) => {
  let home: TestDatabase;
  let database: Database;
  let process: LiveProcess;

  beforeAll(async () => {
    home = await create();
    database = await home.open();
    process = await startLiveProcess({ database, bus: silentBus(), capacity: CAPACITY });
  }, 120_000);
  afterAll(async () => {
    await process.close();
    await database.close();
    await home.dispose();
  });

  async function enrol(terminalId: string) {
    const enrolment = await enrolTerminal(database, terminalId, 'STORE-001', new Date());
    if (enrolment === 'location_differs') throw new Error('unexpected');
    return enrolment.token;
  }
  /** Sales of one item: five events. */
  const backlog = (terminalId: string): EventRecord[][] => {
    const till = eventSource(terminalId, 'STORE-001');
    return Array.from({ length: BATCHES }, () => till.sale(1));
  };

  const progress = new Map<string, number>();
  let pauses = 0;
  let largest = { batches: 0, bytes: 0 };

  function look(): void {
    const { batches, bytes } = process.sync.load();
    largest = { batches: Math.max(largest.batches, batches), bytes: Math.max(largest.bytes, bytes) };
  }

  /** As a till of today: as many as the server wants, and away for as long as it says. */
  async function drain(terminalId: string): Promise<void> {
    const token = await enrol(terminalId);
    const { socket } = await connectSocket(process.url, '/sync', { protocol: 2, terminalId, token });
    const ask = (name: string, message: unknown): Promise<unknown> =>
      socket.timeout(ANSWER_WITHIN_MS).emitWithAck(name, message);
    const hello: unknown = await ask('sync.hello', helloOf());
    let flow: Flow = flowSchema.parse(Reflect.get(Object(hello), 'flow'));
    const batches = backlog(terminalId);
    let done = 0;
    while (done < batches.length) {
      const window = batches.slice(done, done + flow.window);
      const replies = await Promise.all(window.map((events) => ask('events.push', pushOf(events))));
      let pauseMs = 0;
      for (const reply of replies.map((one) => pushReplySchema.parse(one))) {
        look();
        if (reply.flow !== undefined) ({ flow } = reply);
        if (reply.ok) done += 1;
        else {
          expect(reply.code).toBe('paused');
          pauses += 1;
          pauseMs = Math.max(pauseMs, flow.pauseMs);
          expect(flow.pauseMs).toBeGreaterThan(0);
        }
      }
      progress.set(terminalId, done);
      if (pauseMs > 0) await sleep(pauseMs);
    }
    socket.close();
  }

  /** As one of release 0.1.0, which knows no pause: it hears "not now", and tries again. */
  async function drainOld(terminalId: string): Promise<void> {
    const token = await enrol(terminalId);
    const { socket } = await connectSocket(process.url, '/sync', { protocol: 1, terminalId, token });
    for (const events of backlog(terminalId)) {
      for (let taken = false; !taken;) {
        const answer: unknown = await socket
          .timeout(ANSWER_WITHIN_MS)
          .emitWithAck('events.push', pushOf(events));
        const reply = pushReplyV1Schema.parse(answer);
        look();
        // Nothing in it that is not of version 1.
        expect(answer).toEqual(reply);
        taken = reply.ok;
        if (!reply.ok) {
          expect(reply.code).toBe('unavailable');
          await sleep(100);
        }
      }
      progress.set(terminalId, (progress.get(terminalId) ?? 0) + 1);
    }
    socket.close();
  }

  it('sends away what is too much, lets everybody through in turn, and never holds more than its bounds', async () => {
    const tills = Array.from({ length: TILLS }, (_, index) => `P${index}`);
    const old = Array.from({ length: OLD_TILLS }, (_, index) => `O${index}`);
    let behindTheFirst: number[] = [];
    const watch = async (done: Promise<void>) => {
      await done;
      if (behindTheFirst.length === 0) behindTheFirst = tills.map((one) => progress.get(one) ?? 0);
    };
    await Promise.all([...tills.map((one) => watch(drain(one))), ...old.map((one) => drainOld(one))]);

    expect(largest.batches).toBeLessThanOrEqual(CAPACITY.batches);
    expect(largest.bytes).toBeLessThanOrEqual(CAPACITY.bytes);
    // PGlite works in this very process: there the next message is only read when a batch is stored.
    if (database.kind === 'postgres') {
      expect(pauses).toBeGreaterThan(0);
      expect(largest.batches).toBe(CAPACITY.batches);
    }
    // When the first was ready, nobody had been left behind.
    expect(Math.min(...behindTheFirst)).toBeGreaterThanOrEqual(BATCHES / 4);
    for (const terminalId of [...tills, ...old]) {
      expect(await verifyChain(database, terminalId)).toEqual({ events: BATCHES * 5, whole: true });
    }
    expect(process.sync.load()).toEqual({ batches: 0, bytes: 0, paused: 0 });
  }, 240_000);
});
