/** What some events changed in the catalogue, the latest state of each record once. Reads nothing but the events. */
import { z } from 'zod';
import { assertNever } from '#domain/assert-never.ts';
import { type CatalogueEvent, decodeCatalogueEvent } from '#domain/events/catalogue-events.ts';
import { itemToWire } from '#domain/catalogue/item-wire.ts';
import { merchandiseCodeToWire } from '#domain/catalogue/merchandise-code-wire.ts';
import { promotionToWire } from '#domain/promotions/promotion-wire.ts';
import type { LiveChangedOnWire } from '#sync/protocol/live-messages.ts';
import { EVERYWHERE } from '../log/event-log.ts';
import type { LoggedEvent } from '../log/log-reader.ts';

type CatalogueList = 'merchandise_codes' | 'items' | 'promotions';
/** A record as it goes over the wire, and the list of the message that it belongs to. */
export type ChangedRecord = {
  readonly [List in CatalogueList]: { readonly list: List; readonly record: LiveChangedOnWire[List][number] };
}[CatalogueList];

type HeardEvent = Pick<LoggedEvent, 'event_id' | 'event_type' | 'location_id' | 'payload'>;

/**
 * Merchandise codes, then items, then promotions.
 * @param onUnreadable is told of events that cannot be read; only a defect of the server writes one.
 */
export function changedRecords(
  events: readonly HeardEvent[],
  onUnreadable: (event: HeardEvent, error: z.ZodError) => void,
): readonly ChangedRecord[] {
  const catalogue = new Map<string, ChangedRecord>();
  for (const event of events) {
    // Of another location it comes from a terminal, and no terminal speaks for the catalogue.
    if (event.location_id !== EVERYWHERE) continue;
    const changed = readCatalogueEvent(event, onUnreadable);
    if (changed !== undefined) keepLatest(catalogue, changed);
  }
  return [...catalogue.values()].sort(byList);
}

/** The order of the log is not that of the versions: an earlier transaction may write an item later. */
function keepLatest(catalogue: Map<string, ChangedRecord>, event: CatalogueEvent): void {
  const changed = recordOf(event);
  const key = `${changed.list} ${idOf(changed)}`;
  const known = catalogue.get(key);
  if (known === undefined || known.record.version < changed.record.version) catalogue.set(key, changed);
}

const LISTS: readonly CatalogueList[] = ['merchandise_codes', 'items', 'promotions'];

function byList(a: ChangedRecord, b: ChangedRecord): number {
  return LISTS.indexOf(a.list) - LISTS.indexOf(b.list);
}

function idOf(changed: ChangedRecord): string {
  switch (changed.list) {
    case 'merchandise_codes':
      return changed.record.code;
    case 'items':
      return changed.record.sku;
    case 'promotions':
      return changed.record.promotion_id;
    default:
      return assertNever(changed);
  }
}

function readCatalogueEvent(
  event: HeardEvent,
  onUnreadable: (event: HeardEvent, error: z.ZodError) => void,
): CatalogueEvent | undefined {
  try {
    return decodeCatalogueEvent(event.event_type, event.payload);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    onUnreadable(event, error);
    return undefined;
  }
}

function recordOf(event: CatalogueEvent): ChangedRecord {
  const { version } = event;
  switch (event.type) {
    case 'product.created':
    case 'product.updated':
      return { list: 'items', record: { ...itemToWire(event.item), version } };
    case 'product.deleted':
      return { list: 'items', record: { sku: event.sku, version, deleted: true } };
    case 'category.created':
    case 'category.updated':
      return {
        list: 'merchandise_codes',
        record: { ...merchandiseCodeToWire(event.merchandiseCode), version },
      };
    case 'category.deleted':
      return { list: 'merchandise_codes', record: { code: event.code, version, deleted: true } };
    case 'promotion.created':
    case 'promotion.updated':
      return { list: 'promotions', record: { ...promotionToWire(event.promotion), version } };
    case 'promotion.deleted':
      return { list: 'promotions', record: { promotion_id: event.promotionId, version, deleted: true } };
    default:
      return assertNever(event);
  }
}
