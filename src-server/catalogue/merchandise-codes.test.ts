import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import itemList from '#domain/catalogue/contracts/item-list.json' with { type: 'json' };
import contract from '#domain/catalogue/contracts/merchandise-code.json' with { type: 'json' };
import mixMatch from '#domain/promotions/contracts/promotion-mix-match.json' with { type: 'json' };
import {
  type CatalogueApi,
  eventsOf,
  expectRefusal,
  startCatalogueApi,
} from '../test-support/catalogue-api.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';

describe.each(TEST_DATABASES)('merchandise codes on $kind', ({ create }) => {
  let home: TestDatabase;
  let api: CatalogueApi;
  let numbers = 0;
  let code = '';

  beforeAll(async () => {
    home = await create();
    api = await startCatalogueApi(home);
  }, 120_000);
  afterAll(async () => {
    await api.close();
    await home.dispose();
  });
  beforeEach(() => {
    numbers += 1;
    code = `DEPT-${numbers}`;
  });

  const post = (changes: object = {}) =>
    api.ask('POST', '/api/merchandise-codes', { body: { ...contract.request, code, ...changes } });
  const put = (version: number, changes: object) =>
    api.ask('PUT', `/api/merchandise-codes/${code}`, { ifMatch: version, body: { code, ...changes } });
  const remove = (version: number) =>
    api.ask('DELETE', `/api/merchandise-codes/${code}`, { ifMatch: version });
  const makeItem = (sku: string) =>
    api.ask('POST', '/api/items', {
      body: { ...itemList.request.items[0], sku, category: code.toLowerCase() },
    });

  it("take the seed's sample, and are told of in it", async () => {
    const answer = { ...contract.request, tax_rate: 0, version: 1 };
    const events = await eventsOf(api, async () => {
      expect(await api.ask('POST', '/api/merchandise-codes', { body: contract.request })).toMatchObject({
        status: 201,
        etag: '"1"',
        body: answer,
      });
    });
    expect(events).toEqual([{ event_type: 'category.created', aggregate_id: 'WINE', payload: answer }]);
    expect(await api.ask('GET', '/api/merchandise-codes/WINE')).toMatchObject({ status: 200, body: answer });
  });

  it('keep their tax through a change that does not name it', async () => {
    await post({ tax_rate: 700 });
    const events = await eventsOf(api, async () => {
      expect(await put(1, { ...contract.request, code, description: 'All wine' })).toMatchObject({
        status: 200,
        etag: '"2"',
        body: { tax_rate: 700, description: 'All wine' },
      });
      expect(await put(2, { tax_rate: 700 })).toMatchObject({ status: 200, body: { version: 2 } });
    });
    expect(events).toMatchObject([
      { event_type: 'category.updated', aggregate_id: code, payload: { tax_rate: 700, version: 2 } },
    ]);
  });

  it('are not deleted while an item has them, and go on with their versions', async () => {
    await post();
    await makeItem(code);
    const body = await expectRefusal(api, 409, 'in_use', () => remove(1));
    expect(body.message).toContain('1 items');
    await api.ask('DELETE', `/api/items/${code}`, { ifMatch: 1 });
    const events = await eventsOf(api, async () => {
      expect(await remove(1)).toMatchObject({ status: 200, body: { version: 2 } });
      expect(await makeItem(code)).toMatchObject({ status: 422, body: { code: 'unknown_merchandise_code' } });
      expect(await post()).toMatchObject({ status: 201, body: { version: 3 } });
    });
    expect(events).toEqual([
      { event_type: 'category.deleted', aggregate_id: code, payload: { code, version: 2 } },
      expect.objectContaining({ event_type: 'category.created' }),
    ]);
  });

  it('are not deleted while a promotion names them', async () => {
    await post();
    await makeItem(code);
    const rules = { ...mixMatch.request.rules, category: code.toLowerCase(), eligible_skus: [code] };
    const promotion = { ...mixMatch.request, promotion_id: code, rules };
    expect(await api.ask('POST', '/api/promotions', { body: promotion })).toMatchObject({ status: 201 });
    await api.ask('DELETE', `/api/items/${code}`, { ifMatch: 1 });
    await expectRefusal(api, 409, 'in_use', () => remove(1));
    await api.ask('DELETE', `/api/promotions/${code}`, { ifMatch: 1 });
    expect(await remove(1)).toMatchObject({ status: 200 });
  });

  it('are never deleted from under an item that is made at the same time', async () => {
    for (let round = 0; round < 10; round += 1) {
      code = `RACE-${numbers}-${round}`;
      await post();
      const [made, removed] = await Promise.all([makeItem(code), remove(1)]);
      expect([made.status, removed.status]).toSatisfy(
        ([item, deletion]) => (item === 201 && deletion === 409) || (item === 422 && deletion === 200),
      );
    }
  });

  it('are read by pages', async () => {
    for (const letter of ['A', 'B', 'C']) await post({ code: `ZZ-${letter}` });
    expect(await api.ask('GET', '/api/merchandise-codes?after=Z&limit=2')).toMatchObject({
      body: { merchandise_codes: [{ code: 'ZZ-A' }, { code: 'ZZ-B' }], next: 'ZZ-B' },
    });
    expect(await api.ask('GET', '/api/merchandise-codes?after=ZZ-B&limit=2')).toMatchObject({
      body: { merchandise_codes: [{ code: 'ZZ-C' }], next: null },
    });
  });

  it('refuse by name what cannot be, and change nothing', async () => {
    await post();
    const path = `/api/merchandise-codes/${code}`;
    await expectRefusal(api, 409, 'exists', () => post());
    await expectRefusal(api, 412, 'version_differs', () => put(2, { description: 'x' }));
    await expectRefusal(api, 412, 'version_differs', () => remove(2));
    await expectRefusal(api, 428, 'version_required', () => api.ask('DELETE', path));
    await expectRefusal(api, 428, 'version_required', () => api.ask('PUT', path, { body: { code } }));
    await expectRefusal(api, 400, 'bad_request', () => put(1, { code: 'OTHER' }));
    await expectRefusal(api, 400, 'bad_request', () => put(1, { tax_rate: 10_001 }));
    await expectRefusal(api, 400, 'bad_request', () => post({ code: 'lower' }));
    await expectRefusal(api, 404, 'not_found', () => api.ask('GET', '/api/merchandise-codes/NONE'));
  });
});
