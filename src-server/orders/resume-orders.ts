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
const PAGE = 50;

export interface ResumeOptions {
  readonly database: Database;
  readonly orders: OrderService;
  readonly refunds: RefundService;
  readonly logger: Logger;
  /** Ends the round behind the order that is under way: a card company that hangs takes half a minute for each. */
  readonly signal?: AbortSignal;
}

const leftRow = z.object({ id: z.string(), updated_at: z.date() });

/**
 * One round over all that is old enough, page by page: those that cannot be helped now do not keep the others from their
 * turn. @returns how many were taken to an end
 */
export async function resumeOnce(
  { database, orders, refunds, logger, signal }: ResumeOptions,
  now: Date,
  untouchedSeconds = UNTOUCHED_SECONDS,
  abandonedSeconds = ABANDONED_SECONDS,
): Promise<number> {
  let ended = 0;
  const attempt = async (id: string, work: (id: string) => Promise<unknown>) => {
    try {
      await work(id);
      ended += 1;
      logger.info({ id }, 'an order or refund that was left half-way was taken on');
    } catch (error) {
      logger.warn({ err: error, id }, 'an order or refund that was left half-way could not be taken on yet');
    }
  };
  /** @param left a statement with conditions, that gives `id` and `updated_at` */
  const each = async (
    left: string,
    idColumn: string,
    seconds: number,
    work: (id: string) => Promise<unknown>,
  ) => {
    const until = new Date(now.getTime() - seconds * 1000).toISOString();
    let behind = { id: '', updated_at: new Date(0) };
    for (;;) {
      const page = await database.query(
        leftRow,
        `${left} AND updated_at < $1 AND (updated_at, ${idColumn}) > ($2, $3) ORDER BY updated_at, ${idColumn} LIMIT ${PAGE}`,
        [until, behind.updated_at.toISOString(), behind.id],
      );
      for (const { id } of page) {
        if (signal?.aborted === true) return;
        await attempt(id, work);
      }
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      behind = last;
    }
  };
  const ordersThatAre = (status: string) =>
    `SELECT order_id AS id, updated_at FROM orders WHERE status = '${status}' AND origin = 'api'`;
  await each(ordersThatAre('authorized'), 'order_id', untouchedSeconds, (id) => orders.drive(id));
  await each(ordersThatAre('placed'), 'order_id', abandonedSeconds, (id) => orders.abandon(id));
  await each(
    `SELECT refund_id AS id, updated_at FROM refunds WHERE status = 'pending'`,
    'refund_id',
    untouchedSeconds,
    (id) => refunds.drive(id),
  );
  return ended;
}

export interface Resumer {
  /** Waits for the order that is under way. */
  stop(): Promise<void>;
}

/** Rounds until stopped. */
export function keepResuming(options: ResumeOptions): Resumer {
  const stopping = new AbortController();
  const { signal } = stopping;
  let round: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const next = () => {
    timer = setTimeout(() => {
      round = resumeOnce({ ...options, signal }, new Date())
        .catch((error: unknown) => {
          options.logger.warn({ err: error }, 'orders that were left half-way could not be looked for');
        })
        .finally(() => {
          if (!signal.aborted) next();
        });
    }, LOOK_EVERY_MS);
    timer.unref();
  };
  next();
  return {
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await round;
    },
  };
}
