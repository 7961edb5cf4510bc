/** The catalogue over HTTP: what the shops sell, its departments, and what is given away when. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Item, MerchandiseCode } from '#domain/catalogue/item.ts';
import {
  changeItem,
  itemFromWire,
  itemToWire,
  newWireItemSchema,
  wireItemChangesSchema,
} from '#domain/catalogue/item-wire.ts';
import {
  changeMerchandiseCode,
  merchandiseCodeFromWire,
  merchandiseCodeToWire,
  newWireMerchandiseCodeSchema,
  wireMerchandiseCodeChangesSchema,
} from '#domain/catalogue/merchandise-code-wire.ts';
import { merchandiseCodeSchema, skuSchema } from '#domain/identifiers.ts';
import { promotionIdSchema } from '#domain/promotions/promotion.ts';
import {
  promotionFromWire,
  promotionToWire,
  wirePromotionBodySchema,
} from '#domain/promotions/promotion-wire.ts';
import { itemAnswer, merchandiseCodeAnswer, promotionAnswer, stampOf } from './answers.ts';
import { itemTable } from './item-table.ts';
import { merchandiseCodeTable } from './merchandise-code-table.ts';
import { promotionTable } from './promotion-table.ts';
import { recordRoutes } from './record-routes.ts';
import { type CatalogueContext, createRecordStore } from './record-store.ts';
import { bulkItemRoutes } from './bulk-item-routes.ts';

const nextSchema = z.string().nullable().describe('`after` of the next page; null at the end');

/** Everything under `/api/items`, `/api/merchandise-codes` and `/api/promotions`. */
export function catalogueRoutes(context: CatalogueContext): FastifyPluginAsyncZod {
  return async (app) => {
    await app.register(itemRoutes(context));
    await app.register(bulkItemRoutes(context));
    await app.register(merchandiseCodeRoutes(context));
    await app.register(promotionRoutes(context));
  };
}

function itemRoutes(context: CatalogueContext) {
  return recordRoutes(createRecordStore(context, itemTable), {
    url: '/api/items',
    noun: itemTable.noun,
    keyName: 'sku',
    keySchema: skuSchema,
    params: z.strictObject({ sku: skuSchema }).transform(({ sku }) => sku),
    newBody: newWireItemSchema.transform((body) => ({ record: itemFromWire(body) })),
    changesBody: wireItemChangesSchema.transform((body) => ({
      key: body.sku,
      version: body.version,
      apply: (item: Item) => changeItem(item, body),
    })),
    answer: itemAnswer,
    list: z.strictObject({ items: z.array(itemAnswer), next: nextSchema }),
    writeFailures: ['unknown_merchandise_code', 'barcode_taken'],
    removalFailures: [],
    keyOf: ({ sku }) => sku,
    answerOf: (kept): z.infer<typeof itemAnswer> => ({ ...itemToWire(kept.record), ...stampOf(kept) }),
    listOf: (items, next) => ({ items, next }),
  });
}

function merchandiseCodeRoutes(context: CatalogueContext) {
  return recordRoutes(createRecordStore(context, merchandiseCodeTable), {
    url: '/api/merchandise-codes',
    noun: merchandiseCodeTable.noun,
    keyName: 'code',
    keySchema: merchandiseCodeSchema,
    params: z.strictObject({ code: merchandiseCodeSchema }).transform(({ code }) => code),
    newBody: newWireMerchandiseCodeSchema.transform((body) => ({ record: merchandiseCodeFromWire(body) })),
    changesBody: wireMerchandiseCodeChangesSchema.transform((body) => ({
      key: body.code,
      version: body.version,
      apply: (code: MerchandiseCode) => changeMerchandiseCode(code, body),
    })),
    answer: merchandiseCodeAnswer,
    list: z.strictObject({ merchandise_codes: z.array(merchandiseCodeAnswer), next: nextSchema }),
    writeFailures: [],
    removalFailures: ['in_use'],
    keyOf: ({ code }) => code,
    answerOf: (kept): z.infer<typeof merchandiseCodeAnswer> => ({
      ...merchandiseCodeToWire(kept.record),
      ...stampOf(kept),
    }),
    listOf: (merchandise_codes, next) => ({ merchandise_codes, next }),
  });
}

function promotionRoutes(context: CatalogueContext) {
  return recordRoutes(createRecordStore(context, promotionTable), {
    url: '/api/promotions',
    noun: promotionTable.noun,
    keyName: 'promotion_id',
    keySchema: promotionIdSchema,
    params: z.strictObject({ promotion_id: promotionIdSchema }).transform((params) => params.promotion_id),
    newBody: wirePromotionBodySchema.transform((body) => ({ record: promotionFromWire(body) })),
    // A promotion is always sent whole: the rules of one type say nothing about those of the other.
    changesBody: wirePromotionBodySchema.transform((body) => ({
      key: body.promotion_id,
      version: body.version,
      apply: () => promotionFromWire(body),
    })),
    answer: promotionAnswer,
    list: z.strictObject({ promotions: z.array(promotionAnswer), next: nextSchema }),
    writeFailures: ['unknown_sku', 'unknown_merchandise_code', 'bad_dates'],
    removalFailures: [],
    keyOf: ({ promotionId }) => promotionId,
    answerOf: (kept): z.infer<typeof promotionAnswer> => ({
      ...promotionToWire(kept.record),
      ...stampOf(kept),
    }),
    listOf: (promotions, next) => ({ promotions, next }),
  });
}
