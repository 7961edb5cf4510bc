/**
 * The events of the catalogue: the seed's triggers `product.*`, `category.*` and `promotion.*`, and ours for what is
 * deleted. `data` is the record as the seed writes it plus the `version` that the change made; of what was deleted, its
 * id and version.
 */
import { z } from 'zod';
import { assertNever } from '../assert-never.ts';
import type { Item, MerchandiseCode } from '../catalogue/item.ts';
import { itemFromWire, itemToWire, wireItemSchema } from '../catalogue/item-wire.ts';
import {
  merchandiseCodeFromWire,
  merchandiseCodeToWire,
  wireMerchandiseCodeSchema,
} from '../catalogue/merchandise-code-wire.ts';
import { merchandiseCodeSchema, skuSchema } from '../identifiers.ts';
import { type Promotion, promotionIdSchema } from '../promotions/promotion.ts';
import { promotionFromWire, promotionToWire, wirePromotionSchema } from '../promotions/promotion-wire.ts';
import type { DraftEvent } from './holdfast-events.ts';

/** `version` is the record's after the change: 1, 2, 3 … also through a deletion. */
export type CatalogueEvent = { readonly version: number } & (
  | { readonly type: 'product.created' | 'product.updated'; readonly item: Item }
  | { readonly type: 'product.deleted'; readonly sku: string }
  | { readonly type: 'category.created' | 'category.updated'; readonly merchandiseCode: MerchandiseCode }
  | { readonly type: 'category.deleted'; readonly code: string }
  | { readonly type: 'promotion.created' | 'promotion.updated'; readonly promotion: Promotion }
  | { readonly type: 'promotion.deleted'; readonly promotionId: string }
);
export type CatalogueEventType = CatalogueEvent['type'];

export function draftOfCatalogueEvent(event: CatalogueEvent): DraftEvent {
  const { type, version } = event;
  switch (event.type) {
    case 'product.created':
    case 'product.updated':
      return about(event.item.sku, type, { ...itemToWire(event.item), version });
    case 'product.deleted':
      return about(event.sku, type, { sku: event.sku, version });
    case 'category.created':
    case 'category.updated':
      return about(event.merchandiseCode.code, type, {
        ...merchandiseCodeToWire(event.merchandiseCode),
        version,
      });
    case 'category.deleted':
      return about(event.code, type, { code: event.code, version });
    case 'promotion.created':
    case 'promotion.updated':
      return about(event.promotion.promotionId, type, { ...promotionToWire(event.promotion), version });
    case 'promotion.deleted':
      return about(event.promotionId, type, { promotion_id: event.promotionId, version });
    default:
      return assertNever(event);
  }
}

function about(aggregateId: string, eventType: CatalogueEventType, data: DraftEvent['data']): DraftEvent {
  return { eventType, aggregateId, data };
}

const typeSchema = z.enum([
  'product.created',
  'product.updated',
  'product.deleted',
  'category.created',
  'category.updated',
  'category.deleted',
  'promotion.created',
  'promotion.updated',
  'promotion.deleted',
] satisfies CatalogueEventType[]);

export const CATALOGUE_EVENT_TYPES: readonly CatalogueEventType[] = typeSchema.options;

const versioned = z.object({ version: z.int().min(1) });
const productDeleted = z.object({ sku: skuSchema });
const categoryDeleted = z.object({ code: merchandiseCodeSchema });
const promotionDeleted = z.object({ promotion_id: promotionIdSchema });

/**
 * Reads `event_type` and `payload` of a row of the log, or of an envelope. Undefined when the event is none of these.
 * @throws {z.ZodError} naming each offending field.
 */
export function decodeCatalogueEvent(eventType: string, data: unknown): CatalogueEvent | undefined {
  const known = typeSchema.safeParse(eventType);
  if (!known.success) return undefined;
  const type = known.data;
  const { version } = versioned.parse(data);
  switch (type) {
    case 'product.created':
    case 'product.updated':
      return { type, version, item: itemFromWire(wireItemSchema.parse(data)) };
    case 'product.deleted':
      return { type, version, sku: productDeleted.parse(data).sku };
    case 'category.created':
    case 'category.updated':
      return {
        type,
        version,
        merchandiseCode: merchandiseCodeFromWire(wireMerchandiseCodeSchema.parse(data)),
      };
    case 'category.deleted':
      return { type, version, code: categoryDeleted.parse(data).code };
    case 'promotion.created':
    case 'promotion.updated':
      return { type, version, promotion: promotionFromWire(wirePromotionSchema.parse(data)) };
    case 'promotion.deleted':
      return { type, version, promotionId: promotionDeleted.parse(data).promotion_id };
    default:
      return assertNever(type);
  }
}
