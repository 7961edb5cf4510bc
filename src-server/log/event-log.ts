/**
 * The one gate into `event_log`. What is appended and everything that must be true with it is one transaction; only
 * when it is on the disk is the bus told.
 */
import type { DraftEvent } from '#domain/events/holdfast-events.ts';
import type { JsonValue } from '#domain/events/canonical-json.ts';
import type { EventRecord } from '#domain/events/event-record.ts';
import type { EventBus } from '../bus/event-bus.ts';
import type { Database, Queryable } from '../database/database.ts';
import { type Logger, SILENT } from '../logger.ts';
import { insertEvents } from './insert-events.ts';
import { appendToServerChain } from './server-chain.ts';
import { envelopeOfRecord } from './stored-event.ts';

/** Where an event of the server's own happened, and who stands behind it. */
export interface ServerOrigin {
  /** {@link EVERYWHERE} for what concerns all locations: the catalogue. */
  readonly locationId: string;
  readonly now: Date;
  /** The seed's metadata: `user_id`, `channel` … */
  readonly metadata: Readonly<Record<string, JsonValue>> & { readonly user_id: string };
}

export interface LogTransaction extends Queryable {
  /**
   * Appends events of the server's own to the chain of their location. It locks that chain until COMMIT, so it comes
   * last in a transaction, behind the locks on terminals and stock.
   */
  append(origin: ServerOrigin, events: readonly DraftEvent[]): Promise<readonly EventRecord[]>;
  /**
   * Appends what a terminal sent, checked and in order: one terminal, one location. Its head is the caller's.
   * @param transaction the number of this transaction (`log-clock.ts`), from who has asked for it already
   */
  appendReceived(events: readonly EventRecord[], transaction?: number): Promise<void>;
}

export interface EventLog {
  /** Commits when `work` resolves and then announces what was appended; rolls back when it rejects. */
  write<Result>(work: (tx: LogTransaction) => Promise<Result>): Promise<Result>;
}

/** The location of what concerns all of them. No shop may have this name. */
export const EVERYWHERE = 'ALL';

export function createEventLog(database: Database, bus: EventBus, logger: Logger = SILENT): EventLog {
  return {
    async write(work) {
      const appended: EventRecord[] = [];
      const result = await database.transaction((tx) =>
        work({
          query: (schema, sql, parameters) => tx.query(schema, sql, parameters),
          execute: (sql, parameters) => tx.execute(sql, parameters),
          copyRows: (table, columns, rows) => tx.copyRows(table, columns, rows),
          async append(origin, events) {
            const records = await appendToServerChain(tx, origin, events);
            appended.push(...records);
            return records;
          },
          async appendReceived(events, transaction) {
            await insertEvents(tx, events, transaction);
            appended.push(...events);
          },
        }),
      );
      if (appended.length > 0) {
        logger.info(summaryOf(appended), 'events were committed');
        bus.announce(appended.map((record) => ({ toJSON: () => envelopeOfRecord(record) })));
      }
      return result;
    },
  };
}

/** One line a transaction, whatever its size. From the ids, a person finds the events; the events name everything else. */
function summaryOf(events: readonly EventRecord[]): object {
  const [first] = events;
  const last = events.at(-1);
  return {
    terminalId: first?.terminalId,
    locationId: first?.locationId,
    events: events.length,
    types: [...new Set(events.map(({ eventType }) => eventType))],
    firstEventId: first?.eventId,
    lastEventId: last?.eventId,
    aggregateId: first?.aggregateId,
  };
}
