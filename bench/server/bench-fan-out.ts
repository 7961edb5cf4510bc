/**
 * Fan-out: a stock movement is posted, and 50 terminals of the location are told over `/live`. Measured from the request to
 * each terminal, through HTTP, database, log, Redis and hub; beside it a bare socket.io server that emits to as many clients.
 */
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { type Socket, io } from 'socket.io-client';
import { connectLive } from '#server/test-support/live-client.ts';
import { handshake } from '#server/test-support/terminal-client.ts';
import { percentile, rounded } from '../statistics.ts';
import { type BenchShop, SKUS } from './bench-shop.ts';

const TERMINALS = 50;
const ROUNDS = 100;
const LONGEST_WAIT_MS = 5_000;

export interface FanOutFigures {
  readonly fan_out_terminals: number;
  readonly fan_out_p50_ms: number;
  readonly fan_out_p95_ms: number;
  readonly bare_emit_p95_ms: number;
}

export async function benchFanOut(shop: BenchShop, locationId: string): Promise<FanOutFigures> {
  const clients = await Promise.all(
    Array.from({ length: TERMINALS }, async (_, index) => {
      const terminalId = `L${index + 1}`;
      const token = await shop.enrol(terminalId, locationId);
      return connectLive(shop.server.url, handshake(terminalId, token));
    }),
  );
  const times: number[] = [];
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const told = clients.map(({ socket }) => nextMessage(socket, 'live.changed'));
      const started = performance.now();
      const movement = { sku: SKUS[round % SKUS.length], change: 1 };
      const body = {
        location_id: locationId,
        reason: 'restock',
        reference_id: 'BENCH',
        movements: [movement],
      };
      const [, ...at] = await Promise.all([
        shop.post('/api/stock/movements', body, `fan-out-${round}`),
        ...told,
      ]);
      times.push(...at.map((time) => time - started));
    }
  } finally {
    for (const client of clients) client.close();
  }
  return {
    fan_out_terminals: TERMINALS,
    fan_out_p50_ms: rounded(percentile(times, 0.5)),
    fan_out_p95_ms: rounded(percentile(times, 0.95)),
    bare_emit_p95_ms: rounded(percentile(await bareEmits(), 0.95)),
  };
}

/** Resolves with the time of the message. */
function nextMessage(socket: Socket, event: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('a terminal was not told')), LONGEST_WAIT_MS);
    socket.once(event, () => {
      clearTimeout(timer);
      resolve(performance.now());
    });
  });
}

async function bareEmits(): Promise<number[]> {
  const http = createServer();
  const server = new Server(http, { serveClient: false });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  const clients = Array.from({ length: TERMINALS }, () =>
    io(`http://127.0.0.1:${address.port}`, { transports: ['websocket'], forceNew: true }),
  );
  try {
    await Promise.all(clients.map((client) => nextMessage(client, 'connect')));
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const told = clients.map((client) => nextMessage(client, 'changed'));
      const started = performance.now();
      server.emit('changed', { stock: [{ sku: 'ITEM-001', quantity: round, reserved: 0 }] });
      times.push(...(await Promise.all(told)).map((time) => time - started));
    }
    return times;
  } finally {
    for (const client of clients) client.close();
    await server.close();
  }
}
