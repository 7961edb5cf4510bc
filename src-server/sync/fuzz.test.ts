/**
 * Malformed handshakes and messages of the terminals' sockets, made from valid ones, and frames that are none. Nothing
 * may crash the server, be logged as its failure or, unless it was accepted, change a row. HOLDFAST_FUZZ_RUNS multiplies their number.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { LIVE_NAMESPACE } from '#sync/protocol/live-messages.ts';
import {
  PROTOCOL_VERSION,
  SYNC_NAMESPACE,
  eventsPullReplySchema,
  helloReplySchema,
  pushReplySchema,
  quarantineListReplySchema,
  refusedConnectionSchema,
} from '#sync/protocol/messages.ts';
import type { Database } from '../database/database.ts';
import { openDatabase } from '../database/open-database.ts';
import { type RunningServer, startServer } from '../server.ts';
import { adminClient } from '../test-support/admin-client.ts';
import { type Draw, drawn } from '../test-support/draw.ts';
import { memoryLog } from '../test-support/memory-log.ts';
import { type TestPostgres, startTestPostgres } from '../test-support/postgres.ts';
import { type RawSocket, openRawSocket } from '../test-support/raw-socket.ts';
import { type RowWatch, watchRows } from '../test-support/row-watch.ts';
import { eventSource, pushOf } from '../test-support/sale-events.ts';
import { NASTY_VALUES, spoiltJson } from '../test-support/spoilt-json.ts';
import { helloOf } from '../test-support/terminal-client.ts';

const TIMES = Number(process.env['HOLDFAST_FUZZ_RUNS'] ?? 1);
const TIMEOUT_MS = 60_000 * TIMES;
const refusalFrame = z.object({ message: z.string(), data: refusedConnectionSchema });
const replies = {
  'events.push': pushReplySchema,
  'sync.hello': helloReplySchema,
  'events.pull': eventsPullReplySchema,
  'quarantine.list': quarantineListReplySchema,
};

/** Frames of engine.io and packets of socket.io that are cut, of no known kind, or at the wrong time or place. */
const NO_MESSAGES = `
  1 3 4 5 6 7 9 x 40 41 41/sync, 42 43 44 45 42/sync, 42/sync,{} 42/sync,[] 42/sync,[null] 42/sync,[[]] 42/sync,[{}]
  40/sync 40/sync, 40/sync,{ 40/sync,"x" 40/nothing,{} 40/__proto__,{} 42/nothing,["x"] 44/sync,"no" 43/sync,1["what"]
  42/sync,[1] 42/sync,["events.push" 42/sync,1["events.push"] 42/sync,1["events.push",{},{},{}] 42/sync,["no.such",{}]
  42/sync,99999999999999999999["events.push",{}] 42/sync,-1["events.push",{}] 42/sync,1.5["events.push",{}]
  42/sync,["connect"] 42/sync,["connect_error"] 42/sync,["disconnect"] 42/sync,["disconnecting"] 42/sync,["error"]
  42/sync,["newListener"] 42/sync,["__proto__",{}] 42/sync,["constructor",{}] 42/sync,["toString",{}]
  451-/sync,["events.push",{"_placeholder":true,"num":0}] 45-/sync,[] 45999999999-/sync,[] 45-1-/sync,[]
  42/sync,1["events.push",{"_placeholder":true,"num":9}] 461-/sync,1[{"_placeholder":true,"num":0}]
`;

describe('malformed socket messages', () => {
  const log = memoryLog('error');
  let cluster: TestPostgres;
  let server: RunningServer;
  let database: Database;
  let rows: RowWatch;
  let handshake: object;

  beforeAll(async () => {
    cluster = await startTestPostgres({ unsafeFast: true });
    const choice = { kind: 'postgres', url: cluster.url } as const;
    server = await startServer({
      host: '127.0.0.1',
      port: 0,
      database: choice,
      admin: { key: 'a-key-for-tests-only' },
      logger: log.logger,
    });
    database = await openDatabase(choice);
    const token = await adminClient(server.url, server.adminKey).enrol('T1', 'STORE-001');
    handshake = { protocol: PROTOCOL_VERSION, terminalId: 'T1', token };
    rows = watchRows(database);
    await rows.settle();
  }, 120_000);
  afterAll(async () => {
    await server.close();
    await database.close();
    await cluster.stop();
  });

  async function expectUnharmed(what: string): Promise<void> {
    expect([what, ...(await rows.changed())]).toEqual([what]);
    expect([what, ...log.lines]).toEqual([what]);
  }

  /** A terminal that was let in. */
  async function connected(): Promise<RawSocket> {
    const socket = await openRawSocket(server.url);
    const greeting = await socket.ask(`40${SYNC_NAMESPACE},${JSON.stringify(handshake)}`, '4');
    expect(greeting).toMatch(/^40\/sync,\{"sid"/);
    return socket;
  }

  it.each([SYNC_NAMESPACE, LIVE_NAMESPACE])(
    'of the handshake of %s let nobody in',
    async (namespace) => {
      await drawn(80 * TIMES, async (draw) => {
        const socket = await openRawSocket(server.url);
        const auth = spoiltJson(draw, handshake);
        socket.send(`40${namespace},${auth}`);
        const answer = await socket.next();
        if (answer?.startsWith(`44${namespace},`) === true) {
          const { code } = refusalFrame.parse(JSON.parse(answer.slice(answer.indexOf(',') + 1))).data;
          expect(['malformed_handshake', 'protocol_unsupported', 'unauthorized']).toContain(code);
        } else if (answer !== undefined) {
          // Fields that nobody knows do no harm here: a terminal may be newer than its server.
          expect(JSON.parse(auth)).toMatchObject(handshake);
        }
        socket.close();
        await expectUnharmed(auth);
      });
    },
    TIMEOUT_MS,
  );

  it(
    'of a terminal are answered with a code',
    async () => {
      const till = eventSource('T1', 'STORE-001');
      let sale = till.sale(2);
      let socket = await connected();
      let number = 0;
      const refused: string[] = [];

      async function attack(draw: Draw): Promise<void> {
        if (!socket.isOpen()) socket = await connected();
        number += 1;
        const name = draw.oneOf([
          'events.push',
          'events.push',
          'events.push',
          'events.push',
          'sync.hello',
          'events.pull',
          'quarantine.list',
        ] as const);
        const sound = {
          'events.push': pushOf(sale),
          'sync.hello': helloOf(),
          'events.pull': { after: 0, limit: 10 },
          'quarantine.list': {},
        };
        const message = spoiltJson(draw, sound[name]);
        // Without a message socket.io's text would be none.
        const parts = message === '' ? '' : `,${message}`;
        const answer = await socket.ask(`42/sync,${number}["${name}"${parts}]`, `43/sync,${number}[`);
        if (answer === undefined) {
          await expectUnharmed(`hung up on ${message}`);
          return;
        }
        const [reply] = z.tuple([replies[name]]).parse(JSON.parse(answer.slice(answer.indexOf('['))));
        if (reply.ok) {
          await rows.settle();
          const through = name === 'events.push' && 'ackedThrough' in reply ? reply.ackedThrough : 0;
          if (through >= (sale.at(-1)?.seq ?? 0)) sale = till.sale(2);
          return;
        }
        refused.push(reply.code);
        // That it came is to be seen by a person.
        if (reply.code === 'forked' || reply.code === 'behind') {
          await rows.settle();
          return;
        }
        await expectUnharmed(`${reply.code} for ${message.slice(0, 2000)}`);
      }

      await drawn(300 * TIMES, attack);
      socket.close();
      expect(refused.length).toBeGreaterThan(100);
      expect(new Set(refused)).toContain('malformed');
    },
    TIMEOUT_MS,
  );

  it('that are no messages end the connection at most', async () => {
    const values = NASTY_VALUES.map((value) => JSON.stringify(value) ?? '');
    const frames = [
      '',
      '\u0000',
      ...NO_MESSAGES.trim().split(/\s+/),
      ...values.map((value) => `42/sync,7["events.push",${value}]`),
      ...values.map((value) => `42/sync,7[${value}]`),
      ...values.map((value) => `42/sync,7${value}`),
      Buffer.alloc(0),
      Buffer.from([0]),
      Buffer.from([4, 0xff]),
      Buffer.alloc(70_000, 0x34),
    ];
    for (const frame of frames) {
      const socket = await connected();
      socket.send(frame);
      // Refused, or the end: either way the server has read what came before.
      await socket.ask(`40${LIVE_NAMESPACE},{}`, `44${LIVE_NAMESPACE},`);
      socket.close();
      await expectUnharmed(String(frame).slice(0, 200));
    }
    const { ok } = await fetch(`${server.url}/readyz`);
    expect(ok).toBe(true);
  });
});
