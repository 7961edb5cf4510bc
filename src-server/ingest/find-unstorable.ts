/**
 * Which events of a batch the database has refused. Its error names a column and no event, and one bad record must hold up
 * none of the others: so they are asked for one by one, in transactions that are rolled back.
 */
import { z } from 'zod';
import type { Queryable } from '../database/database.ts';
import { classifyFailure } from '../database/database-failure.ts';
import type { EventLog } from '../log/event-log.ts';
import type { CheckedEvent, StorableEvent } from './check-batch.ts';

/** The batch, with those marked that cannot be stored. The same array when there is none. */
export async function markRefused(
  log: EventLog,
  checked: readonly CheckedEvent[],
  failure: 'bad_value' | 'conflict',
): Promise<readonly CheckedEvent[]> {
  const storable = checked.filter((event) => event.kind === 'storable');
  const refused =
    failure === 'conflict'
      ? await log.write((tx) => findTakenIds(tx, storable))
      : new Set(await findBadValues(log, storable));
  if (refused.size === 0) return checked;
  const reason =
    failure === 'conflict'
      ? 'its id is that of another event'
      : 'it has a value that the database cannot hold';
  return checked.map((event) =>
    event.kind === 'storable' && refused.has(event)
      ? { kind: 'unstorable', record: event.record, reason }
      : event,
  );
}

const placeRow = z.object({ event_id: z.string(), terminal_id: z.string(), seq: z.int() });

async function findTakenIds(
  tx: Queryable,
  events: readonly StorableEvent[],
): Promise<ReadonlySet<StorableEvent>> {
  const rows = await tx.query(
    placeRow,
    'SELECT event_id, terminal_id, seq FROM event_log WHERE event_id = ANY($1)',
    [events.map(({ record }) => record.eventId)],
  );
  const places = new Map(rows.map((row) => [row.event_id, `${row.terminal_id} ${row.seq}`]));
  const taken = new Set<StorableEvent>();
  for (const event of events) {
    const { eventId, terminalId, seq } = event.record;
    const own = `${terminalId} ${seq}`;
    if ((places.get(eventId) ?? own) !== own) taken.add(event);
    // The first of two within the batch keeps it.
    else places.set(eventId, own);
  }
  return taken;
}

/** Rolls the trial back. */
class TrialOver extends Error {}

async function findBadValues(
  log: EventLog,
  events: readonly StorableEvent[],
): Promise<readonly StorableEvent[]> {
  if (events.length === 0 || (await canStore(log, events))) return [];
  if (events.length === 1) return events;
  const half = Math.ceil(events.length / 2);
  return [
    ...(await findBadValues(log, events.slice(0, half))),
    ...(await findBadValues(log, events.slice(half))),
  ];
}

async function canStore(log: EventLog, events: readonly StorableEvent[]): Promise<boolean> {
  try {
    await log.write(async (tx) => {
      await tx.appendReceived(events.map(({ record }) => record));
      throw new TrialOver();
    });
  } catch (error) {
    if (error instanceof TrialOver) return true;
    switch (classifyFailure(error)) {
      case 'bad_value':
        return false;
      case 'conflict':
        // Stored already, by a push that was sent again: its values fit.
        return true;
      case 'unavailable':
      case 'defect':
        throw error;
    }
  }
  return true;
}
