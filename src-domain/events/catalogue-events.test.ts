import { describe, expect, it } from 'vitest';
import itemList from '../catalogue/contracts/item-list.json' with { type: 'json' };
import merchandiseCode from '../catalogue/contracts/merchandise-code.json' with { type: 'json' };
import { itemFromWire, newWireItemSchema } from '../catalogue/item-wire.ts';
import { merchandiseCodeFromWire, newWireMerchandiseCodeSchema } from '../catalogue/merchandise-code-wire.ts';
import combo from '../promotions/contracts/promotion-combo.json' with { type: 'json' };
import { promotionFromWire, wirePromotionBodySchema } from '../promotions/promotion-wire.ts';
import { canonicalJson } from './canonical-json.ts';
import {
  CATALOGUE_EVENT_TYPES,
  type CatalogueEvent,
  decodeCatalogueEvent,
  draftOfCatalogueEvent,
} from './catalogue-events.ts';

const item = itemFromWire(
  newWireItemSchema.parse({ ...itemList.request.items[0], barcodes: ['036000291452'] }),
);
const code = merchandiseCodeFromWire(newWireMerchandiseCodeSchema.parse(merchandiseCode.request));
const promotion = promotionFromWire(wirePromotionBodySchema.parse(combo.request));

const events: CatalogueEvent[] = [
  { type: 'product.created', version: 1, item },
  { type: 'product.updated', version: 2, item },
  { type: 'product.deleted', version: 3, sku: item.sku },
  { type: 'category.created', version: 1, merchandiseCode: code },
  { type: 'category.updated', version: 2, merchandiseCode: code },
  { type: 'category.deleted', version: 3, code: code.code },
  { type: 'promotion.created', version: 1, promotion },
  { type: 'promotion.updated', version: 2, promotion },
  { type: 'promotion.deleted', version: 3, promotionId: promotion.promotionId },
];

describe('the events of the catalogue', () => {
  it('are all of the seed, and two of ours', () => {
    const ours = ['category.deleted', 'promotion.deleted'];
    const triggers = [...itemList.triggers, ...merchandiseCode.triggers, ...combo.triggers];
    expect([...CATALOGUE_EVENT_TYPES].sort()).toEqual([...triggers, ...ours].sort());
    expect(events.map(({ type }) => type)).toEqual(CATALOGUE_EVENT_TYPES);
  });

  it.each(events.map((event) => [event.type, event] as const))(
    '%s is read back from the log',
    (type, event) => {
      const draft = draftOfCatalogueEvent(event);
      expect(draft.eventType).toBe(type);
      expect(decodeCatalogueEvent(type, JSON.parse(canonicalJson(draft.data)))).toEqual(event);
    },
  );

  it("carry the seed's record and its version", () => {
    const data = events.map((event) => draftOfCatalogueEvent(event));
    expect(data[0]).toMatchObject({
      aggregateId: 'WINE-CAB-001',
      data: { ...itemList.request.items[0], version: 1 },
    });
    expect(data[2]).toMatchObject({ data: { sku: 'WINE-CAB-001', version: 3 } });
    expect(data[4]).toMatchObject({ aggregateId: 'WINE', data: { ...merchandiseCode.request, version: 2 } });
    expect(data[5]?.data).toEqual({ code: 'WINE', version: 3 });
    expect(data[6]).toMatchObject({ aggregateId: 'PROMO-001', data: { ...combo.request, version: 1 } });
    expect(data[8]?.data).toEqual({ promotion_id: 'PROMO-001', version: 3 });
  });

  it('leave other events alone, and refuse what is none of theirs', () => {
    expect(decodeCatalogueEvent('order.created', {})).toBeUndefined();
    const { data } = draftOfCatalogueEvent({ type: 'product.created', version: 1, item });
    expect(() => decodeCatalogueEvent('category.created', data)).toThrow();
    expect(() => decodeCatalogueEvent('product.created', { ...Object(data), version: 0 })).toThrow();
  });
});
