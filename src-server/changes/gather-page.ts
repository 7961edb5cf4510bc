/** What rows of a location's log are about, as far as the terminals must know it: each record once. Reads nothing. */
import { CATALOGUE_EVENT_TYPES } from '#domain/events/catalogue-events.ts';
import { SETTINGS_EVENT_TYPES, STAFF_EVENT_TYPES } from '#domain/events/location-events.ts';
import { EVERYWHERE } from '../log/event-log.ts';
import { MOVING_EVENT_TYPES, RESERVING_EVENT_TYPES } from '../live/read-stock.ts';
import type { LocationRow } from './location-log.ts';

const CATALOGUE: readonly string[] = CATALOGUE_EVENT_TYPES;
const STAFF: readonly string[] = STAFF_EVENT_TYPES;
const SETTINGS: readonly string[] = SETTINGS_EVENT_TYPES;

export interface GatheredPage {
  /** The rows that were taken: the page ends with the last of them. */
  readonly taken: readonly LocationRow[];
  readonly catalogue: readonly LocationRow[];
  readonly userIds: readonly string[];
  readonly settings: boolean;
  readonly skus: readonly string[];
}

/**
 * Takes rows until `limit` records are together. A row is taken whole: an order with more lines than the limit makes a page
 * of its own.
 */
export function gatherPage(
  rows: readonly LocationRow[],
  skusOfOrder: ReadonlyMap<string, readonly string[]>,
  limit: number,
): GatheredPage {
  const records = new Set<string>();
  const catalogue: LocationRow[] = [];
  const userIds = new Set<string>();
  const skus = new Set<string>();
  let settings = false;
  let taken = 0;
  for (const row of rows) {
    const about = recordsOf(row, skusOfOrder);
    const news = new Set(
      about.map(({ kind, key }) => `${kind} ${key}`).filter((record) => !records.has(record)),
    );
    if (records.size > 0 && records.size + news.size > limit) break;
    for (const record of news) records.add(record);
    for (const { kind, key } of about) {
      if (kind === 'staff') userIds.add(key);
      else if (kind === 'stock') skus.add(key);
      else if (kind === 'settings') settings = true;
      else catalogue.push(row);
    }
    taken += 1;
  }
  return { taken: rows.slice(0, taken), catalogue, userIds: [...userIds], settings, skus: [...skus] };
}

interface AboutRecord {
  /** For the catalogue the family of its events: `product`. */
  readonly kind: string;
  readonly key: string;
}

function recordsOf(row: LocationRow, skusOfOrder: ReadonlyMap<string, readonly string[]>): AboutRecord[] {
  const { event_type: type, aggregate_id: key } = row;
  if (row.location_id === EVERYWHERE) {
    const [family = ''] = type.split('.');
    return CATALOGUE.includes(type) ? [{ kind: family, key }] : [];
  }
  if (MOVING_EVENT_TYPES.includes(type)) return [{ kind: 'stock', key }];
  if (RESERVING_EVENT_TYPES.includes(type)) {
    return (skusOfOrder.get(key) ?? []).map((sku) => ({ kind: 'stock', key: sku }));
  }
  if (STAFF.includes(type)) return [{ kind: 'staff', key }];
  return SETTINGS.includes(type) ? [{ kind: 'settings', key: '' }] : [];
}
