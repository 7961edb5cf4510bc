/** A bad line between a till and its server: real sockets, and every fault that a network has, when the test says so. */
import { once } from 'node:events';
import { type Server, type Socket, connect, createServer } from 'node:net';
import type { Random } from '../random.ts';
import { type Direction, type FaultLine, type Trap, type Weather, faultLine } from './fault-line.ts';

/** What happens to who connects anew. `ignored`: taken, and never answered. */
export type Newcomers = 'served' | 'refused' | 'ignored';

export interface FaultProxy {
  /** Where the till finds the server, whatever port that has. It stays the same. */
  readonly url: string;
  /** Where new connections lead from now on. */
  leadTo(serverUrl: string): void;
  set(weather: Partial<Weather>): void;
  setNewcomers(newcomers: Newcomers): Promise<void>;
  /** Fine weather, and everybody is served. Traps stay set. */
  heal(): Promise<void>;
  resetAll(): void;
  hangUpAll(): void;
  /** On the newest line, see {@link FaultLine.loseNextAnswer}. At once when there is none. */
  loseNextAnswer(): Promise<void>;
  /** For the next request that it fits; several wait for one request each, in the order they were set. */
  setTrap(trap: Trap): void;
  /** Traps that nothing has stepped into yet. */
  trapsLeft(): number;
  /** What has passed since the start. */
  readonly passed: Readonly<Record<Direction, number>>;
  readonly connections: number;
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
const FINE: Weather = { stalled: 'none', largestPiece: null, bytesPerSecond: null };

export async function openFaultProxy(serverUrl: string, random: Random): Promise<FaultProxy> {
  let target = serverUrl;
  let weather = FINE;
  let newcomers: Newcomers = 'served';
  const traps: Trap[] = [];
  const passed = { up: 0, down: 0 };
  const lines = new Set<FaultLine>();
  const sockets = new Set<Socket>();
  const waiting = new Set<() => void>();
  let connections = 0;

  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    return socket;
  };
  const serve = (client: Socket): void => {
    keep(client);
    connections += 1;
    if (newcomers === 'ignored') {
      client.on('error', () => client.destroy());
      return;
    }
    const server = keep(connect(Number(new URL(target).port), LOOPBACK));
    const line = faultLine(client, server, {
      weather: () => weather,
      changed: (signal) =>
        new Promise((resolve, reject) => {
          const wake = (): void => {
            waiting.delete(wake);
            if (signal.aborted) reject(new Error('The line has ended'));
            else resolve();
          };
          waiting.add(wake);
          signal.addEventListener('abort', wake, { once: true });
        }),
      random,
      takeTrap(request) {
        const found = traps.findIndex(({ requestBegins }) => request.indexOf(requestBegins) === 0);
        return found === -1 ? undefined : traps.splice(found, 1)[0];
      },
      onBytes(direction, count) {
        passed[direction] += count;
      },
    });
    lines.add(line);
    client.on('close', () => lines.delete(line));
  };

  let listener = await listen(serve, 0);
  const port = portOf(listener);
  const set = (next: Partial<Weather>): void => {
    weather = { ...weather, ...next };
    for (const wake of waiting) wake();
  };
  const setNewcomers = async (next: Newcomers): Promise<void> => {
    newcomers = next;
    if (next === 'refused') {
      // `close` would wait for the connections that stand.
      listener.close();
      return;
    }
    if (!listener.listening) listener = await listen(serve, port);
  };
  return {
    url: `http://${LOOPBACK}:${port}`,
    leadTo(url) {
      target = url;
    },
    set,
    setNewcomers,
    async heal() {
      set(FINE);
      await setNewcomers('served');
    },
    resetAll() {
      for (const line of lines) line.reset();
    },
    hangUpAll() {
      for (const line of lines) line.hangUp();
    },
    loseNextAnswer: () => [...lines].at(-1)?.loseNextAnswer() ?? Promise.resolve(),
    setTrap(trap) {
      traps.push(trap);
    },
    trapsLeft: () => traps.length,
    passed,
    get connections() {
      return connections;
    },
    async close() {
      const closed = listener.listening ? once(listener, 'close') : Promise.resolve();
      listener.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function listen(onConnection: (client: Socket) => void, port: number): Promise<Server> {
  const server = createServer(onConnection);
  server.listen(port, LOOPBACK);
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port');
  return address.port;
}
