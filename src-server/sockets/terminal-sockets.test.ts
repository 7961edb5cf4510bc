import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LIVE_NAMESPACE, type LiveChangedOnWire } from '#sync/protocol/live-messages.ts';
import { SYNC_NAMESPACE } from '#sync/protocol/messages.ts';
import type { Database } from '../database/database.ts';
import { enrolTerminal, revokeTerminal } from '../terminals/terminals.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { eventually } from '../test-support/eventually.ts';
import { type RecordingLogger, recordingLogger } from '../test-support/recording-logger.ts';
import { type ConnectedSocket, connectSocket, handshake } from '../test-support/terminal-client.ts';
import { type TerminalNamespace, type TerminalSockets, openTerminalSockets } from './terminal-sockets.ts';

const NAMESPACES = [SYNC_NAMESPACE, LIVE_NAMESPACE];
const NEVER_MS = 600_000;

describe.each(TEST_DATABASES)("the terminals' sockets on $kind", ({ create }) => {
  let home: TestDatabase;
  let database: Database;
  let terminals = 0;
  let terminalId = '';
  let token = '';
  let logger: RecordingLogger;
  const open: TerminalSockets[] = [];

  beforeAll(async () => {
    home = await create();
    database = await home.open();
  }, 120_000);
  afterAll(async () => {
    await database.close();
    await home.dispose();
  });
  beforeEach(async () => {
    terminals += 1;
    terminalId = `T${terminals}`;
    token = await enrol();
    logger = recordingLogger();
  });
  afterEach(async () => {
    // Those that a test has closed already close once more and find nothing.
    await Promise.all(open.splice(0).map((sockets) => sockets.close()));
  });

  async function enrol(id = terminalId): Promise<string> {
    const enrolled = await enrolTerminal(database, id, 'STORE-001', new Date());
    if (enrolled === 'location_differs') throw new Error(enrolled);
    return enrolled.token;
  }
  async function start(
    options: {
      database?: Database;
      lookAtTokensEveryMs?: number;
      newestWins?: 'when_greeted' | 'never';
    } = {},
  ) {
    const { newestWins = 'when_greeted', ...others } = options;
    /** Of each connection, in the order in which they came. */
    const takeOvers: (() => void)[] = [];
    const http = createServer();
    const sockets = openTerminalSockets({
      http,
      database,
      logger,
      lookAtTokensEveryMs: NEVER_MS,
      ...others,
    });
    open.push(sockets);
    const opened: TerminalNamespace[] = NAMESPACES.map((name) =>
      sockets.open(name, { newestWins }, (_socket, { takeOver }) => takeOvers.push(takeOver)),
    );
    await new Promise<void>((resolve) => {
      http.listen(0, '127.0.0.1', resolve);
    });
    const address = http.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const url = `http://127.0.0.1:${address.port}`;
    const connect = (namespace: string, as = handshake(terminalId, token)) =>
      connectSocket(url, namespace, as);
    return { sockets, connect, namespaces: opened, takeOvers };
  }
  const outcomeOf = ({ ended }: ConnectedSocket) =>
    Promise.race([
      ended.then(() => 'ended'),
      new Promise((resolve) => setTimeout(() => resolve('open'), 50)),
    ]);
  const staysOpen = async (connection: ConnectedSocket) => {
    expect(await outcomeOf(connection)).toBe('open');
    connection.socket.close();
  };

  it('ends every connection of a terminal whose token is void, and of no other', async () => {
    const { sockets, connect } = await start();
    const connections = await Promise.all(NAMESPACES.map((name) => connect(name)));
    const otherToken = await enrol(`${terminalId}0`);
    const other = await connect(LIVE_NAMESPACE, handshake(`${terminalId}0`, otherToken));
    await revokeTerminal(database, terminalId, new Date());
    sockets.endVoid(terminalId);
    await Promise.all(connections.map(({ ended }) => ended));
    await staysOpen(other);
  });

  it('spares a terminal that has come back with its new token before the word on the old one', async () => {
    const { sockets, connect } = await start();
    token = await enrol();
    const connection = await connect(SYNC_NAMESPACE);
    sockets.endVoid(terminalId);
    await staysOpen(connection);
  });

  it.each(NAMESPACES)('lets a connection to %s win only when it takes over', async (name) => {
    const { connect, takeOvers } = await start();
    const first = await connect(name);
    const second = await connect(name);
    expect(await outcomeOf(first)).toBe('open');
    takeOvers[1]?.();
    await first.ended;
    await staysOpen(second);
  });

  it('lets none win where none can show that it is the till and no copy of it', async () => {
    const { connect, takeOvers } = await start({ newestWins: 'never' });
    const first = await connect(LIVE_NAMESPACE);
    const second = await connect(LIVE_NAMESPACE);
    for (const takeOver of takeOvers) takeOver();
    expect(takeOvers).toHaveLength(2);
    await staysOpen(first);
    await staysOpen(second);
  });

  it.each([
    ['revoked', () => revokeTerminal(database, terminalId, new Date())],
    ['enrolled again', () => enrol()],
  ])('finds by itself that a terminal was %s, when nobody said so', async (_what, makeVoid) => {
    const { connect } = await start({ lookAtTokensEveryMs: 20 });
    const connections = await Promise.all(NAMESPACES.map((name) => connect(name)));
    const otherToken = await enrol(`${terminalId}0`);
    const other = await connect(LIVE_NAMESPACE, handshake(`${terminalId}0`, otherToken));
    await makeVoid();
    await Promise.all(connections.map(({ ended }) => ended));
    await staysOpen(other);
  });

  it('ends a connection whose token became void while it was shown', async () => {
    const slow: Database = {
      ...database,
      kind: database.kind,
      async query(schema, sql, parameters) {
        const rows = await database.query(schema, sql, parameters);
        if (sql.includes('token_hash')) await revokeTerminal(database, terminalId, new Date());
        return rows;
      },
    };
    const { connect } = await start({ database: slow });
    await (
      await connect(LIVE_NAMESPACE)
    ).ended;
  });

  it('keeps everybody connected while the database is away', async () => {
    let away = false;
    const unreliable: Database = {
      ...database,
      kind: database.kind,
      query: (schema, sql, parameters) =>
        away ? Promise.reject(new Error('away')) : database.query(schema, sql, parameters),
    };
    const { connect } = await start({ database: unreliable, lookAtTokensEveryMs: 10 });
    const connection = await connect(LIVE_NAMESPACE);
    away = true;
    await eventually(() =>
      expect(logger.lines.filter(({ level }) => level === 'warn').length).toBeGreaterThan(2),
    );
    await staysOpen(connection);
  });

  it('cuts off a terminal that does not read, and spares the others', async () => {
    const { connect, namespaces } = await start();
    const namespace = namespaces[1];
    const sleeper = await connect(LIVE_NAMESPACE);
    const otherToken = await enrol(`${terminalId}0`);
    const reader = await connect(LIVE_NAMESPACE, handshake(`${terminalId}0`, otherToken));
    let heard = 0;
    reader.socket.on('live.changed', () => {
      heard += 1;
    });
    stopReading(sleeper);
    const message: LiveChangedOnWire = {
      position: { tx: 1, id: 1 },
      stock: Array.from({ length: 100 }, (_, number) => ({ sku: `SKU-${number}`, quantity: 1, reserved: 0 })),
      merchandise_codes: [],
      items: [],
      promotions: [],
    };
    let sent = 0;
    while (namespace?.sockets.size === 2) {
      namespace.emit('live.changed', message);
      sent += 1;
      // As the hub does, which goes back to the database after each page.
      if (sent % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
      if (sent > 100_000) throw new Error('nobody was cut off');
    }
    expect(logger.lines).toContainEqual(expect.objectContaining({ level: 'warn', fields: { terminalId } }));
    await eventually(() => expect(heard).toBe(sent));
    await staysOpen(reader);
  });

  it('closes although a terminal does not answer its goodbye', async () => {
    const { sockets, connect } = await start();
    stopReading(await connect(LIVE_NAMESPACE));
    await sockets.close();
  });
});

/** What the operating system takes for it, nobody fetches. */
function stopReading({ socket }: ConnectedSocket): void {
  const transport: unknown = Reflect.get(socket.io.engine, 'transport');
  const line: unknown = Reflect.get(Object(transport), 'ws');
  const tcp: unknown = Reflect.get(Object(line), '_socket');
  const pause: unknown = Reflect.get(Object(tcp), 'pause');
  if (typeof pause !== 'function') throw new Error('another client than expected');
  pause.call(tcp);
}
