import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import itemList from '#domain/catalogue/contracts/item-list.json' with { type: 'json' };
import { decodeCatalogueEvent } from '#domain/events/catalogue-events.ts';
import comboContract from '#domain/promotions/contracts/promotion-combo.json' with { type: 'json' };
import mixMatchContract from '#domain/promotions/contracts/promotion-mix-match.json' with { type: 'json' };
import {
  type CatalogueApi,
  eventsOf,
  expectRefusal,
  startCatalogueApi,
} from '../test-support/catalogue-api.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';

const combo = comboContract.request;
const mixMatch = mixMatchContract.request;

describe.each(TEST_DATABASES)('promotions on $kind', ({ create }) => {
  let home: TestDatabase;
  let api: CatalogueApi;
  let numbers = 0;
  let id = '';

  const makeItem = (sku: string, category: string) =>
    api.ask('POST', '/api/items', { body: { ...itemList.request.items[0], sku, category } });

  beforeAll(async () => {
    home = await create();
    api = await startCatalogueApi(home);
    for (const code of ['WINE', 'BEER']) {
      const body = { code, description: code, tax_category: 'alcohol', gl_account: '4000' };
      await api.ask('POST', '/api/merchandise-codes', { body });
    }
    for (const sku of combo.rules.buy_skus) await makeItem(sku, 'wine');
    for (const sku of mixMatch.rules.eligible_skus) await makeItem(sku, 'beer');
  }, 120_000);
  afterAll(async () => {
    await api.close();
    await home.dispose();
  });
  beforeEach(() => {
    numbers += 1;
    id = `P-${numbers}`;
  });

  const post = (promotion: object, changes: object = {}) =>
    api.ask('POST', '/api/promotions', { body: { ...promotion, promotion_id: id, ...changes } });
  const put = (version: number, promotion: object, changes: object = {}) =>
    api.ask('PUT', `/api/promotions/${id}`, {
      ifMatch: version,
      body: { ...promotion, promotion_id: id, ...changes },
    });
  const remove = (version: number) => api.ask('DELETE', `/api/promotions/${id}`, { ifMatch: version });

  it.each([
    ['combo', combo],
    ['mix and match', mixMatch],
  ])("take the seed's %s, and are told of in it", async (_name, sample) => {
    const events = await eventsOf(api, async () => {
      const answer = await api.ask('POST', '/api/promotions', { body: sample });
      expect(answer).toMatchObject({ status: 201, etag: '"1"', body: { ...sample, version: 1 } });
      const { promotion_id } = sample;
      expect(await api.ask('GET', `/api/promotions/${promotion_id}`)).toEqual({ ...answer, status: 200 });
    });
    const { promotion_id } = sample;
    expect(events).toEqual([
      { event_type: 'promotion.created', aggregate_id: promotion_id, payload: { ...sample, version: 1 } },
    ]);
  });

  it('are changed whole, also from one type to the other, and hold amounts exactly', async () => {
    await post(combo);
    const amount = { rules: { ...combo.rules, discount_type: 'amount', discount_value: 0.29 } };
    const events = await eventsOf(api, async () => {
      expect(await put(1, combo, amount)).toMatchObject({ status: 200, body: { ...amount, version: 2 } });
      expect(await put(2, combo, amount)).toMatchObject({ status: 200, body: { version: 2 } });
      expect(await put(2, mixMatch)).toMatchObject({ status: 200, body: { type: 'mix_match', version: 3 } });
    });
    expect(events).toMatchObject([
      { event_type: 'promotion.updated', payload: { ...amount, version: 2 } },
      { event_type: 'promotion.updated', payload: { ...mixMatch, promotion_id: id, version: 3 } },
    ]);
    expect(decodeCatalogueEvent('promotion.updated', events[0]?.payload)).toMatchObject({
      promotion: { rules: { discount: { type: 'amount', amount: 29 } } },
    });
  });

  it('last from their first to their last day, whatever the time zone of the server', async () => {
    const leapDay = { start_date: '2028-02-29', end_date: '2028-02-29' };
    expect(await post(combo, leapDay)).toMatchObject({ status: 201, body: leapDay });
    expect(await api.ask('GET', `/api/promotions/${id}`)).toMatchObject({ body: leapDay });
  });

  it('are deleted, and go on with their versions', async () => {
    await post(combo);
    const events = await eventsOf(api, async () => {
      expect(await remove(1)).toMatchObject({ status: 200, body: { version: 2 } });
      expect(await post(mixMatch)).toMatchObject({ status: 201, body: { version: 3 } });
    });
    expect(events[0]).toEqual({
      event_type: 'promotion.deleted',
      aggregate_id: id,
      payload: { promotion_id: id, version: 2 },
    });
    expect(events[1]).toMatchObject({ event_type: 'promotion.created', payload: { version: 3 } });
  });

  it('name items that exist; one that is deleted later does not keep them from being ended', async () => {
    const gone = `GONE-${numbers}`;
    const rules = (...skus: string[]) => ({ rules: { ...combo.rules, buy_skus: skus } });
    const missing = await expectRefusal(api, 422, 'unknown_sku', () => post(combo, rules(gone)));
    expect(missing.message).toContain(gone);
    await makeItem(gone, 'wine');
    expect(await post(combo, rules(gone))).toMatchObject({ status: 201 });
    await api.ask('DELETE', `/api/items/${gone}`, { ifMatch: 1 });
    expect(await put(1, combo, { ...rules(gone), active: false })).toMatchObject({ status: 200 });
    await expectRefusal(api, 422, 'unknown_sku', () => put(2, combo, rules(gone, 'NEVER-MADE')));
  });

  it('are read by pages', async () => {
    for (const letter of ['A', 'B', 'C']) await post(combo, { promotion_id: `ZZ-${letter}` });
    expect(await api.ask('GET', '/api/promotions?after=Z&limit=2')).toMatchObject({
      body: { promotions: [{ promotion_id: 'ZZ-A' }, { promotion_id: 'ZZ-B' }], next: 'ZZ-B' },
    });
    expect(await api.ask('GET', '/api/promotions?after=ZZ-B&limit=2')).toMatchObject({
      body: { promotions: [{ promotion_id: 'ZZ-C' }], next: null },
    });
  });

  it('refuse by name what cannot be, and change nothing', async () => {
    await post(combo);
    const backwards = { start_date: '2024-12-31', end_date: '2024-12-30' };
    const gin = { rules: { ...mixMatch.rules, category: 'gin' } };
    await expectRefusal(api, 409, 'exists', () => post(combo));
    await expectRefusal(api, 422, 'bad_dates', () => post(combo, { promotion_id: 'X', ...backwards }));
    await expectRefusal(api, 422, 'bad_dates', () => put(1, combo, backwards));
    await expectRefusal(api, 422, 'unknown_merchandise_code', () => put(1, mixMatch, gin));
    await expectRefusal(api, 412, 'version_differs', () => put(2, combo, { name: 'x' }));
    await expectRefusal(api, 412, 'version_differs', () => remove(2));
    await expectRefusal(api, 428, 'version_required', () => api.ask('DELETE', `/api/promotions/${id}`));
    await expectRefusal(api, 400, 'bad_request', () => put(1, combo, { promotion_id: 'OTHER' }));
    await expectRefusal(api, 400, 'bad_request', () => put(1, { active: false }));
    await expectRefusal(api, 400, 'bad_request', () => put(1, combo, { rules: mixMatch.rules }));
    await expectRefusal(api, 400, 'bad_request', () => put(1, combo, { start_date: '2024-02-30' }));
  });

  it('never name an item that is deleted at the same time as they are made', async () => {
    for (let round = 0; round < 10; round += 1) {
      id = `RACE-${numbers}-${round}`;
      await makeItem(id, 'wine');
      const rules = { ...combo.rules, buy_skus: [id] };
      const [made, removed] = await Promise.all([
        post(combo, { rules }),
        api.ask('DELETE', `/api/items/${id}`, { ifMatch: 1 }),
      ]);
      expect(removed.status).toBe(200);
      expect([201, 422]).toContain(made.status);
      const order = (await api.events()).slice(-2).map(({ event_type }) => event_type);
      if (made.status === 201) expect(order).toEqual(['promotion.created', 'product.deleted']);
      else expect(order.at(-1)).toBe('product.deleted');
    }
  });
});
