/** A terminal that listens on `/live` and keeps the newest of each record, as the protocol asks of it. */
import type { Socket } from 'socket.io-client';
import {
  LIVE_NAMESPACE,
  type LiveChanged,
  type LivePosition,
  MAX_LIVE_RECORDS,
  liveChangedSchema,
} from '#sync/protocol/live-messages.ts';
import { connectSocket } from './terminal-client.ts';

export interface LiveClient {
  readonly socket: Socket;
  /** All that came, as it came; each was checked against the protocol. */
  readonly messages: readonly LiveChanged[];
  /** What it knows by now. */
  view(this: void): LiveView;
  readonly ended: Promise<void>;
  close(this: void): void;
}

/** Rejects as `connectTerminal` does. */
export async function connectLive(url: string, auth: object): Promise<LiveClient> {
  const messages: LiveChanged[] = [];
  const { socket, ended } = await connectSocket(url, LIVE_NAMESPACE, auth, (unconnected) => {
    unconnected.on('live.changed', (message: unknown) => {
      const read = liveChangedSchema.parse(message);
      const { stock, items, merchandise_codes, promotions } = read;
      const records = stock.length + items.length + merchandise_codes.length + promotions.length;
      if (records > MAX_LIVE_RECORDS) throw new Error(`a message of ${records} records`);
      messages.push(read);
    });
  });
  return {
    socket,
    messages,
    view: () => viewOf(messages),
    ended,
    close: () => {
      socket.close();
    },
  };
}

export interface LiveView {
  readonly stock: Readonly<Record<string, { readonly quantity: number; readonly reserved: number }>>;
  /** Each record whole, of each SKU, code or promotion the highest version. */
  readonly items: Readonly<Record<string, LiveChanged['items'][number]>>;
  readonly merchandiseCodes: Readonly<Record<string, LiveChanged['merchandise_codes'][number]>>;
  readonly promotions: Readonly<Record<string, LiveChanged['promotions'][number]>>;
}

/** The same whatever the order of the messages, and however often each came. */
export function viewOf(messages: readonly LiveChanged[]): LiveView {
  const byPosition = messages.toSorted((a, b) => comparePositions(a.position, b.position));
  return {
    stock: Object.fromEntries(
      byPosition
        .flatMap((message) => message.stock)
        .map(({ sku, quantity, reserved }) => [sku, { quantity, reserved }]),
    ),
    items: highest(messages.flatMap(({ items }) => items.map((item) => [item.sku, item] as const))),
    merchandiseCodes: highest(
      messages.flatMap(({ merchandise_codes }) =>
        merchandise_codes.map((code) => [code.code, code] as const),
      ),
    ),
    promotions: highest(
      messages.flatMap(({ promotions }) => promotions.map((one) => [one.promotion_id, one] as const)),
    ),
  };
}

function highest<Value extends { readonly version: number }>(
  entries: readonly (readonly [string, Value])[],
): Record<string, Value> {
  return Object.fromEntries(entries.toSorted(([, a], [, b]) => a.version - b.version));
}

function comparePositions(a: LivePosition, b: LivePosition): number {
  return a.tx - b.tx || a.id - b.id;
}
