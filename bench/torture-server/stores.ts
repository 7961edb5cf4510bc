/** Everything that runs: PostgreSQL, Redis, Stripe's double, two server processes, and what they need to know. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestRedis, startTestRedis } from '#server/test-support/redis.ts';
import { RATE_LIMITED, type Fault } from '#server/test-support/stripe-server/faults.ts';
import { type StripeServer, startStripeServer } from '#server/test-support/stripe-server/stripe-server.ts';
import { newToken } from '#server/terminals/token.ts';
import { type Random, pick } from '../random.ts';
import { type KillablePostgres, startKillablePostgres } from './killable-postgres.ts';
import { type ServerSlot, serverSlot } from './server-slot.ts';

export interface Stores {
  readonly servers: readonly [ServerSlot, ServerSlot];
  readonly urls: readonly string[];
  readonly postgres: KillablePostgres;
  readonly redis: TestRedis;
  readonly stripe: StripeServer;
  readonly adminKey: string;
}

export interface StoresOptions {
  /** For the faults of Stripe. */
  readonly random: Random;
  /** Gets a step for everything as soon as it runs, so that a failure half-way leaves nothing behind. */
  readonly cleanUp: (() => Promise<void>)[];
  readonly onFlaw: (what: string) => void;
}

export async function openStores({ random, cleanUp, onFlaw }: StoresOptions): Promise<Stores> {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-torture-server-'));
  cleanUp.push(async () => rmSync(folder, { recursive: true, force: true }));
  const postgres = await startKillablePostgres();
  cleanUp.push(() => postgres.stop());
  const redis = await startTestRedis();
  cleanUp.push(() => redis.stop());
  const stripe = await startStripeServer();
  cleanUp.push(() => stripe.close());
  stripe.failAsTold(() => (random() < SHARE_OF_FAULTS ? pick(random, FAULTS) : undefined));

  const adminKey = newToken();
  const environment = {
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    HOLDFAST_ADMIN_KEY: adminKey,
    HOLDFAST_PAYMENT_SIMULATOR: '1',
    STRIPE_SECRET_KEY: stripe.secretKey,
    STRIPE_API_URL: stripe.url,
    LOG_LEVEL: 'warn',
  };
  const open = (name: string) =>
    serverSlot({ name, folder, environment, onOwnEnd: () => onFlaw(`${name} ended by itself`) });
  const servers = [await open('server_a'), await open('server_b')] as const;
  for (const server of servers) cleanUp.push(() => server.stop());
  // Together, as after a power cut: one of them makes the schema, the other waits for it.
  await Promise.all(servers.map((server) => server.start()));
  return { servers, urls: servers.map(({ url }) => url), postgres, redis, stripe, adminKey };
}

const SHARE_OF_FAULTS = 0.04;

/**
 * What a network does, and what Stripe repeats rightly. Not an endpoint that breaks before its work: Stripe keeps that 500
 * for a day, and no order would come to an end today.
 */
const FAULTS: readonly Fault[] = [
  { kind: 'lose_request' },
  { kind: 'lose_answer' },
  { kind: 'cut_answer' },
  { kind: 'server_error', after: 'work' },
  { kind: 'bad_gateway' },
  RATE_LIMITED,
];
