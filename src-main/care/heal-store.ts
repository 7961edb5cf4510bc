/**
 * Puts a till whose database is damaged together again: a backup, what can still be read of the history in the damaged file,
 * and the durable note that the rest comes from the server. Beside its place, and moved there whole: nothing of the
 * damaged till is ever deleted. Why it may be done without a person: docs/decisions/0012-healing.md.
 */
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { inventoryUpdatedDataSchema } from '#domain/events/event-wire.ts';
import type { EventRecord } from '#domain/events/event-record.ts';
import { syncFile, syncFolder } from '../store/durable-file.ts';
import { lockFolder } from '../store/folder-lock.ts';
import { finishHealing, healedFile } from '../store/healed-database.ts';
import { type Store, damageOf, databaseFile } from '../store/open-store.ts';
import { skipReceipts } from '../store/receipt-counter.ts';
import { prepareHead, setRecovering } from '../store/recovery.ts';
import { eventTaker } from '../store/restore-history.ts';
import { writeSetting } from '../store/setting-rows.ts';
import { readTerminalSettings } from '../store/settings-store.ts';
import { HealError } from './heal-error.ts';
import { type HealReport, healedText } from './heal-report.ts';
import { HEALED } from './healed-note.ts';
import { type RestoreFrom, type RestoredBase, restoredBase } from './restored-base.ts';
import { salvageTail } from './salvage-tail.ts';

/**
 * What was sold since the backup and can be read nowhere was sold with receipt numbers that must not come again. Once more for
 * each healing before this one: it may have been from the very same backup, and sold behind its own gap.
 */
const RECEIPT_GAP = 10_000;
const EVENTS_PER_TRANSACTION = 500;

export interface HealOptions {
  readonly now: Date;
  readonly from: RestoreFrom;
  /** Refuses where no server can give the rest back: for a till that heals by itself. */
  readonly serverNeeded: boolean;
}

/** Where the new database is put together. */
export function healingWorkshop(folder: string): string {
  return path.join(folder, 'healing');
}

/** @throws {HealError | StoreError} with nothing of the till moved or changed */
export async function healStore(folder: string, options: HealOptions): Promise<HealReport> {
  const lock = lockFolder(folder);
  const workshop = healingWorkshop(folder);
  try {
    refuseHealthy(folder);
    const base = await restoredBase(folder, workshop, options.from);
    const report = completeAndClose(folder, base, options);
    syncFile(databaseFile(workshop));
    renameSync(databaseFile(workshop), healedFile(folder));
    syncFolder(folder);
    return { ...report, aside: finishHealing(folder) ?? null };
  } finally {
    rmSync(workshop, { recursive: true, force: true });
    lock.release();
  }
}

/** Each has left the damaged files in a folder of their own (`healed-database.ts`). */
function healingsBefore(folder: string): number {
  return readdirSync(folder).filter((name) => name.startsWith('damaged-')).length;
}

function refuseHealthy(folder: string): void {
  // What an earlier healing has left half done.
  finishHealing(folder);
  if (!existsSync(databaseFile(folder)) || damageOf(folder)) return;
  throw new HealError('not_damaged', `The database in ${folder} is in order. Nothing was restored.`);
}

function completeAndClose(
  folder: string,
  { store, backup }: RestoredBase,
  { now, serverNeeded }: HealOptions,
): Omit<HealReport, 'aside'> {
  try {
    const fromServer = (readTerminalSettings(store.writer)?.server ?? null) !== null;
    if (serverNeeded && !fromServer) {
      throw new HealError(
        'no_server',
        'This till has no server that could give back what it did since its last backup. Restore it by hand: holdfast-terminal restore.',
      );
    }
    const salvage = salvageTail(databaseFile(folder), prepareHead(store.writer)());
    takeBack(store, salvage.events);
    const tailWhole = salvage.whole && hasAll(store, salvage.waiting);
    const facts = { backup, salvaged: salvage.events.length, tailWhole, fromServer };
    const text = healedText(facts);
    store.writer.transaction(() => {
      if (fromServer) setRecovering(store.writer, now.toISOString());
      dropWhatIsOld(store);
      skipReceipts(store.writer, RECEIPT_GAP * (1 + healingsBefore(folder)));
      writeSetting(store.writer, HEALED, { at: now.toISOString(), text });
    });
    return { ...facts, text };
  } finally {
    store.close();
  }
}

/** As not acknowledged: the server says in its hello what it has of them. */
function takeBack({ writer }: Store, events: readonly EventRecord[]): void {
  const take = eventTaker(writer);
  const move = writer.connection.prepare(`
    INSERT INTO stock (sku, quantity, is_low) VALUES (?, ?, 0)
    ON CONFLICT (sku) DO UPDATE SET quantity = stock.quantity + excluded.quantity`);
  for (let from = 0; from < events.length; from += EVENTS_PER_TRANSACTION) {
    const some = events.slice(from, from + EVENTS_PER_TRANSACTION);
    writer.transaction(() => {
      const counted = take(some, null);
      // The till's own view, until the server tells its figure.
      for (const { eventId, eventType, payload } of some) {
        if (eventType !== 'inventory.updated' || counted.has(eventId)) continue;
        const movement = inventoryUpdatedDataSchema.safeParse(JSON.parse(payload)).data;
        if (movement) move.run(movement.sku, movement.change);
      }
    });
  }
}

/** What waited for its number in the damaged file, and is not in the backup, was sold and is nowhere else. */
function hasAll({ writer }: Store, eventIds: readonly string[]): boolean {
  const known = writer.prepareRead<[string], unknown>('SELECT 1 AS found FROM event_log WHERE event_id = ?');
  return eventIds.every((eventId) => known.get(eventId) !== undefined);
}

/** The open sale may have been paid since, and what waited for the printer may have come out: nobody knows. */
function dropWhatIsOld({ writer }: Store): void {
  writer.connection.exec(`
    DELETE FROM open_cart;
    UPDATE print_jobs SET state = 'dismissed' WHERE state NOT IN ('printed', 'dismissed');`);
}
