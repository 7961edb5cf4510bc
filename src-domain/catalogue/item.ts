import { z } from 'zod';
import { merchandiseCodeSchema, plainText, skuSchema } from '../identifiers.ts';
import { basisPointsSchema } from '../money/basis-points.ts';
import { nonNegativeCentsSchema } from '../money/cents.ts';

/** Largest whole number of units on one line, in stock or in a case; above it is a slip of the finger. */
export const MAX_QUANTITY = 9_999;

/** A barcode as stored: the 14-digit GTIN (see barcode/gtin.ts), so that every symbology of an item meets in one key. */
export const gtinSchema = z.string().regex(/^\d{14}$/, 'not a 14-digit GTIN');

/**
 * What the shop sells. Amounts in cents, quantities in whole units.
 * Field names follow the seed's "Item List Maintenance"; `reorder_point` follows `inventory.low_stock`.
 */
export const itemSchema = z.object({
  sku: skuSchema,
  name: plainText(80),
  merchandiseCode: merchandiseCodeSchema,
  cost: nonNegativeCentsSchema,
  price: nonNegativeCentsSchema,
  /** Units in a case; orders to the distributor are in whole cases. */
  caseSize: z.int().min(1).max(MAX_QUANTITY),
  active: z.boolean(),
  barcodes: z.array(gtinSchema).max(20),
  /** Years; null when anybody may buy it. */
  minimumAge: z.int().min(1).max(99).nullable(),
  /** Container deposit per unit in cents, 0 when there is none. */
  deposit: nonNegativeCentsSchema,
  /** Stock at or below which the manager is told; 0 switches the alert off. */
  reorderPoint: z.int().min(0).max(1_000_000),
});
export type Item = z.infer<typeof itemSchema>;

/** A department with its tax, after the seed's "Merchandise Code Maintenance". */
export const merchandiseCodeRecordSchema = z.object({
  code: merchandiseCodeSchema,
  description: plainText(80),
  taxCategory: plainText(40),
  /** Sales tax on top of the price, in basis points. */
  taxRate: basisPointsSchema,
  /** General ledger account. */
  glAccount: plainText(20),
});
export type MerchandiseCode = z.infer<typeof merchandiseCodeRecordSchema>;
