/** Requests that a shop makes on its first day, each of which is accepted: what attacks then start from. */
import itemList from '#domain/catalogue/contracts/item-list.json' with { type: 'json' };
import combo from '#domain/promotions/contracts/promotion-combo.json' with { type: 'json' };

export interface ShopRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const [wine] = itemList.request.items;
const [first = '', second = ''] = combo.request.rules.buy_skus;
const department = (code: string) => ({
  code,
  description: code,
  tax_category: 'alcohol',
  gl_account: '4000',
  tax_rate: 700,
});
const idempotent = (number: number) => ({ 'idempotency-key': `first-day-${number}` });

/** @param locationId of the shop; another one gets a transfer */
export function shopRequests(locationId: string): readonly ShopRequest[] {
  const post = (path: string, body: unknown, headers?: Readonly<Record<string, string>>): ShopRequest => ({
    method: 'POST',
    path,
    body,
    ...(headers === undefined ? {} : { headers }),
  });
  const put = (path: string, body: unknown): ShopRequest => ({
    method: 'PUT',
    path,
    body,
    headers: { 'if-match': '"1"' },
  });
  const order = {
    location_id: locationId,
    channel: 'web',
    items: [{ sku: first, quantity: 2 }],
    payment: { provider: 'external_terminal', approval_code: 'A12345' },
    age_verified: true,
  };
  return [
    post('/api/merchandise-codes', department('WINE')),
    post('/api/merchandise-codes', department('BEER')),
    put('/api/merchandise-codes/BEER', department('BEER')),
    ...[first, second].map((sku) => post('/api/items', { ...wine, sku, category: 'wine' })),
    put(`/api/items/${second}`, { ...wine, sku: second, category: 'wine', price: 9.99 }),
    post('/api/items/bulk', { items: [{ ...wine, sku: 'BULK-1', category: 'beer' }] }),
    post('/api/promotions', combo.request),
    put(`/api/promotions/${combo.request.promotion_id}`, combo.request),
    post(
      '/api/stock/movements',
      {
        location_id: locationId,
        reason: 'restock',
        reference_id: 'DELIVERY-1',
        movements: [first, second].map((sku) => ({ sku, change: 500 })),
      },
      idempotent(1),
    ),
    post(
      '/api/stock/transfers',
      {
        from_location_id: locationId,
        to_location_id: 'STORE-002',
        reference_id: 'TRANSFER-1',
        items: [{ sku: first, quantity: 3 }],
      },
      idempotent(2),
    ),
    post('/api/orders', order, idempotent(3)),
    post('/api/orders', { ...order, payment: { provider: 'cash' } }, idempotent(4)),
    {
      method: 'PUT',
      path: `/api/locations/${locationId}/staff/U-1`,
      body: { name: 'Ann', role: 'manager', pin: '2468' },
    },
    {
      method: 'PUT',
      path: `/api/locations/${locationId}/settings`,
      body: {
        store_name: 'Corner Wines',
        store_address: ['1 Main Street'],
        receipt_footer: ['Thank you'],
        quick_keys: [{ sku: first, label: 'Cabernet', picture: 'wine' }],
        keep_events_days: 90,
      },
    },
    post('/api/api-keys', { name: 'the web shop', scopes: ['orders', 'inventory'], channels: ['web'] }),
  ];
}
