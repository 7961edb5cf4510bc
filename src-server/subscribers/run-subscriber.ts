/**
 * Keeps a subscriber going in this process. Every process runs every subscriber; a lock of the transaction lets one of
 * them work at a time, so whichever lives goes on where the dead one had committed.
 *
 *              bus wakes, or a second is over
 *      waiting ──────────────────────────────▶ a pass: claim · read behind the position · handle · move the position
 *         ▲                                      │ one transaction
 *         │ nothing there, or another            ├─ a full page: a backlog ───────▶ the next pass, after a rest; a long one
 *         │                                      │                                  while tills wait for the database
 *         │ process is at it                     ├─ events behind a running
 *         └──────────────────────────────────────┤  transaction ──────────────────▶ again in milliseconds
 *                                                └─ failed ──▶ one by one: what fails alone is parked
 */
import type { EventBus } from '../bus/event-bus.ts';
import type { Database } from '../database/database.ts';
import { classifyFailure } from '../database/database-failure.ts';
import type { EventLog, LogTransaction } from '../log/event-log.ts';
import { type LogRange, findPage, readEventAt } from '../log/log-reader.ts';
import type { Logger } from '../logger.ts';
import { backlogRest } from './backlog-rest.ts';
import { parkEvent } from './dead-letters.ts';
import { beginAt, claim, movePosition, positionOf } from './position-store.ts';
import type { Subscriber } from './subscriber.ts';
import { wakeableWait } from './wakeable-wait.ts';

/** Events of one pass, unless the subscriber says otherwise: bounds memory and the length of its transaction. */
const PAGE = 500;
/** So many at once come from a till that sends what it sold while it was offline. */
const BACKLOG = 500;
/** A bus that says nothing costs this much latency at most. */
const LOOK_EVERY_MS = 1000;
const WAIT_FOR_TRANSACTION_MS = 2;
const LONGEST_WAIT_FOR_TRANSACTION_MS = 64;
const AFTER_FAILURE_MS = 500;

export interface RunSubscriberOptions {
  readonly database: Database;
  readonly log: EventLog;
  readonly bus: EventBus;
  readonly logger: Logger;
  /** Default one second. */
  readonly lookEveryMs?: number;
  /** Tills wait for the database: it is theirs first. Default: never. */
  readonly isBusy?: () => boolean;
}

export interface RunningSubscriber {
  /** Ends the pass that is under way and stops. */
  stop(): Promise<void>;
}

type Pass = 'backlog' | 'waiting_for_transaction' | 'nothing_left';

/** The handler rejected this range; all that fails besides is no fault of an event. */
class RangeRefused extends Error {
  readonly range: LogRange;

  constructor(range: LogRange, cause: unknown) {
    super('a subscriber could not take events', { cause });
    this.range = range;
  }
}

export function runSubscriber(subscriber: Subscriber, options: RunSubscriberOptions): RunningSubscriber {
  const { database, log, bus, logger, lookEveryMs = LOOK_EVERY_MS, isBusy = () => false } = options;
  const { name, page: pageSize = PAGE, isPrompt = false } = subscriber;
  const wait = wakeableWait();
  const unsubscribe = bus.onWake(wait.wake);
  const rest = backlogRest(isBusy, () => performance.now());
  let hasPosition = false;

  async function handle(tx: LogTransaction, range: LogRange): Promise<void> {
    try {
      await subscriber.handle(tx, range);
    } catch (error) {
      throw isOutage(error) ? error : new RangeRefused(range, error);
    }
  }

  /** @throws {RangeRefused} */
  async function pass(limit: number): Promise<Pass> {
    if (!hasPosition) {
      await beginAt(database, subscriber);
      hasPosition = true;
    }
    return log.write(async (tx) => {
      if (!(await claim(tx, name))) return 'nothing_left';
      const position = await positionOf(tx, name);
      const page = await findPage(tx, position, limit);
      const { to, size, waiting } = page;
      if (size > 0) {
        await handle(tx, page);
        // Only who writes gets a number in the order of the log, and all readers wait for the lowest that is under way: who
        // reads for long does so before.
        await movePosition(tx, name, position, to);
      }
      if (size === limit || size >= BACKLOG) return 'backlog';
      return waiting ? 'waiting_for_transaction' : 'nothing_left';
    });
  }

  /** The events of a page that failed, alone each, until one of them is found that fails by itself, and parked. */
  async function passSingly(): Promise<Pass> {
    for (let event = 0; event < pageSize && !wait.hasEnded(); event += 1) {
      try {
        const outcome = await pass(1);
        if (outcome !== 'backlog') return outcome;
      } catch (error) {
        if (!(error instanceof RangeRefused)) throw error;
        await park(error);
        return 'backlog';
      }
    }
    return 'backlog';
  }

  /** Unless the position has moved: then another process has taken the event, perhaps one of another version. */
  async function park({ range: { from, to }, cause }: RangeRefused): Promise<void> {
    await log.write(async (tx) => {
      if (!(await claim(tx, name))) return;
      const position = await positionOf(tx, name);
      if (position.tx !== from.tx || position.id !== from.id) return;
      const event = await readEventAt(tx, to);
      await parkEvent(tx, name, event.event_id, cause);
      await movePosition(tx, name, from, to);
      logger.error(
        { err: cause, subscriber: name, eventId: event.event_id, eventType: event.event_type },
        'an event was parked as a dead letter',
      );
    });
  }

  async function passSafely(): Promise<Pass> {
    try {
      return await pass(pageSize);
    } catch (error) {
      if (!(error instanceof RangeRefused)) throw error;
      return passSingly();
    }
  }

  async function run(): Promise<void> {
    let transactionWait = WAIT_FOR_TRANSACTION_MS;
    let failing = false;
    while (!wait.hasEnded()) {
      wait.reset();
      const started = performance.now();
      let outcome: Pass | 'failed';
      try {
        outcome = await passSafely();
        if (failing) logger.info({ subscriber: name }, 'a subscriber reads the log again');
        failing = false;
      } catch (error) {
        outcome = 'failed';
        // Once, however long it lasts.
        if (!failing)
          logger.warn({ err: error, subscriber: name }, 'a subscriber cannot read the log; it tries again');
        failing = true;
      }
      switch (outcome) {
        case 'backlog':
          if (!isPrompt) await wait.sleep(rest.after(performance.now() - started));
          break;
        case 'waiting_for_transaction':
          await wait.sleep(transactionWait);
          transactionWait = Math.min(2 * transactionWait, LONGEST_WAIT_FOR_TRANSACTION_MS);
          break;
        case 'nothing_left':
          rest.caughtUp();
          await wait.sleepUnlessWoken(lookEveryMs);
          break;
        case 'failed':
          await wait.sleep(AFTER_FAILURE_MS);
          break;
      }
      if (outcome !== 'waiting_for_transaction') transactionWait = WAIT_FOR_TRANSACTION_MS;
    }
  }

  const running = run();
  return {
    async stop() {
      unsubscribe();
      wait.end();
      await running;
    },
  };
}

function isOutage(error: unknown): boolean {
  return classifyFailure(error) === 'unavailable';
}
