/**
 * Finishes what a crash or a lost answer left half-way. A payment that was authorised is captured; a refund is paid back; an
 * order whose authorisation nobody knows is given up when nobody has come back for it for a quarter of an hour: whoever
 * placed it has got no answer, so nothing may be taken for it any more.
 */
import { z } from 'zod';
import type { Database } from '../database/database.ts';
import type { Logger } from '../logger.ts';
import type { OrderService } from './order-service.ts';
import type { RefundService } from './refund-service.ts';

const LOOK_EVERY_MS = 10_000;
/** Longer than a request that is still under way takes. */
const UNTOUCHED_SECONDS = 60;
const ABANDONED_SECONDS = 15 * 60;
const AT_ONCE = 50;

export interface ResumeOptions {
  readonly database: Database;
  readonly orders: OrderService;
  readonly refunds: RefundService;
  readonly logger: Logger;
}

const idRow = z.object({ id: z.string() });

/** One round: what is old enough, at most fifty of each kind. @returns how many were taken to an end */
export async function resumeOnce(
  { database, orders, refunds, logger }: ResumeOptions,
  now: Date,
  untouchedSeconds = UNTOUCHED_SECONDS,
  abandonedSeconds = ABANDONED_SECONDS,
): Promise<number> {
  const before = (seconds: number) => new Date(now.getTime() - seconds * 1000).toISOString();
  const find = async (sql: string, time: string) =>
    (await database.query(idRow, `${sql} ORDER BY updated_at LIMIT ${AT_ONCE}`, [time])).map(({ id }) => id);
  const authorised = await find(
    `SELECT order_id AS id FROM orders WHERE status = 'authorized' AND origin = 'api' AND updated_at < $1`,
    before(untouchedSeconds),
  );
  const abandoned = await find(
    `SELECT order_id AS id FROM orders WHERE status = 'placed' AND origin = 'api' AND updated_at < $1`,
    before(abandonedSeconds),
  );
  const refunding = await find(
    `SELECT refund_id AS id FROM refunds WHERE status = 'pending' AND updated_at < $1`,
    before(untouchedSeconds),
  );
  let ended = 0;
  const attempt = async (id: string, work: () => Promise<unknown>) => {
    try {
      await work();
      ended += 1;
      logger.info({ id }, 'an order or refund that was left half-way was taken on');
    } catch (error) {
      logger.warn({ err: error, id }, 'an order or refund that was left half-way could not be taken on yet');
    }
  };
  for (const id of authorised) await attempt(id, () => orders.drive(id));
  for (const id of abandoned) await attempt(id, () => orders.abandon(id));
  for (const id of refunding) await attempt(id, () => refunds.drive(id));
  return ended;
}

export interface Resumer {
  /** Waits for the round that is under way. */
  stop(): Promise<void>;
}

/** Rounds until stopped. */
export function keepResuming(options: ResumeOptions): Resumer {
  let stopped = false;
  let round: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const next = () => {
    timer = setTimeout(() => {
      round = resumeOnce(options, new Date())
        .catch((error: unknown) => {
          options.logger.warn({ err: error }, 'orders that were left half-way could not be looked for');
        })
        .finally(() => {
          if (!stopped) next();
        });
    }, LOOK_EVERY_MS);
    timer.unref();
  };
  next();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await round;
    },
  };
}
