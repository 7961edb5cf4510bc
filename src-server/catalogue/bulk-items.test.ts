import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import listContract from '#domain/catalogue/contracts/item-list.json' with { type: 'json' };
import {
  type CatalogueAnswer,
  type CatalogueApi,
  eventsOf,
  expectRefusal,
  startCatalogueApi,
  testBarcode,
} from '../test-support/catalogue-api.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { rowErrorSchema } from './row-error.ts';

const [sample] = listContract.request.items;
if (sample === undefined) throw new Error('the sample is empty');

describe.each(TEST_DATABASES)('a list of items on $kind', ({ create }) => {
  let home: TestDatabase;
  let api: CatalogueApi;
  let numbers = 0;

  beforeAll(async () => {
    home = await create();
    api = await startCatalogueApi(home);
    const body = { code: 'WINE', description: 'Wine', tax_category: 'alcohol', gl_account: '4000' };
    await api.ask('POST', '/api/merchandise-codes', { body });
  }, 120_000);
  afterAll(async () => {
    await api.close();
    await home.dispose();
  });
  beforeEach(() => {
    numbers += 1;
  });

  const skuOf = (letter: string) => `BULK-${numbers}-${letter}`;
  const ean = (number: number) => testBarcode(numbers, number);
  const row = (letter: string, changes: object = {}) => ({ ...sample, sku: skuOf(letter), ...changes });
  const bulk = (...items: unknown[]): Promise<CatalogueAnswer> =>
    api.ask('POST', '/api/items/bulk', { body: { items } });
  const get = async (letter: string) => (await api.ask('GET', `/api/items/${skuOf(letter)}`)).body;
  const synced = (count: number) => ({
    status: 200,
    body: { success: true, synced_count: count, errors: [] },
  });
  const errorsOf = async (...items: unknown[]) => {
    const body = await expectRefusal(api, 422, 'rows_refused', () => bulk(...items));
    expect(body).toMatchObject({ success: false, synced_count: 0 });
    return z
      .array(rowErrorSchema)
      .parse(body['errors'])
      .map(({ index, field, code }) => [index, field, code]);
  };

  it("is answered as the seed's sample has it", async () => {
    const answer = await api.ask('POST', '/api/items/bulk', { body: listContract.request });
    expect(answer).toMatchObject({ status: 200, body: listContract.response });
    expect(answer.body).toEqual(listContract.response);
  });

  it('makes what is new, changes what is there, and tells of each in the order of the rows', async () => {
    await bulk(row('B', { minimum_age: 21 }), row('C'));
    const events = await eventsOf(api, async () => {
      const again = { sku: skuOf('B'), price: 1.5 };
      expect(await bulk(row('D'), again, row('C'), row('A'))).toMatchObject(synced(4));
    });
    expect(events).toMatchObject([
      { event_type: 'product.created', aggregate_id: skuOf('D'), payload: { version: 1 } },
      {
        event_type: 'product.updated',
        aggregate_id: skuOf('B'),
        payload: { version: 2, price: 1.5, minimum_age: 21 },
      },
      { event_type: 'product.created', aggregate_id: skuOf('A') },
    ]);
    expect(await get('C')).toMatchObject({ version: 1 });
  });

  it('goes on with the versions of what was deleted', async () => {
    await bulk(row('A'));
    await api.ask('DELETE', `/api/items/${skuOf('A')}`, { ifMatch: 1 });
    expect(await errorsOf({ sku: skuOf('A'), price: 2 })).toEqual([
      [0, 'name', 'missing'],
      [0, 'category', 'missing'],
      [0, 'cost', 'missing'],
      [0, 'case_size', 'missing'],
      [0, 'active', 'missing'],
    ]);
    await bulk(row('A'));
    expect(await get('A')).toMatchObject({ version: 3 });
  });

  it('has its errors told by row, field and code, all at once, and then changes nothing', async () => {
    await bulk(row('A', { barcodes: [ean(0)] }), row('B'));
    expect(
      await errorsOf(
        row('C', { price: -1, name: '' }),
        row('D', { barcodes: [ean(5), '036000291453'] }),
        row('E', { colour: 'red', size: 1 }),
        'no row',
        { name: 'without a SKU' },
      ),
    ).toEqual([
      [0, 'name', 'invalid'],
      [0, 'price', 'invalid'],
      [1, 'barcodes.1', 'invalid'],
      [2, 'colour', 'unknown_field'],
      [2, 'size', 'unknown_field'],
      [3, null, 'invalid'],
      [4, 'sku', 'invalid'],
    ]);
    expect(
      await errorsOf(
        row('B', { price: 2, version: 7 }),
        row('C', { category: 'gin' }),
        row('D', { barcodes: [ean(0)] }),
        row('E', { barcodes: [ean(3)] }),
        row('F', { barcodes: [ean(3)] }),
        row('E'),
        row('G', { version: 1 }),
      ),
    ).toEqual([
      [0, 'version', 'version_differs'],
      [1, 'category', 'unknown_merchandise_code'],
      [2, 'barcodes', 'barcode_taken'],
      [4, 'barcodes', 'barcode_taken'],
      [5, 'sku', 'repeated'],
      [6, 'version', 'version_differs'],
    ]);
  });

  it('changes a row with a version only if it is that one', async () => {
    await bulk(row('A'));
    expect(await bulk({ sku: skuOf('A'), price: 3, version: 1 })).toMatchObject(synced(1));
    expect(await errorsOf({ sku: skuOf('A'), price: 4, version: 1 })).toEqual([
      [0, 'version', 'version_differs'],
    ]);
  });

  it('may exchange barcodes between its items, but not take those of one that keeps them', async () => {
    await bulk(row('A', { barcodes: [ean(0)] }), row('B', { barcodes: [ean(1)] }));
    const exchanged = [
      { sku: skuOf('A'), barcodes: [ean(1)] },
      { sku: skuOf('B'), barcodes: [ean(0)] },
    ];
    expect(await bulk(...exchanged)).toMatchObject(synced(2));
    expect(await get('B')).toMatchObject({ barcodes: [`0${ean(0)}`] });
    expect(await errorsOf(row('A'), { sku: skuOf('B'), barcodes: [ean(1)] })).toEqual([
      [1, 'barcodes', 'barcode_taken'],
    ]);
  });

  it('never deadlocks with others that exchange the same barcodes the other way round', async () => {
    await bulk(row('A', { barcodes: [ean(0)] }), row('B', { barcodes: [ean(1)] }));
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, index) => {
        const rows = [
          { sku: skuOf('A'), barcodes: [ean(index % 2)] },
          { sku: skuOf('B'), barcodes: [ean((index + 1) % 2)] },
        ];
        return bulk(...(index % 3 === 0 ? rows.toReversed() : rows));
      }),
    );
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  });

  it('takes a thousand rows with all their barcodes, and not one more', async () => {
    const rows = (count: number) =>
      Array.from({ length: count }, (_, index) =>
        row(String(index), { barcodes: Array.from({ length: 20 }, (_, code) => ean(index * 20 + code)) }),
      );
    await expectRefusal(api, 400, 'bad_request', () => bulk(...rows(1001)));
    const events = await eventsOf(api, async () => {
      expect(await bulk(...rows(1000))).toMatchObject(synced(1000));
    });
    expect(events).toHaveLength(1000);
    expect(await eventsOf(api, () => bulk(...rows(1000)))).toEqual([]);
  });

  it('tells the first thousand errors of a list that is wrong all over', async () => {
    const rows = Array.from({ length: 1000 }, () => ({ sku: 1, price: 'x' }));
    const body = await expectRefusal(api, 422, 'rows_refused', () => bulk(...rows));
    expect(body.message).toContain('2000 errors');
    expect(body['errors']).toHaveLength(1000);
  });

  it.each([
    ['nothing', undefined],
    ['an empty list', { items: [] }],
    ['no list', { items: 'x' }],
    ['a bare list', [sample]],
    ['null', null],
    ['more than a list', { items: [sample], mode: 'replace' }],
  ])('is refused when it is %s', async (_what, body) => {
    await expectRefusal(api, 400, 'bad_request', () => api.ask('POST', '/api/items/bulk', { body }));
  });

  it('is refused when it is too large, or when the address has something that it should not have', async () => {
    const rows = [row('A', { name: 'x'.repeat(3 * 1024 * 1024) })];
    await expectRefusal(api, 413, 'too_large', () => bulk(...rows));
    await expectRefusal(api, 400, 'bad_request', () =>
      api.ask('POST', '/api/items/bulk?dry=1', { body: { items: [row('A')] } }),
    );
  });
});
