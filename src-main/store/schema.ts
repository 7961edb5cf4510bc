/** The tables as drizzle knows them. `migrations/` creates them; a test compares the two column by column. */
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Cents } from '#domain/money/cents.ts';
import type { BasisPoints } from '#domain/money/basis-points.ts';

/** Cents leave the database branded: only branded cents went in, and the column is STRICT. */
const money = (name: string) => integer(name).$type<Cents>().notNull();
const flag = (name: string) => integer(name, { mode: 'boolean' }).notNull();

export const settings = sqliteTable('settings', { key: text().primaryKey(), value: text().notNull() });

export const counters = sqliteTable('counters', { name: text().primaryKey(), value: integer().notNull() });

export const staff = sqliteTable('staff', {
  userId: text('user_id').primaryKey(),
  name: text().notNull(),
  role: text({ enum: ['cashier', 'manager'] }).notNull(),
  pinHash: text('pin_hash').notNull(),
  active: flag('active'),
  version: integer().notNull(),
});

export const merchandiseCodes = sqliteTable('merchandise_codes', {
  code: text().primaryKey(),
  description: text().notNull(),
  taxCategory: text('tax_category').notNull(),
  taxRate: integer('tax_rate').$type<BasisPoints>().notNull(),
  glAccount: text('gl_account').notNull(),
  version: integer().notNull(),
});

export const items = sqliteTable('items', {
  id: integer().primaryKey(),
  sku: text().notNull().unique(),
  name: text().notNull(),
  merchandiseCode: text('merchandise_code').notNull(),
  cost: money('cost'),
  price: money('price'),
  caseSize: integer('case_size').notNull(),
  active: flag('active'),
  minimumAge: integer('minimum_age'),
  deposit: money('deposit'),
  reorderPoint: integer('reorder_point').notNull(),
  version: integer().notNull(),
});

export const promotions = sqliteTable('promotions', {
  promotionId: text('promotion_id').primaryKey(),
  record: text().notNull(),
  version: integer().notNull(),
});

export const barcodes = sqliteTable('barcodes', { gtin: text().primaryKey(), sku: text().notNull() });

export const quickKeys = sqliteTable('quick_keys', {
  position: integer().primaryKey(),
  sku: text().notNull(),
  label: text().notNull(),
  picture: text().notNull(),
});

export const stock = sqliteTable('stock', {
  sku: text().primaryKey(),
  quantity: integer().notNull(),
  isLow: flag('is_low'),
  reserved: integer().notNull(),
});

export const stockMovements = sqliteTable('stock_movements', {
  id: integer().primaryKey(),
  sku: text().notNull(),
  change: integer().notNull(),
  quantityAfter: integer('quantity_after').notNull(),
  reason: text().notNull(),
  referenceId: text('reference_id').notNull(),
  movedAt: text('moved_at').notNull(),
  seq: integer().notNull(),
});

export const openCart = sqliteTable('open_cart', {
  slot: integer().primaryKey(),
  cart: text().notNull(),
  updatedAt: text('updated_at').notNull(),
});

export const orders = sqliteTable('orders', {
  id: integer().primaryKey(),
  orderId: text('order_id').notNull().unique(),
  receiptNumber: text('receipt_number').notNull().unique(),
  completedAt: text('completed_at').notNull(),
  userId: text('user_id').notNull(),
  subtotal: money('subtotal'),
  deposit: money('deposit'),
  tax: money('tax'),
  total: money('total'),
  ageVerified: flag('age_verified'),
  receipt: text().notNull(),
});

export const orderLines = sqliteTable('order_lines', {
  orderId: text('order_id').notNull(),
  lineNumber: integer('line_number').notNull(),
  sku: text().notNull(),
  name: text().notNull(),
  merchandiseCode: text('merchandise_code').notNull(),
  quantity: integer().notNull(),
  unitPrice: money('unit_price'),
  amount: money('amount'),
  deposit: money('deposit'),
  tax: money('tax'),
});

export const payments = sqliteTable('payments', {
  paymentId: text('payment_id').primaryKey(),
  orderId: text('order_id').notNull(),
  method: text({ enum: ['cash', 'card'] }).notNull(),
  amount: money('amount'),
  tendered: money('tendered'),
  changeGiven: money('change_given'),
  approvalCode: text('approval_code'),
  capturedAt: text('captured_at').notNull(),
});

export const printJobs = sqliteTable('print_jobs', {
  jobId: integer('job_id').primaryKey(),
  orderId: text('order_id').notNull(),
  isCopy: flag('is_copy'),
  state: text({ enum: ['waiting', 'printing', 'held', 'printed', 'dismissed'] }).notNull(),
  attempts: integer().notNull(),
  problem: text(),
  createdAt: text('created_at').notNull(),
  printedAt: text('printed_at'),
});

export const eventLog = sqliteTable('event_log', {
  id: integer().primaryKey(),
  eventType: text('event_type').notNull(),
  aggregateId: text('aggregate_id').notNull(),
  timestamp: text().notNull(),
  locationId: text('location_id').notNull(),
  payload: text().notNull(),
  metadata: text().notNull(),
  processed: flag('processed'),
  processedAt: text('processed_at'),
  eventId: text('event_id').notNull(),
  terminalId: text('terminal_id').notNull(),
  seq: integer().notNull().unique(),
  prevHash: text('prev_hash').notNull(),
  hash: text().notNull(),
});

export const syncCursor = sqliteTable('sync_cursor', {
  slot: integer().primaryKey(),
  ackedThrough: integer('acked_through').notNull(),
  ackedAt: text('acked_at'),
});

export const downCursor = sqliteTable('down_cursor', {
  slot: integer().primaryKey(),
  cursor: text(),
  appliedAt: text('applied_at'),
});

export const eventArchives = sqliteTable('event_archives', {
  firstSeq: integer('first_seq').primaryKey(),
  lastSeq: integer('last_seq').notNull(),
  file: text().notNull(),
  bytes: integer().notNull(),
  sha256: text().notNull(),
  archivedAt: text('archived_at').notNull(),
});
