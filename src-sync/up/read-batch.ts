import type { EventRecord } from '#domain/events/event-record.ts';
import type { BatchBounds, Outbox } from '../outbox.ts';

/**
 * What goes next. Does not end between a movement and what stands behind it: that may be the till's own word that the item
 * runs low. Only in one batch does the server see that the two are one crossing, and adds no alert of its own.
 */
export function readBatch(outbox: Outbox, from: number, bounds: BatchBounds): EventRecord[] {
  const events = outbox.read(from, bounds);
  const last = events.at(-1);
  const endsWithin = last?.eventType === 'inventory.updated' && last.seq < outbox.head().seq;
  return endsWithin && events.length > 1 ? events.slice(0, -1) : events;
}

/** Of what counts against the bounds of a batch. */
export function bytesOf(events: readonly EventRecord[]): number {
  return events.reduce(
    (sum, { payload, metadata }) => sum + Buffer.byteLength(payload) + Buffer.byteLength(metadata),
    0,
  );
}
