import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { LIVE_NAMESPACE, MAX_LIVE_RECORDS, liveChangedSchema } from './live-messages.ts';
import { PROTOCOL_VERSION } from './messages.ts';

const PINNED = {
  version: 2,
  hash: '6ba15b7667ade202df43d72e5f525a62c48c4fce868a43c3fea5ba6a3232388e',
};

const WHAT_TO_DO = `
What the server tells the terminals live has changed.

A till in a shop may be months behind its server. So, if you meant to change it:
1. Further fields are no break: older terminals pass over them. For anything else count PROTOCOL_VERSION up.
2. Pin the version and the hash that this failure shows in PINNED.
If you did not mean to: something that the message is made of (an item, a promotion, an id) was changed; undo that.
`;

test('nobody changes the live message by accident', () => {
  const wire = {
    namespace: LIVE_NAMESPACE,
    limits: { MAX_LIVE_RECORDS },
    messages: { 'live.changed': z.toJSONSchema(liveChangedSchema, { io: 'input' }) },
  };
  const hash = createHash('sha256').update(JSON.stringify(wire)).digest('hex');
  if (hash !== PINNED.hash || PROTOCOL_VERSION !== PINNED.version) {
    expect.fail(`${WHAT_TO_DO}\nVersion ${PROTOCOL_VERSION}, hash ${hash}`);
  }
  expect({ version: PROTOCOL_VERSION, hash }).toEqual(PINNED);
});

const NOTHING = { position: { tx: 7, id: 9 }, stock: [], merchandise_codes: [], items: [], promotions: [] };
const ITEM = {
  sku: 'WINE-CAB-001',
  name: 'Cabernet Sauvignon 750ml',
  category: 'wine',
  cost: 12.5,
  price: 19.99,
  case_size: 12,
  active: true,
  barcodes: [],
  minimum_age: 21,
  deposit: 0,
  reorder_point: 10,
};
const COMBO = {
  promotion_id: 'PROMO-001',
  name: 'Wine Duo Deal',
  type: 'combo',
  start_date: '2024-12-01',
  end_date: '2024-12-31',
  rules: { buy_quantity: 2, buy_skus: ['WINE-CAB-001'], discount_type: 'percentage', discount_value: 10 },
  active: true,
};

test('a record is whole, with its version, or says that it was deleted', () => {
  const read = liveChangedSchema.parse({
    ...NOTHING,
    stock: [{ sku: 'WINE-CAB-001', quantity: -2, reserved: 0 }],
    items: [
      { ...ITEM, version: 3 },
      { sku: 'BEER-001', version: 4, deleted: true },
    ],
    promotions: [
      { ...COMBO, version: 2 },
      { promotion_id: 'PROMO-002', version: 5, deleted: true },
    ],
  });
  expect(read.stock).toEqual([{ sku: 'WINE-CAB-001', quantity: -2, reserved: 0 }]);
  expect(read.items).toEqual([
    expect.objectContaining({ sku: 'WINE-CAB-001', category: 'WINE', price: 1999, version: 3 }),
    { sku: 'BEER-001', version: 4, deleted: true },
  ]);
  expect(read.promotions).toEqual([
    expect.objectContaining({ promotion_id: 'PROMO-001', version: 2 }),
    { promotion_id: 'PROMO-002', version: 5, deleted: true },
  ]);
});

test.each([
  ['an item without a version', { items: [ITEM] }],
  ['an item that is not whole', { items: [{ sku: 'WINE-CAB-001', price: 19.99, version: 3 }] }],
  ['a promotion without a version', { promotions: [COMBO] }],
  ['a fraction of a bottle', { stock: [{ sku: 'WINE-CAB-001', quantity: 0.5, reserved: 0 }] }],
  [
    'more than a message may hold',
    { stock: Array.from({ length: MAX_LIVE_RECORDS + 1 }, () => ({ sku: 'A', quantity: 1, reserved: 0 })) },
  ],
])('refuses %s', (_what, part) => {
  expect(liveChangedSchema.safeParse({ ...NOTHING, ...part }).success).toBe(false);
});
