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
import type { JsonValue } from '#domain/events/canonical-json.ts';
import { skuSchema } from '#domain/identifiers.ts';
import { promotionToWire } from '#domain/promotions/promotion-wire.ts';
import type { LiveCatalogueList } from '#sync/protocol/live-messages.ts';
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

export interface ChangedRecord {
  readonly list: LiveCatalogueList;
  readonly version: number;
  /** As it goes over the wire. */
  readonly record: JsonValue;
}

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
      if (changed !== undefined) keepLatest(catalogue, changed.key, changed);
    }
  }
  return { stock, endedOrders, catalogue: [...catalogue.values()].sort(byList) };
}

/** The order of the log is not that of the versions: an earlier transaction may write an item later. */
function keepLatest(catalogue: Map<string, ChangedRecord>, key: string, changed: ChangedRecord): void {
  const known = catalogue.get(key);
  if (known === undefined || known.version < changed.version) catalogue.set(key, changed);
}

const LISTS: readonly LiveCatalogueList[] = ['merchandise_codes', 'items', 'promotions'];

function byList(a: ChangedRecord, b: ChangedRecord): number {
  return LISTS.indexOf(a.list) - LISTS.indexOf(b.list);
}

interface KeyedRecord extends ChangedRecord {
  readonly key: string;
}

function readCatalogueEvent(
  event: HeardEvent,
  onUnreadable: (event: HeardEvent, error: z.ZodError) => void,
): KeyedRecord | undefined {
  try {
    const decoded = decodeCatalogueEvent(event.event_type, event.payload);
    return decoded === undefined ? undefined : recordOf(decoded);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    onUnreadable(event, error);
    return undefined;
  }
}

function recordOf(event: CatalogueEvent): KeyedRecord {
  const { version } = event;
  switch (event.type) {
    case 'product.created':
    case 'product.updated':
      return keyed('items', event.item.sku, version, itemToWire(event.item));
    case 'product.deleted':
      return keyed('items', event.sku, version, { sku: event.sku, deleted: true });
    case 'category.created':
    case 'category.updated':
      return keyed(
        'merchandise_codes',
        event.merchandiseCode.code,
        version,
        merchandiseCodeToWire(event.merchandiseCode),
      );
    case 'category.deleted':
      return keyed('merchandise_codes', event.code, version, { code: event.code, deleted: true });
    case 'promotion.created':
    case 'promotion.updated':
      return keyed('promotions', event.promotion.promotionId, version, promotionToWire(event.promotion));
    case 'promotion.deleted':
      return keyed('promotions', event.promotionId, version, {
        promotion_id: event.promotionId,
        deleted: true,
      });
    default:
      return assertNever(event);
  }
}

function keyed(
  list: LiveCatalogueList,
  id: string,
  version: number,
  fields: Readonly<Record<string, JsonValue>>,
): KeyedRecord {
  return { list, key: `${list} ${id}`, version, record: { ...fields, version } };
}
