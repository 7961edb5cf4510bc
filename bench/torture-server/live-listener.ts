/**
 * A terminal that listens on `/live` and keeps what it hears, as the protocol asks of it: of each item the record with the
 * highest position. After each connection it reads the stock, because what was said before, it has not heard.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { connectSocket, handshake } from '#server/test-support/terminal-client.ts';
import { LIVE_NAMESPACE, type LivePosition, liveChangedSchema } from '#sync/protocol/live-messages.ts';
import { askApi } from './ask-api.ts';
import type { Bell } from './bell.ts';
import type { Ledger } from './ledger.ts';

export interface LiveListener {
  readonly name: string;
  readonly locationId: string;
  /** SKU → `quantity/reserved`, as it knows it. */
  view(): ReadonlyMap<string, string>;
  isConnected(): boolean;
  stop(): Promise<void>;
}

export interface LiveListenerOptions {
  readonly terminalId: string;
  readonly token: string;
  readonly locationId: string;
  /** May read the stock. */
  readonly apiKey: string;
  readonly urls: readonly string[];
  readonly server: number;
  readonly ledger: Ledger;
  readonly told: Bell;
}

const CONNECT_WITHIN_MS = 5_000;
const PAUSE_MS = 300;

const stockSchema = z.object({
  stock: z.array(z.object({ sku: z.string(), quantity: z.int(), reserved: z.int() })),
});

interface Known {
  readonly position: LivePosition;
  readonly text: string;
}

/** Before all positions: what was read has none. */
const READ: LivePosition = { tx: -1, id: 0 };

export function liveListener(options: LiveListenerOptions): LiveListener {
  const { terminalId, token, locationId, apiKey, urls, ledger, told } = options;
  const known = new Map<string, Known>();
  const stopping = new AbortController();
  let server = options.server;
  let connected = false;
  let heard = new Set<string>();
  let hangUp: () => void = () => undefined;

  function hear(message: unknown): void {
    told.ring(server);
    const read = liveChangedSchema.safeParse(message);
    if (!read.success) {
      ledger.flaws.add(`${terminalId} was told something that is not of the protocol`);
      return;
    }
    const { position, stock } = read.data;
    for (const { sku, quantity, reserved } of stock) {
      heard.add(sku);
      if (isBehind(position, known.get(sku)?.position)) continue;
      known.set(sku, { position, text: stockText(quantity, reserved) });
    }
  }

  /** Only of what it has heard nothing about since it is connected: a message may be newer than the answer. */
  async function readStock(url: string): Promise<boolean> {
    const path = `/api/stock?location_id=${locationId}`;
    const outcome = await askApi(url, { method: 'GET', path, key: apiKey });
    if (outcome.kind !== 'success') return false;
    for (const { sku, quantity, reserved } of stockSchema.parse(outcome.body).stock) {
      if (!heard.has(sku)) known.set(sku, { position: READ, text: stockText(quantity, reserved) });
    }
    return true;
  }

  async function listenOnce(url: string): Promise<void> {
    heard = new Set();
    const connecting = connectSocket(url, LIVE_NAMESPACE, handshake(terminalId, token), (socket) => {
      socket.on('live.changed', hear);
      hangUp = () => void socket.close();
    });
    // A server that takes the connection and then says nothing would leave `connecting` open for ever.
    const tooLate = sleep(CONNECT_WITHIN_MS, undefined, { ref: false });
    const connection = await Promise.race([connecting, tooLate]);
    if (connection === undefined || !(await readStock(url))) {
      hangUp();
      return;
    }
    connected = true;
    await connection.ended;
    connected = false;
  }

  async function listen(): Promise<void> {
    while (!stopping.signal.aborted) {
      // Refused, not there, or broken: all the same to it, the other server comes next.
      await listenOnce(urls[server] ?? '').catch(() => undefined);
      server = (server + 1) % urls.length;
      await sleep(PAUSE_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const listening = listen();
  return {
    name: terminalId,
    locationId,
    view: () => new Map([...known].map(([sku, { text }]) => [sku, text])),
    isConnected: () => connected,
    async stop() {
      stopping.abort();
      hangUp();
      await listening;
    },
  };
}

export function stockText(quantity: number, reserved: number): string {
  return `${quantity}/${reserved}`;
}

function isBehind(position: LivePosition, than: LivePosition | undefined): boolean {
  return than !== undefined && (position.tx - than.tx || position.id - than.id) < 0;
}
