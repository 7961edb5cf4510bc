/** What people and other channels change on the server: each call is one transaction, and one row of its log. */
import { itemFromWire, itemToWire, wireItemSchema } from '#domain/catalogue/item-wire.ts';
import { type Item, itemSchema, merchandiseCodeRecordSchema } from '#domain/catalogue/item.ts';
import { merchandiseCodeToWire } from '#domain/catalogue/merchandise-code-wire.ts';
import { basisPoints } from '#domain/money/basis-points.ts';
import { cents } from '#domain/money/cents.ts';
import { promotionToWire } from '#domain/promotions/promotion-wire.ts';
import { promotionSchema } from '#domain/promotions/promotion.ts';
import type { LocationSettings, StaffRecord } from '#sync/protocol/changes.ts';
import { type Random, between, pick } from '../../random.ts';
import type { ModelState, Touch } from './state.ts';

export const SKUS: readonly string[] = Array.from(
  { length: 12 },
  (_, index) => `SKU-${String(index + 1).padStart(2, '0')}`,
);
const CODES = ['WINE', 'SODA', 'SNACKS'] as const;
/** No item names it, so it can go. */
const SPARE_CODE = 'SPARE';
const PROMOTIONS = ['PROMO-1', 'PROMO-2', 'PROMO-3'];
const PEOPLE = ['maya.torres', 'sam.okafor'];
/** Comes later, and is gone again from a server that is put back. */
const HIRED = ['lee.chen', 'kim.novak'];

const EDITS = {
  price: (state, random) =>
    changeItem(state, pick(random, SKUS), { price: cents(between(random, 99, 4_999)) }),
  'active flag': (state, random) => changeItem(state, pick(random, SKUS), { active: random() < 0.7 }),
  barcode: (state, random) =>
    changeItem(state, pick(random, SKUS), { barcodes: [barcode(between(random, 0, 5))] }),
  'reorder point': (state, random) =>
    changeItem(state, pick(random, SKUS), { reorderPoint: between(random, 0, 40) }),
  'item deletion': (state, random) => deleteItem(state, pick(random, SKUS)),
  'tax rate': (state, random) => putCode(state, pick(random, CODES), between(random, 0, 1_000)),
  'spare department': (state, random) =>
    random() < 0.5 ? putCode(state, SPARE_CODE, 0) : deleteCode(state, SPARE_CODE),
  promotion: (state, random) => putPromotion(state, pick(random, PROMOTIONS), between(random, 1, 5)),
  'promotion deletion': (state, random) => deletePromotion(state, pick(random, PROMOTIONS)),
  staff: (state, random) => putStaff(state, pick(random, [...PEOPLE, ...HIRED]), random() < 0.8),
  settings: (state, random) => putSettings(state, { quick_keys: quickKeys(random) }),
  delivery: (state, random) => moveStock(state, pick(random, SKUS), 12 * between(random, 1, 4), 0),
  'web order': (state, random) => moveStock(state, pick(random, SKUS), 0, between(random, 1, 3)),
  'web order shipped': (state, random) => shipReserved(state, pick(random, SKUS)),
} as const satisfies Record<string, (state: ModelState, random: Random) => readonly Touch[]>;

export type Edit = keyof typeof EDITS;
export const ALL_EDITS = Object.keys(EDITS) as Edit[];

export function edit(kind: Edit, state: ModelState, random: Random): readonly Touch[] {
  return EDITS[kind](state, random);
}

/** The shop as it opens. */
export function openShop(
  state: ModelState,
  append: (touched: readonly Touch[]) => void,
  random: Random,
): void {
  for (const code of CODES) append(putCode(state, code, between(random, 0, 10) * 75));
  for (const [index, sku] of SKUS.entries()) {
    append(changeItem(state, sku, { barcodes: [barcode(10 + index)], reorderPoint: between(random, 0, 20) }));
    append(moveStock(state, sku, between(random, 0, 60), 0));
  }
  for (const person of PEOPLE) append(putStaff(state, person, true));
  append(putSettings(state, { quick_keys: quickKeys(random) }));
}

function newItem(sku: string): Item {
  const number = Math.max(0, SKUS.indexOf(sku));
  return itemSchema.parse({
    sku,
    name: `Item ${number + 1}`,
    merchandiseCode: CODES[number % CODES.length],
    cost: 100 + number * 7,
    price: 199 + number * 37,
    caseSize: 12,
    active: true,
    barcodes: [],
    minimumAge: number % CODES.length === 0 ? 21 : null,
    deposit: number % CODES.length === 1 ? 5 : 0,
    reorderPoint: 0,
  });
}

/** Of an item that was deleted: it comes back, under the next version. */
export function changeItem(state: ModelState, sku: string, changes: Partial<Item>): readonly Touch[] {
  const stored = state.items.get(sku);
  const before = stored && !('deleted' in stored) ? itemFromWire(wireItemSchema.parse(stored)) : newItem(sku);
  const touched: Touch[] = [{ kind: 'item', key: sku }];
  for (const gtin of changes.barcodes ?? []) touched.push(...takeBarcode(state, gtin, sku));
  state.items.set(sku, { ...itemToWire({ ...before, ...changes }), version: next(stored) });
  return touched;
}

/** A barcode is of one item: whoever gets it takes it from the one that had it. */
function takeBarcode(state: ModelState, gtin: string, sku: string): readonly Touch[] {
  return [...state.items].flatMap(([other, stored]) => {
    if (other === sku || 'deleted' in stored || !stored.barcodes.includes(gtin)) return [];
    const barcodes = stored.barcodes.filter((one) => one !== gtin);
    state.items.set(other, { ...stored, barcodes, version: next(stored) });
    return [{ kind: 'item', key: other } as const];
  });
}

export function deleteItem(state: ModelState, sku: string): readonly Touch[] {
  const stored = state.items.get(sku);
  if (!stored || 'deleted' in stored) return [];
  state.items.set(sku, { sku, version: next(stored), deleted: true });
  return [{ kind: 'item', key: sku }];
}

function putCode(state: ModelState, code: string, rate: number): readonly Touch[] {
  const record = merchandiseCodeRecordSchema.parse({
    code,
    description: `${code} products`,
    taxCategory: 'food',
    taxRate: basisPoints(rate),
    glAccount: '4000',
  });
  const version = next(state.merchandiseCodes.get(code));
  state.merchandiseCodes.set(code, { ...merchandiseCodeToWire(record), version });
  return [{ kind: 'merchandise_code', key: code }];
}

function deleteCode(state: ModelState, code: string): readonly Touch[] {
  const stored = state.merchandiseCodes.get(code);
  if (!stored || 'deleted' in stored) return [];
  state.merchandiseCodes.set(code, { code, version: next(stored), deleted: true });
  return [{ kind: 'merchandise_code', key: code }];
}

function putPromotion(state: ModelState, promotionId: string, percent: number): readonly Touch[] {
  const promotion = promotionSchema.parse({
    promotionId,
    name: `${percent} % off`,
    type: 'combo',
    startDate: '2026-01-01',
    endDate: '2026-12-31',
    active: true,
    rules: {
      buyQuantity: 2,
      buySkus: SKUS.slice(0, 3),
      discount: { type: 'percentage', rate: basisPoints(percent * 100) },
    },
  });
  const version = next(state.promotions.get(promotionId));
  state.promotions.set(promotionId, { ...promotionToWire(promotion), version });
  return [{ kind: 'promotion', key: promotionId }];
}

function deletePromotion(state: ModelState, promotionId: string): readonly Touch[] {
  const stored = state.promotions.get(promotionId);
  if (!stored || 'deleted' in stored) return [];
  state.promotions.set(promotionId, { promotion_id: promotionId, version: next(stored), deleted: true });
  return [{ kind: 'promotion', key: promotionId }];
}

function putStaff(state: ModelState, userId: string, active: boolean): readonly Touch[] {
  const version = next(state.staff.get(userId));
  const person: StaffRecord = {
    user_id: userId,
    name: `Person ${version}`,
    role: version % 2 === 0 ? 'manager' : 'cashier',
    pin_hash: `$argon2id$${userId}$${version}`,
    active,
    version,
  };
  state.staff.set(userId, person);
  return [{ kind: 'staff', key: userId }];
}

function putSettings(state: ModelState, changes: Partial<LocationSettings>): readonly Touch[] {
  state.settings = { ...state.settings, ...changes, version: state.settings.version + 1 };
  return [{ kind: 'settings', key: '' }];
}

function moveStock(state: ModelState, sku: string, change: number, reserve: number): readonly Touch[] {
  const { quantity, reserved } = state.stock.get(sku) ?? { quantity: 0, reserved: 0 };
  state.stock.set(sku, { quantity: quantity + change, reserved: reserved + reserve });
  return [{ kind: 'stock', key: sku }];
}

function shipReserved(state: ModelState, sku: string): readonly Touch[] {
  const reserved = state.stock.get(sku)?.reserved ?? 0;
  return moveStock(state, sku, 0 - reserved, 0 - reserved);
}

function quickKeys(random: Random): LocationSettings['quick_keys'] {
  return Array.from({ length: between(random, 0, 4) }, (_, index) => {
    const sku = pick(random, SKUS);
    return { sku, label: `Key ${index + 1}`, picture: 'bottle' };
  });
}

function next(stored: { readonly version: number } | undefined): number {
  return (stored?.version ?? 0) + 1;
}

/** `number` as the digits before a right check digit. */
function barcode(number: number): string {
  const digits = `000360002914${number % 10}`.padStart(13, '0');
  const sum = Array.from(digits).reduce(
    (total, digit, place) => total + Number(digit) * (place % 2 === 0 ? 3 : 1),
    0,
  );
  return `${digits}${(10 - (sum % 10)) % 10}`;
}
