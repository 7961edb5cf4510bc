/**
 * What the model of the server has on its disk. Everything in it is replaced and never changed in place, apart from the
 * collections themselves: a backup copies those and nothing else.
 */
import type { WireItemForm } from '#domain/catalogue/item-wire.ts';
import type { WireMerchandiseCodeForm } from '#domain/catalogue/merchandise-code-wire.ts';
import type { Random } from '../../random.ts';
import { GENESIS_HASH } from '#domain/events/event-record.ts';
import type { WirePromotionForm } from '#domain/promotions/promotion-wire.ts';
import type { LocationSettings, StaffRecord } from '#sync/protocol/changes.ts';
import type { ChainPoint, FramedEvent, QuarantinedEvent } from '#sync/protocol/messages.ts';

export interface ModelTerminal {
  readonly terminalId: string;
  readonly locationId: string;
  readonly token: string;
  /** By seq - 1. */
  readonly events: readonly FramedEvent[];
  readonly quarantined: readonly QuarantinedEvent[];
  /** Histories that were shown under its name and are not its own: each a sentence for IT. */
  readonly forks: readonly string[];
}

export type Versioned<Form> = Form & { readonly version: number };
export interface Gone {
  readonly version: number;
  readonly deleted: true;
}

export type RecordKind = 'merchandise_code' | 'item' | 'promotion' | 'staff' | 'settings' | 'stock';
/** The record that a row of the log is about. */
export interface Touch {
  readonly kind: RecordKind;
  readonly key: string;
}

export interface LogRow {
  /** Made once for this row: by it a cursor of another history is noticed. */
  readonly mark: string;
  readonly touched: readonly Touch[];
}

export interface ModelState {
  readonly terminals: Map<string, ModelTerminal>;
  readonly rows: LogRow[];
  readonly merchandiseCodes: Map<
    string,
    Versioned<WireMerchandiseCodeForm> | (Gone & { readonly code: string })
  >;
  readonly items: Map<string, Versioned<WireItemForm> | (Gone & { readonly sku: string })>;
  readonly promotions: Map<string, Versioned<WirePromotionForm> | (Gone & { readonly promotion_id: string })>;
  readonly staff: Map<string, StaffRecord>;
  settings: LocationSettings;
  readonly stock: Map<string, { readonly quantity: number; readonly reserved: number }>;
}

export const LOCATION = 'STORE-001';

export function emptyState(): ModelState {
  return {
    terminals: new Map(),
    rows: [],
    merchandiseCodes: new Map(),
    items: new Map(),
    promotions: new Map(),
    staff: new Map(),
    settings: {
      store_name: 'Harbor Wine & Spirits',
      store_address: ['214 Harbor Street'],
      receipt_footer: ['Thank you.'],
      quick_keys: [],
      keep_events_days: 90,
      version: 1,
    },
    stock: new Map(),
  };
}

export function newRow(touched: readonly Touch[], random: Random): LogRow {
  return { mark: Math.floor(random() * 2 ** 32).toString(16), touched };
}

export function copyOf(state: ModelState): ModelState {
  return {
    terminals: new Map(state.terminals),
    rows: [...state.rows],
    merchandiseCodes: new Map(state.merchandiseCodes),
    items: new Map(state.items),
    promotions: new Map(state.promotions),
    staff: new Map(state.staff),
    settings: state.settings,
    stock: new Map(state.stock),
  };
}

export function headOf({ events }: ModelTerminal): ChainPoint {
  const last = events.at(-1);
  return last ? { seq: last.seq, hash: last.hash } : { seq: 0, hash: GENESIS_HASH };
}

export function hashAt({ events }: ModelTerminal, seq: number): string | undefined {
  return seq === 0 ? GENESIS_HASH : events[seq - 1]?.hash;
}
