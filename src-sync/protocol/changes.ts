/**
 * The way down: what a terminal must know of the server. It asks for pages behind a cursor, and applies each page and the
 * cursor in one transaction. A terminal that is new, or further behind than the server answers, loads a snapshot and
 * goes on from the snapshot's cursor. Pinned together with `messages.ts`.
 *
 *     terminal                                       server
 *       │  changes.pull {after: cursor, limit} ──────▶│
 *       │◀──────────── {ok, to: cursor, more, …}      │   whole records, the latest state of each once
 *       │◀──────────── {ok: false, snapshot_needed}   │   no cursor, too far behind, or one of another history
 *       │  snapshot.prepare {} ──────────────────────▶│
 *       │◀──────────── {ok, path, bytes, sha256, …}   │
 *       │  GET path, Range: bytes=…  (HTTP) ─────────▶│   gzip of NDJSON, one SnapshotLine a line
 *
 * Records are states, never differences. A page may tell again what was told: who keeps the highest `version` of each
 * record ends right in whatever order states come.
 */
import { z } from 'zod';
import { wireItemSchema } from '#domain/catalogue/item-wire.ts';
import { wireMerchandiseCodeSchema } from '#domain/catalogue/merchandise-code-wire.ts';
import { instantSchema, locationIdSchema, plainText, skuSchema } from '#domain/identifiers.ts';
import { wirePromotionSchema } from '#domain/promotions/promotion-wire.ts';
import {
  liveItemSchema,
  liveMerchandiseCodeSchema,
  livePromotionSchema,
  stockRecordSchema,
} from './live-messages.ts';

/** Records of one page, all lists together. */
export const MAX_PAGE_RECORDS = 1_000;

/** The server's, to be given back as it came: where in the server's log the terminal stands. */
export const changesCursorSchema = z.string().min(1).max(200);
export type ChangesCursor = z.infer<typeof changesCursorSchema>;

const version = z.int().min(1);

/** A person who may sign in at this location. Who left stays as inactive: orders name them. */
export const staffRecordSchema = z.object({
  user_id: plainText(40),
  name: plainText(60),
  role: z.enum(['cashier', 'manager']),
  /** Argon2id, as the till checks it; the PIN is nowhere. */
  pin_hash: z.string().min(1).max(300),
  active: z.boolean(),
  version,
});
export type StaffRecord = z.infer<typeof staffRecordSchema>;

/** What the tills of a location have in common. */
export const locationSettingsSchema = z.object({
  store_name: plainText(60),
  store_address: z.array(plainText(60)).max(4),
  receipt_footer: z.array(plainText(100)).max(6),
  /** The picture keys beside the sale, in their order. */
  quick_keys: z.array(z.object({ sku: skuSchema, label: plainText(30), picture: plainText(30) })).max(60),
  /** Acknowledged events stay in the till's database for so many days before they go to its archive. */
  keep_events_days: z.int().min(1).max(3_650),
  version,
});
export type LocationSettings = z.infer<typeof locationSettingsSchema>;

export const changesPullRequestSchema = z.object({
  after: changesCursorSchema.nullable(),
  limit: z.int().min(1).max(MAX_PAGE_RECORDS),
});
export type ChangesPullRequest = z.infer<typeof changesPullRequestSchema>;

export const changesPageSchema = z.object({
  to: changesCursorSchema,
  /** There is more behind `to` already. */
  more: z.boolean(),
  /** Before the items, which name them. */
  merchandise_codes: z.array(liveMerchandiseCodeSchema),
  items: z.array(liveItemSchema),
  promotions: z.array(livePromotionSchema),
  staff: z.array(staffRecordSchema),
  /** null: unchanged. */
  settings: locationSettingsSchema.nullable(),
  /** As it was in one moment with `stock_through`. */
  stock: z.array(stockRecordSchema),
  /** The last event of this terminal that `stock` has in it: its later movements are not, and come on top. */
  stock_through: z.int().min(0),
});
export type ChangesPage = z.infer<typeof changesPageSchema>;
/** As it travels: amounts as decimals. */
export type ChangesPageOnWire = z.input<typeof changesPageSchema>;

export const changesPullReplySchema = z.discriminatedUnion('ok', [
  changesPageSchema.extend({ ok: z.literal(true) }),
  z.object({
    ok: z.literal(false),
    /**
     * - `snapshot_needed`: no page leads from this cursor to now.
     * - `unavailable`: not now; ask again.
     */
    code: z.enum(['snapshot_needed', 'unavailable']),
    message: z.string(),
  }),
]);
export type ChangesPullReply = z.input<typeof changesPullReplySchema>;
export type ChangesPullAnswer = z.output<typeof changesPullReplySchema>;

export const snapshotPrepareRequestSchema = z.object({});

export const snapshotOfferSchema = z.object({
  /** Where it is fetched, on the server's own address: `/api/snapshots/…`. Authorised as the terminal's socket is. */
  path: z.string().regex(/^\/api\/snapshots\/[A-Za-z0-9-]{1,60}$/),
  /** Of the compressed file. */
  bytes: z.int().min(1),
  /** Of the compressed file, lower-case hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Where the pages go on behind it. */
  cursor: changesCursorSchema,
  /** Lines between the first and the last. */
  records: z.int().min(0),
});
export type SnapshotOffer = z.infer<typeof snapshotOfferSchema>;

export const snapshotPrepareReplySchema = z.discriminatedUnion('ok', [
  snapshotOfferSchema.extend({ ok: z.literal(true) }),
  z.object({ ok: z.literal(false), code: z.literal('unavailable'), message: z.string() }),
]);
export type SnapshotPrepareReply = z.infer<typeof snapshotPrepareReplySchema>;

export const SNAPSHOT_FORMAT = 1;

/**
 * A line of a snapshot. First the header, then merchandise codes, items, promotions, staff, settings and stock in this
 * order, and `end` last, without which it is not whole. Only what is there: a snapshot replaces all that a till had.
 */
export const snapshotLineSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('header'),
    format: z.literal(SNAPSHOT_FORMAT),
    location_id: locationIdSchema,
    cursor: changesCursorSchema,
    made_at: instantSchema,
    /** For each terminal of the location: the last of its events that the stock has in it. */
    heads: z.record(z.string(), z.int().min(0)),
  }),
  z.object({ kind: z.literal('merchandise_code'), record: wireMerchandiseCodeSchema.extend({ version }) }),
  z.object({ kind: z.literal('item'), record: wireItemSchema.extend({ version }) }),
  z.object({ kind: z.literal('promotion'), record: wirePromotionSchema.and(z.object({ version })) }),
  z.object({ kind: z.literal('staff'), record: staffRecordSchema }),
  z.object({ kind: z.literal('settings'), record: locationSettingsSchema }),
  z.object({ kind: z.literal('stock'), record: stockRecordSchema }),
  z.object({ kind: z.literal('end'), records: z.int().min(0) }),
]);
export type SnapshotLine = z.output<typeof snapshotLineSchema>;
export type SnapshotLineOnWire = z.input<typeof snapshotLineSchema>;
