import { canonicalJson } from '#domain/events/canonical-json.ts';
import { draftOfCatalogueEvent } from '#domain/events/catalogue-events.ts';
import type { LogTransaction, ServerOrigin } from '../log/event-log.ts';
import type { Change, RecordTable, Stored, Versioned } from './versioned.ts';

/** The next version of a record, whether it is there, was deleted or is new. */
export function changeFrom<Kept>(stored: Stored<Kept> | undefined, record: Kept, now: Date): Change<Kept> {
  const before = stored === undefined || stored.deleted ? undefined : stored.record;
  return { before, record, version: (stored?.version ?? 0) + 1, updatedAt: now };
}

/** Whether the change says anything new. One that does not gets no version and no event. */
export function isChange<Kept>(table: RecordTable<Kept>, { before, record }: Change<Kept>): boolean {
  return before === undefined || canonicalJson(table.toWire(before)) !== canonicalJson(table.toWire(record));
}

/** Writes changes that have no objections, and tells of them. The last thing in its transaction. */
export async function writeChanges<Kept>(
  tx: LogTransaction,
  table: RecordTable<Kept>,
  changes: readonly Change<Kept>[],
  origin: ServerOrigin,
): Promise<void> {
  if (changes.length === 0) return;
  await table.save(tx, changes);
  await tx.append(
    origin,
    changes.map((change) => draftOfCatalogueEvent(table.writtenEvent(change))),
  );
}

/** Buries a record, and tells of it. The last thing in its transaction. */
export async function writeDeletion<Kept>(
  tx: LogTransaction,
  table: RecordTable<Kept>,
  deletion: Versioned<Kept>,
  origin: ServerOrigin,
): Promise<void> {
  await table.bury(tx, deletion);
  await tx.append(origin, [draftOfCatalogueEvent(table.deletedEvent(deletion))]);
}
