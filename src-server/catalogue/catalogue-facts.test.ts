import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { price } from '#domain/pricing/price.ts';
import { addToCart, emptyCart } from '#domain/pricing/cart.ts';
import { type CatalogueApi, startCatalogueApi, testBarcode } from '../test-support/catalogue-api.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { readCatalogueFacts } from './catalogue-facts.ts';

describe.each(TEST_DATABASES)('the facts for pricing on $kind', ({ create }) => {
  let home: TestDatabase;
  let api: CatalogueApi;

  beforeAll(async () => {
    home = await create();
    api = await startCatalogueApi(home);
    for (const [code, tax_rate] of [
      ['WINE', 700],
      ['ICE', 0],
    ] as const) {
      const body = { code, description: `All ${code}`, tax_category: 'some', gl_account: '4000', tax_rate };
      await api.ask('POST', '/api/merchandise-codes', { body });
    }
    const item = { name: 'Bottle', category: 'wine', cost: 12.5, price: 19.99, case_size: 12, active: true };
    const items = [
      {
        ...item,
        sku: 'WINE-1',
        barcodes: [testBarcode(1, 1), testBarcode(1, 0)],
        minimum_age: 21,
        deposit: 0.1,
      },
      { ...item, sku: 'ICE-1', category: 'ice' },
      { ...item, sku: 'OLD-1', active: false },
      { ...item, sku: 'GONE-1' },
    ];
    await api.ask('POST', '/api/items/bulk', { body: { items } });
    await api.ask('DELETE', '/api/items/GONE-1', { ifMatch: 1 });
  }, 120_000);
  afterAll(async () => {
    await api.close();
    await home.dispose();
  });

  it('are the items that may be sold, and their departments', async () => {
    const { items, merchandiseCodes } = await readCatalogueFacts(api.database, [
      'WINE-1',
      'OLD-1',
      'GONE-1',
      'NO',
    ]);
    expect([...items.keys()]).toEqual(['WINE-1']);
    expect(items.get('WINE-1')).toEqual({
      sku: 'WINE-1',
      name: 'Bottle',
      merchandiseCode: 'WINE',
      cost: 1250,
      price: 1999,
      caseSize: 12,
      active: true,
      barcodes: [`0${testBarcode(1, 0)}`, `0${testBarcode(1, 1)}`],
      minimumAge: 21,
      deposit: 10,
      reorderPoint: 0,
    });
    expect([...merchandiseCodes.values()]).toEqual([
      { code: 'WINE', description: 'All WINE', taxCategory: 'some', taxRate: 700, glAccount: '4000' },
    ]);
  });

  it('price a cart, and nothing that may not be sold', async () => {
    const cartOf = (...skus: string[]) =>
      skus.reduce((cart, sku) => addToCart(cart, sku, 2, sku) ?? cart, emptyCart('ORD-1'));
    const priced = async (...skus: string[]) =>
      price(cartOf(...skus), await readCatalogueFacts(api.database, skus));
    expect(await priced('WINE-1', 'ICE-1')).toMatchObject({
      ok: true,
      cart: { subtotal: 7996, deposit: 20, tax: 280, minimumAge: 21 },
    });
    expect(await priced('WINE-1', 'OLD-1')).toMatchObject({ ok: false, refusal: { sku: 'OLD-1' } });
    expect(await priced()).toMatchObject({ ok: true, cart: { total: 0 } });
  });
});
