/** What some events changed, the latest state of each record once. Reads nothing but the events. */
import { z } from 'zod';
import { assertNever } from '#domain/assert-never.ts';
import {
  CATALOGUE_EVENT_TYPES,
  type CatalogueEvent,
  decodeCatalogueEvent,
} from '#domain/events/catalogue-events.ts';
import { itemToWire } from '#domain/catalogue/item-wire.ts';
import { merchandiseCodeToWire } from '#domain/catalogue/merchandise-code-wire.ts';
import { skuSchema } from '#domain/identifiers.ts';
import { promotionToWire } from '#domain/promotions/promotion-wire.ts';
import type { LiveChangedOnWire } from '#sync/protocol/live-messages.ts';
import { EVERYWHERE } from '../log/event-log.ts';
import type { LoggedEvent } from '../log/log-reader.ts';

export interface ChangedStock {
  readonly locationId: string;
  readonly sku: string;
}

export interface EndedOrder {
  readonly locationId: string;
  readonly orderId: string;
}

type CatalogueList = 'merchandise_codes' | 'items' | 'promotions';
/** A record as it goes over the wire, and the list of the message that it belongs to. */
export type ChangedRecord = {
  readonly [List in CatalogueList]: { readonly list: List; readonly record: LiveChangedOnWire[List][number] };
}[CatalogueList];

export interface ChangedRecords {
  /** Whose stock moved or was promised. May name one twice. */
  readonly stock: readonly ChangedStock[];
  /** Orders whose promised stock was let go; which items that were, their event does not say. */
  readonly endedOrders: readonly EndedOrder[];
  /** Merchandise codes, then items, then promotions. */
  readonly catalogue: readonly ChangedRecord[];
}

type HeardEvent = Pick<LoggedEvent, 'event_id' | 'event_type' | 'aggregate_id' | 'location_id' | 'payload'>;

const movedSchema = z.object({ sku: skuSchema });
const orderedSchema = z.object({ items: z.array(movedSchema) });
const catalogueTypes: ReadonlySet<string> = new Set(CATALOGUE_EVENT_TYPES);

/** All types that change what terminals are told. */
export const HEARD_TYPES: readonly string[] = [
  'inventory.updated',
  'order.created',
  'payment.failed',
  'order.voided',
  ...CATALOGUE_EVENT_TYPES,
];

/** @param onUnreadable is told of catalogue events that cannot be read; only a defect of the server writes one. */
export function changedRecords(
  events: readonly HeardEvent[],
  onUnreadable: (event: HeardEvent, error: z.ZodError) => void,
): ChangedRecords {
  const stock: ChangedStock[] = [];
  const endedOrders: EndedOrder[] = [];
  const catalogue = new Map<string, ChangedRecord>();
  for (const event of events) {
    const { event_type: type, location_id: locationId } = event;
    // Who cannot be read here has moved no stock either: the ingest has parked it, and a person sees it there.
    if (type === 'inventory.updated') {
      const moved = movedSchema.safeParse(event.payload);
      if (moved.success) stock.push({ locationId, sku: moved.data.sku });
    } else if (type === 'order.created') {
      const ordered = orderedSchema.safeParse(event.payload);
      if (ordered.success) stock.push(...ordered.data.items.map(({ sku }) => ({ locationId, sku })));
    } else if (type === 'payment.failed' || type === 'order.voided') {
      endedOrders.push({ locationId, orderId: event.aggregate_id });
    } else if (catalogueTypes.has(type) && locationId === EVERYWHERE) {
      // Of another location it comes from a terminal, and no terminal speaks for the catalogue.
      const changed = readCatalogueEvent(event, onUnreadable);
      if (changed !== undefined) keepLatest(catalogue, changed);
    }
  }
  return { stock, endedOrders, catalogue: [...catalogue.values()].sort(byList) };
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
