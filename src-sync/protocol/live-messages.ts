/**
 * The wire of `/live`: what changed, told to the terminals that are connected now. socket.io; the handshake and its
 * refusals are those of `messages.ts`; the terminal sends nothing. `live-messages.test.ts` pins the hash of the schema.
 *
 *     terminal                                     server
 *       │  connect, auth {protocol, terminalId, token} │   refused: connect_error with a RefusedConnection
 *       │◀──────────────────────────── live.changed    │   as often as something changes
 *
 * A message is state, never a difference: it may come twice, late or in another order and does no harm to who keeps,
 * for each record, the highest version (catalogue) or the highest position (stock). It is a hint. One that is lost is
 * made good by the next change of that record, or by reading from the server.
 */
import { z } from 'zod';
import { wireItemSchema } from '#domain/catalogue/item-wire.ts';
import { wireMerchandiseCodeSchema } from '#domain/catalogue/merchandise-code-wire.ts';
import { merchandiseCodeSchema, skuSchema } from '#domain/identifiers.ts';
import { promotionIdSchema } from '#domain/promotions/promotion.ts';
import { wirePromotionSchema } from '#domain/promotions/promotion-wire.ts';

export const LIVE_NAMESPACE = '/live';

/** Records of one message, all lists together. What is more comes in further messages with the same position. */
export const MAX_LIVE_RECORDS = 100;

/** How far the server had read its log. Ordered by `tx`, then by `id`. */
export const livePositionSchema = z.object({ tx: z.int(), id: z.int() });
export type LivePosition = z.infer<typeof livePositionSchema>;

/** What the terminal's own location has of an item, in units. What can be sold is `quantity - reserved`. */
export const stockRecordSchema = z.object({ sku: skuSchema, quantity: z.int(), reserved: z.int().min(0) });
export type StockRecord = z.infer<typeof stockRecordSchema>;

/** 1, 2, 3 … of each record, also through a deletion. */
const version = z.int().min(1);
const deleted = z.literal(true);

/** Whole records as the seed writes them, with their version; of what was deleted, its id. */
export const liveItemSchema = z.union([
  z.object({ sku: skuSchema, version, deleted }),
  wireItemSchema.extend({ version }),
]);
export const liveMerchandiseCodeSchema = z.union([
  z.object({ code: merchandiseCodeSchema, version, deleted }),
  wireMerchandiseCodeSchema.extend({ version }),
]);
export const livePromotionSchema = z.union([
  z.object({ promotion_id: promotionIdSchema, version, deleted }),
  wirePromotionSchema.and(z.object({ version })),
]);

export const liveChangedSchema = z.object({
  position: livePositionSchema,
  /** As it was when the server had read to `position`, or later. Only of the terminal's own location. */
  stock: z.array(stockRecordSchema).max(MAX_LIVE_RECORDS),
  /** Before the items, which name them. */
  merchandise_codes: z.array(liveMerchandiseCodeSchema).max(MAX_LIVE_RECORDS),
  items: z.array(liveItemSchema).max(MAX_LIVE_RECORDS),
  promotions: z.array(livePromotionSchema).max(MAX_LIVE_RECORDS),
});
/** As a terminal reads it: amounts in cents. */
export type LiveChanged = z.infer<typeof liveChangedSchema>;

/** As it travels: amounts as decimals. */
export type LiveChangedOnWire = z.input<typeof liveChangedSchema>;

/** socket.io's typed event map, as `TerminalToServer` is for `/sync`. */
export interface ServerToTerminal {
  'live.changed': (message: LiveChangedOnWire) => void;
}
