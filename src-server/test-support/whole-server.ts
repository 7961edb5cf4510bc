/** A server with everything switched on that adds routes, so that a test of all routes misses none. */
import type { DatabaseChoice } from '../database/open-database.ts';
import { type Logger, SILENT } from '../logger.ts';
import { type RunningServer, startServer } from '../server.ts';
import { startStripeServer } from './stripe-server/stripe-server.ts';

export interface WholeServer extends RunningServer {
  /** Ends Stripe's double as well. */
  close(): Promise<void>;
}

export async function startWholeServer(
  database: DatabaseChoice,
  logger: Logger = SILENT,
): Promise<WholeServer> {
  const stripe = await startStripeServer();
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    database,
    admin: { key: 'a-key-for-tests-only' },
    payments: {
      // Its cards fail with a 503 when they are told to.
      simulator: false,
      stripe: {
        secretKey: stripe.secretKey,
        apiUrl: new URL(stripe.url),
        webhookSecret: ['whsec', 'for0tests0only'].join('_'),
      },
    },
    logger,
  });
  return {
    ...server,
    async close() {
      await server.close();
      await stripe.close();
    },
  };
}
