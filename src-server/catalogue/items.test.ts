import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import itemContract from '#domain/catalogue/contracts/item.json' with { type: 'json' };
import listContract from '#domain/catalogue/contracts/item-list.json' with { type: 'json' };
import { decodeCatalogueEvent } from '#domain/events/catalogue-events.ts';
import { makeApiKey } from '../access/api-keys.ts';
import {
  type CatalogueAnswer,
  type CatalogueApi,
  eventsOf,
  expectRefusal,
  startCatalogueApi,
  testBarcode,
} from '../test-support/catalogue-api.ts';
import { BEGINNING } from '../log/log-reader.ts';
import { readAllBehind } from '../test-support/read-all.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';

const [sample] = listContract.request.items;
if (sample === undefined) throw new Error('the sample is empty');
const skuBody = z.looseObject({ sku: z.string() });

describe.each(TEST_DATABASES)('items on $kind', ({ create }) => {
  let home: TestDatabase;
  let api: CatalogueApi;
  let numbers = 0;
  let sku = '';

  beforeAll(async () => {
    home = await create();
    api = await startCatalogueApi(home);
    for (const code of ['WINE', 'BEER']) {
      const body = { code, description: code, tax_category: 'alcohol', gl_account: '4000', tax_rate: 700 };
      await api.ask('POST', '/api/merchandise-codes', { body });
    }
  }, 120_000);
  afterAll(async () => {
    await api.close();
    await home.dispose();
  });
  beforeEach(() => {
    numbers += 1;
    sku = `WINE-${numbers}`;
  });

  const item = (changes: object = {}) => ({ ...sample, sku, ...changes });
  const post = (changes: object = {}) => api.ask('POST', '/api/items', { body: item(changes) });
  const get = (of = sku) => api.ask('GET', `/api/items/${encodeURIComponent(of)}`);
  const put = (version: number | string, changes: object, of = sku) =>
    api.ask('PUT', `/api/items/${encodeURIComponent(of)}`, {
      ifMatch: version,
      body: { sku: of, ...changes },
    });
  const remove = (version: number, of = sku) => api.ask('DELETE', `/api/items/${of}`, { ifMatch: version });
  /** A barcode of this test's own. */
  const ean = (number = 0) => testBarcode(numbers, number);
  const refused = (status: number, code: string, ask: () => Promise<CatalogueAnswer>) =>
    expectRefusal(api, status, code, ask);
  const told = (work: () => Promise<unknown>) => eventsOf(api, work);

  it("are made from the seed's shape, and told of in it", async () => {
    const events = await told(async () => {
      const answer = await post();
      expect(answer).toMatchObject({ status: 201, etag: '"1"', body: { ...item(), version: 1, deposit: 0 } });
      expect(await get()).toEqual({ ...answer, status: 200 });
    });
    expect(events).toEqual([
      {
        event_type: 'product.created',
        aggregate_id: sku,
        payload: { ...item(), barcodes: [], minimum_age: null, deposit: 0, reorder_point: 0, version: 1 },
      },
    ]);
  });

  it('name in the event who changed them, in a chain for all locations', async () => {
    await post();
    const { key, listing } = await makeApiKey(
      api.database,
      { name: 'back office', scopes: ['catalogue'], channels: [], locationId: null },
      new Date(),
    );
    await api.ask('PUT', `/api/items/${sku}`, { ifMatch: 1, body: { sku, price: 1 }, key });
    const [created, updated] = (await api.events()).slice(-2);
    expect(created).toMatchObject({ location_id: 'ALL', metadata: { user_id: 'admin' } });
    expect(updated).toMatchObject({
      event_type: 'product.updated',
      metadata: { user_id: `api-key:${listing.key_id}` },
    });
  });

  it('keep what a change leaves out, and go up by one version', async () => {
    await post({ minimum_age: 21, barcodes: [ean()], deposit: 0.05, reorder_point: 7 });
    const events = await told(async () => {
      const answer = await put(1, { ...itemContract.request, sku, price: 18.49 });
      expect(answer).toMatchObject({
        status: 200,
        etag: '"2"',
        body: { price: 18.49, category: 'wine', minimum_age: 21, barcodes: [`0${ean()}`], version: 2 },
      });
    });
    expect(events).toMatchObject([
      {
        event_type: 'product.updated',
        payload: {
          price: 18.49,
          category: 'wine',
          case_size: 12,
          deposit: 0.05,
          reorder_point: 7,
          version: 2,
        },
      },
    ]);
    expect(decodeCatalogueEvent('product.updated', events[0]?.payload)).toMatchObject({
      item: { price: 1849, minimumAge: 21 },
    });
  });

  it('get no version and no event from a change that changes nothing, also sent as it was answered', async () => {
    const { body } = await post({ barcodes: [ean(1), ean(0)] });
    expect(
      await told(async () => {
        expect(await api.ask('PUT', `/api/items/${sku}`, { ifMatch: 1, body })).toMatchObject({
          status: 200,
          etag: '"1"',
          body,
        });
        expect(await put(1, { barcodes: [ean(0), `0${ean(1)}`] })).toMatchObject({ body });
      }),
    ).toEqual([]);
  });

  it('are gone after a deletion, and go on with their versions when they are made again', async () => {
    await post({ barcodes: [ean()] });
    const events = await told(async () => {
      expect(await remove(1)).toMatchObject({ status: 200, body: { version: 2 } });
      expect(await get()).toMatchObject({ status: 404, body: { code: 'not_found' } });
      expect(await put(2, { price: 1 })).toMatchObject({ status: 404 });
      expect(await remove(2)).toMatchObject({ status: 404 });
      expect(await post()).toMatchObject({ status: 201, etag: '"3"', body: { version: 3, barcodes: [] } });
    });
    expect(events).toMatchObject([
      { event_type: 'product.deleted', aggregate_id: sku, payload: { sku, version: 2 } },
      { event_type: 'product.created', aggregate_id: sku, payload: { version: 3 } },
    ]);
    expect(events[0]?.payload).toEqual({ sku, version: 2 });
  });

  it('let a barcode move to another item only when they have let go of it', async () => {
    const other = `${sku}-B`;
    await post({ barcodes: [ean(0), ean(1)] });
    await post({ sku: other });
    const body = await refused(409, 'barcode_taken', () => put(1, { barcodes: [ean(1)] }, other));
    expect(body.message).toContain(`that of ${sku}:`);
    await refused(409, 'barcode_taken', () => post({ sku: `${sku}-C`, barcodes: [ean(1)] }));
    expect(await put(1, { barcodes: [ean(0)] })).toMatchObject({ status: 200 });
    expect(await put(1, { barcodes: [ean(1)] }, other)).toMatchObject({ status: 200 });
    await remove(2, other);
    expect(await put(2, { barcodes: [ean(0), ean(1)] })).toMatchObject({ status: 200 });
  });

  it('are read by pages, without those that were deleted', async () => {
    const skus = ['A', 'B', 'C', 'D', 'E'].map((letter) => `ZZZ-${numbers}-${letter}`);
    for (const each of skus) await post({ sku: each });
    await remove(1, skus[2]);
    const seen: string[] = [];
    let after = `ZZZ-${numbers}`;
    for (let pages = 0; pages < 2; pages += 1) {
      const { body } = await api.ask('GET', `/api/items?limit=2&after=${after}`);
      const page = body as { items: { sku: string; version: number }[]; next: string | null };
      seen.push(...page.items.map((each) => each.sku));
      expect(page.next).toBe(pages === 0 ? skus[1] : null);
      after = page.next ?? '';
    }
    expect(seen).toEqual([skus[0], skus[1], skus[3], skus[4]]);
  });

  it('have any SKU that the seed allows, also one with a slash', async () => {
    const odd = `${sku}/6-PACK_1.5`;
    await post({ sku: odd });
    expect(await get(odd)).toMatchObject({ status: 200, body: { sku: odd } });
    expect(await put(1, { active: false }, odd)).toMatchObject({ status: 200, body: { active: false } });
  });

  it('refuse by name what cannot be, and change nothing', async () => {
    await post({ barcodes: [ean()] });
    const path = `/api/items/${sku}`;
    const bodyOf = (changes: object) => ({ body: { sku, ...changes } });
    await refused(409, 'exists', () => post());
    await refused(422, 'unknown_merchandise_code', () => post({ sku: `${sku}-X`, category: 'gin' }));
    await refused(422, 'unknown_merchandise_code', () => put(1, { category: 'gin' }));
    await refused(428, 'version_required', () => api.ask('PUT', path, bodyOf({ price: 1 })));
    await refused(428, 'version_required', () => api.ask('DELETE', path));
    await refused(412, 'version_differs', () => put(2, { price: 1 }));
    await refused(412, 'version_differs', () => api.ask('DELETE', path, { ifMatch: 9 }));
    for (const ifMatch of ['*', '1', 'W/"1"', '"1", "2"', '"x"', '""']) {
      await refused(400, 'bad_request', () => put(ifMatch, { price: 1 }));
    }
    await refused(400, 'bad_request', () =>
      api.ask('PUT', path, { ifMatch: 1, body: { sku: 'OTHER', price: 1 } }),
    );
    await refused(400, 'bad_request', () => put(1, { price: 1, version: 2 }));
    await refused(400, 'bad_request', () => put(1, { price: 1.999 }));
    await refused(400, 'bad_request', () => put(1, { prise: 1 }));
    await refused(400, 'bad_request', () => post({ sku: `${sku}-X`, name: undefined }));
    await refused(400, 'bad_request', () => post({ sku: `${sku}-X`, barcodes: ['036000291453'] }));
    await refused(404, 'not_found', () => put(1, { price: 1 }, 'NOT-THERE'));
    await refused(400, 'bad_request', () => api.ask('GET', '/api/items?limit=0'));
    await refused(400, 'bad_request', () => api.ask('GET', '/api/items?after=lower'));
  });

  it('say in a refusal which version there is', async () => {
    await post();
    await put(1, { price: 5 });
    const body = await refused(412, 'version_differs', () => put(1, { price: 6 }));
    expect(body.message).toContain('version 2');
  });

  it('are changed by no key of one location', async () => {
    await post();
    const wishes = { name: 'shop', scopes: ['catalogue'], channels: [], locationId: 'STORE-001' } as const;
    const { key } = await makeApiKey(api.database, wishes, new Date());
    expect(await api.ask('GET', `/api/items/${sku}`, { key })).toMatchObject({ status: 200 });
    await refused(403, 'forbidden', () =>
      api.ask('PUT', `/api/items/${sku}`, { ifMatch: 1, body: { sku, price: 1 }, key }),
    );
    await refused(403, 'forbidden', () => api.ask('DELETE', `/api/items/${sku}`, { ifMatch: 1, key }));
    await refused(403, 'forbidden', () =>
      api.ask('POST', '/api/items/bulk', { body: { items: [item()] }, key }),
    );
  });

  it('let exactly one of many that change the same version win', async () => {
    await post();
    const events = await told(async () => {
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, index) => put(1, { price: index + 1 })),
      );
      expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([
        200, 412, 412, 412, 412, 412, 412, 412,
      ]);
      const won = answers.find(({ status }) => status === 200);
      expect((await get()).body).toEqual(won?.body);
    });
    expect(events).toMatchObject([{ event_type: 'product.updated', payload: { version: 2 } }]);
  });

  it('let exactly one of a change and a deletion of the same version win', async () => {
    await post();
    const events = await told(async () => {
      const answers = await Promise.all([put(1, { price: 3 }), remove(1), put(1, { price: 4 }), remove(1)]);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.every(({ status }) => [200, 404, 412].includes(status))).toBe(true);
    });
    expect(events).toHaveLength(1);
  });

  it('let exactly one of many that are made with the same SKU win', async () => {
    const events = await told(async () => {
      const answers = await Promise.all(Array.from({ length: 6 }, () => post()));
      expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([
        201, 409, 409, 409, 409, 409,
      ]);
      expect(answers.filter(({ status }) => status === 409).map(({ body }) => body)).toMatchObject(
        Array.from({ length: 5 }, () => ({ code: 'exists' })),
      );
    });
    expect(events).toHaveLength(1);
  });

  it('let exactly one of many that want the same barcode have it', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) => post({ sku: `${sku}-${index}`, barcodes: [ean()] })),
    );
    const won = answers.find(({ status }) => status === 201);
    const lost = answers.filter((answer) => answer !== won);
    const owner = skuBody.parse(won?.body).sku;
    for (const { status, body } of lost) {
      expect(status).toBe(409);
      expect(body).toEqual({
        code: 'barcode_taken',
        message: `The barcode 0${ean()} is that of ${owner}: take it from there first`,
      });
    }
  });

  it('are told of in the order of their versions, whoever waited for whom', async () => {
    const skus = Array.from({ length: 5 }, (_, index) => `${sku}-${index}`);
    for (const each of skus) await post({ sku: each });
    const rows = (price: number) => skus.toReversed().map((each) => ({ sku: each, price }));
    await Promise.all([
      ...Array.from({ length: 6 }, (_, index) =>
        api.ask('POST', '/api/items/bulk', { body: { items: rows(index + 2) } }),
      ),
      ...skus.map((each) => put(1, { price: 50 }, each)),
    ]);
    const events = await readAllBehind(api.database, BEGINNING);
    for (const each of skus) {
      const versions = events
        .filter(({ aggregate_id }) => aggregate_id === each)
        .map(({ payload }) => (payload as { version: number }).version);
      expect(versions).toEqual(versions.map((_, index) => index + 1));
    }
  });
});
