/** A shop of any size as the server's snapshot of it: the file, and the offer that says what it must be. */
import { hash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { itemToWire } from '#domain/catalogue/item-wire.ts';
import type { Item } from '#domain/catalogue/item.ts';
import type { SnapshotLineOnWire, SnapshotOffer } from '#sync/protocol/changes.ts';
import { LARGE_CATALOGUE_CODES } from '../till/large-catalogue.ts';

export interface MadeSnapshot {
  readonly offer: SnapshotOffer;
  readonly file: Uint8Array;
}

export function makeSnapshot(items: readonly Item[], locationId: string): MadeSnapshot {
  const cursor = 'bench';
  const records: SnapshotLineOnWire[] = [
    ...LARGE_CATALOGUE_CODES.map((code) => ({
      kind: 'merchandise_code' as const,
      record: {
        code,
        description: code,
        tax_category: 'general',
        gl_account: '4000',
        tax_rate: 700,
        version: 1,
      },
    })),
    ...items.map((item) => ({ kind: 'item' as const, record: { ...itemToWire(item), version: 1 } })),
    ...items.map(({ sku }) => ({ kind: 'stock' as const, record: { sku, quantity: 1_000, reserved: 0 } })),
  ];
  const lines: SnapshotLineOnWire[] = [
    {
      kind: 'header',
      format: 1,
      location_id: locationId,
      cursor,
      made_at: '2026-11-23T12:00:00.000Z',
      heads: {},
    },
    ...records,
    { kind: 'end', records: records.length },
  ];
  const file = gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return {
    file,
    offer: {
      path: '/api/snapshots/bench',
      bytes: file.byteLength,
      sha256: hash('sha256', file, 'hex'),
      cursor,
      records: records.length,
    },
  };
}
