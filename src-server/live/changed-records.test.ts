import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { draftOfCatalogueEvent } from '#domain/events/catalogue-events.ts';
import { basisPoints } from '#domain/money/basis-points.ts';
import { EVERYWHERE } from '../log/event-log.ts';
import { changedRecords } from './changed-records.ts';

const heard = (locationId: string, eventType: string, payload: unknown) => ({
  event_id: '01a20d69-4bbe-745a-9c83-05d2cbcc0817',
  event_type: eventType,
  location_id: locationId,
  payload: z.json().parse(payload),
});
const catalogue = (...event: Parameters<typeof draftOfCatalogueEvent>) => {
  const { eventType, data } = draftOfCatalogueEvent(...event);
  return heard(EVERYWHERE, eventType, data);
};
const changed = (...events: ReturnType<typeof heard>[]) =>
  changedRecords(events, (_event, error) => {
    throw error;
  });
const code = (description: string, version: number) =>
  catalogue({
    type: 'category.updated',
    version,
    merchandiseCode: {
      code: 'WINE',
      description,
      taxCategory: 'alcohol',
      taxRate: basisPoints(700),
      glAccount: '4000',
    },
  });

it('keeps the highest version of a record, in whatever order the log has them', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 1000 }), { minLength: 1 }), (versions) => {
      const records = changed(...versions.map((version) => code(`as of ${version}`, version)));
      const newest = Math.max(...versions);
      expect(records).toMatchObject([
        { list: 'merchandise_codes', record: { description: `as of ${newest}`, version: newest } },
      ]);
    }),
  );
});

it('tells records of different kinds apart that have the same id, merchandise codes first', () => {
  const records = changed(
    catalogue({ type: 'promotion.deleted', version: 1, promotionId: 'WINE' }),
    catalogue({ type: 'product.deleted', version: 9, sku: 'WINE' }),
    catalogue({ type: 'category.deleted', version: 5, code: 'WINE' }),
  );
  expect(records).toEqual([
    { list: 'merchandise_codes', record: { code: 'WINE', version: 5, deleted: true } },
    { list: 'items', record: { sku: 'WINE', version: 9, deleted: true } },
    { list: 'promotions', record: { promotion_id: 'WINE', version: 1, deleted: true } },
  ]);
});

it('takes the catalogue from nobody but the server', () => {
  expect(changed(heard('STORE-001', 'product.deleted', { sku: 'WINE', version: 7 }))).toEqual([]);
});

it('passes over whatever it does not understand', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('inventory.updated', 'order.created', 'shift.opened', '', 'toString'),
      fc.jsonValue(),
      (type, payload) => {
        expect(changed(heard(EVERYWHERE, type, payload))).toEqual([]);
      },
    ),
  );
});
