/**
 * An item as the seed writes it ("Item List Maintenance"), and behind the seed's seven fields ours: `barcodes`,
 * `minimum_age`, `deposit`, `reorder_point`.
 */
import { z } from 'zod';
import { skuSchema } from '../identifiers.ts';
import { ZERO } from '../money/cents.ts';
import { centsToWire } from '../money/wire-decimal.ts';
import { asReadFields } from './as-read.ts';
import { categoryOf, wireCategorySchema } from './category.ts';
import { type Item, itemSchema } from './item.ts';
import { wireBarcodesSchema } from './wire-barcodes.ts';
import { wirePriceSchema } from './wire-price.ts';

const seedFields = {
  sku: skuSchema,
  name: itemSchema.shape.name,
  category: wireCategorySchema,
  cost: wirePriceSchema,
  price: wirePriceSchema,
  case_size: itemSchema.shape.caseSize,
  active: itemSchema.shape.active,
};

const ownFields = {
  barcodes: wireBarcodesSchema,
  minimum_age: itemSchema.shape.minimumAge,
  deposit: wirePriceSchema,
  reorder_point: itemSchema.shape.reorderPoint,
};

/** All fields, as an event carries them; further ones, from a later version, are passed over. */
export const wireItemSchema = z.object({ ...seedFields, ...ownFields });

/** A new item. What the seed's shape does not have may be left out: no barcodes, anybody, no deposit, no alert. */
export const newWireItemSchema = z.strictObject({
  ...seedFields,
  barcodes: ownFields.barcodes.default([]),
  minimum_age: ownFields.minimum_age.default(null),
  deposit: ownFields.deposit.default(ZERO),
  reorder_point: ownFields.reorder_point.default(0),
  ...asReadFields,
});

/**
 * Changes of an item: what is left out stays. The seed's "Item Maintenance" leaves out `category` and `case_size`, and
 * a back office that knows the seed's fields only must not take the age check off a bottle of wine.
 */
export const wireItemChangesSchema = z.strictObject({
  ...z.object({ ...seedFields, ...ownFields }).partial().shape,
  sku: skuSchema,
  ...asReadFields,
});

export type WireItem = z.output<typeof wireItemSchema>;
/** As it stands on the wire: amounts are decimals. */
export type WireItemForm = z.input<typeof wireItemSchema>;
export type WireItemChanges = z.output<typeof wireItemChangesSchema>;

export function itemFromWire(wire: WireItem): Item {
  return {
    sku: wire.sku,
    name: wire.name,
    merchandiseCode: wire.category,
    cost: wire.cost,
    price: wire.price,
    caseSize: wire.case_size,
    active: wire.active,
    barcodes: wire.barcodes,
    minimumAge: wire.minimum_age,
    deposit: wire.deposit,
    reorderPoint: wire.reorder_point,
  };
}

export function changeItem(item: Item, changes: WireItemChanges): Item {
  return {
    sku: item.sku,
    name: changes.name ?? item.name,
    merchandiseCode: changes.category ?? item.merchandiseCode,
    cost: changes.cost ?? item.cost,
    price: changes.price ?? item.price,
    caseSize: changes.case_size ?? item.caseSize,
    active: changes.active ?? item.active,
    barcodes: changes.barcodes ?? item.barcodes,
    minimumAge: changes.minimum_age === undefined ? item.minimumAge : changes.minimum_age,
    deposit: changes.deposit ?? item.deposit,
    reorderPoint: changes.reorder_point ?? item.reorderPoint,
  };
}

export type MissingItemField = Exclude<keyof typeof seedFields, 'sku'>;

/** The item that changes make where there is none yet; or which of the seed's fields they lack for that. */
export function itemFromChanges(
  changes: WireItemChanges,
): { readonly ok: true; readonly item: Item } | { readonly ok: false; readonly missing: MissingItemField[] } {
  const { name, category, cost, price, case_size, active } = changes;
  if (
    name === undefined ||
    category === undefined ||
    cost === undefined ||
    price === undefined ||
    case_size === undefined ||
    active === undefined
  ) {
    const needed: readonly MissingItemField[] = ['name', 'category', 'cost', 'price', 'case_size', 'active'];
    return { ok: false, missing: needed.filter((field) => changes[field] === undefined) };
  }
  const { barcodes = [], minimum_age = null, deposit = ZERO, reorder_point = 0, sku } = changes;
  const own = { barcodes, minimum_age, deposit, reorder_point };
  return { ok: true, item: itemFromWire({ sku, name, category, cost, price, case_size, active, ...own }) };
}

/** Key order: the seed's, then ours. */
export function itemToWire(item: Item): WireItemForm {
  return {
    sku: item.sku,
    name: item.name,
    category: categoryOf(item.merchandiseCode),
    cost: centsToWire(item.cost),
    price: centsToWire(item.price),
    case_size: item.caseSize,
    active: item.active,
    barcodes: item.barcodes,
    minimum_age: item.minimumAge,
    deposit: centsToWire(item.deposit),
    reorder_point: item.reorderPoint,
  };
}
