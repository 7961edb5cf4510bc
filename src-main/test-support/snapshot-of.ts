/** Snapshots as the server makes them, for tests of the till's side. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { SNAPSHOT_FORMAT, type SnapshotLineOnWire, type SnapshotOffer } from '#sync/protocol/changes.ts';

export type SnapshotRecord = Exclude<SnapshotLineOnWire, { kind: 'header' | 'end' }>;

export interface MadeSnapshot {
  readonly offer: SnapshotOffer;
  readonly bytes: Buffer;
}

export interface SnapshotParts {
  readonly cursor?: string;
  readonly locationId?: string;
  readonly heads?: Record<string, number>;
}

export function snapshotOf(records: readonly SnapshotRecord[], parts: SnapshotParts = {}): MadeSnapshot {
  const { cursor = 'C1', locationId = 'STORE-001', heads = {} } = parts;
  return packed(
    [
      {
        kind: 'header',
        format: SNAPSHOT_FORMAT,
        location_id: locationId,
        cursor,
        made_at: '2026-11-24T12:00:00.000Z',
        heads,
      },
      ...records,
      { kind: 'end', records: records.length },
    ],
    records.length,
    cursor,
  );
}

/** Any lines, right or wrong, offered as they are. */
export function packed(lines: readonly unknown[], records: number, cursor = 'C1'): MadeSnapshot {
  const text = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
  const bytes = gzipSync(text);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return {
    bytes,
    offer: {
      path: `/api/snapshots/${sha256.slice(0, 20)}`,
      bytes: bytes.byteLength,
      sha256,
      cursor,
      records,
    },
  };
}

export function codeLine(code: string, version = 1): SnapshotRecord {
  return {
    kind: 'merchandise_code',
    record: { code, description: code, tax_category: 'food', tax_rate: 700, gl_account: '4000', version },
  };
}

export function itemLine(sku: string, changes: Partial<ItemRecord> = {}): SnapshotRecord {
  return { kind: 'item', record: itemRecord(sku, changes) };
}

type ItemRecord = Extract<SnapshotRecord, { kind: 'item' }>['record'];

export function itemRecord(sku: string, changes: Partial<ItemRecord> = {}): ItemRecord {
  return {
    sku,
    name: `Item ${sku}`,
    category: 'wine',
    cost: 5,
    price: 9.99,
    case_size: 12,
    active: true,
    barcodes: [],
    minimum_age: null,
    deposit: 0,
    reorder_point: 5,
    version: 1,
    ...changes,
  };
}

export function stockLine(sku: string, quantity: number, reserved = 0): SnapshotRecord {
  return { kind: 'stock', record: { sku, quantity, reserved } };
}
