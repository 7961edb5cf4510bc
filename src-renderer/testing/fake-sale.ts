import type { Sku } from '#domain/identifiers.ts';
import { type Cents, ZERO, addCents, cents, multiplyCents } from '#domain/money/cents.ts';
import { ApiError } from '#main/api/errors.ts';
import type { SaleLine, SaleView } from '#main/api/views.ts';
import { FAKE_ITEMS, type FakeItem } from './fake-catalogue.ts';

/** The day on which the fake terminal lives. */
const TODAY = { year: 2026, monthAndDay: '11-23' } as const;

/** The open sale of the fake terminal. Rough on purpose: real prices and taxes are the real terminal's to test. */
export class FakeSale {
  orderId: string;
  phase: SaleView['phase'] = 'selling';
  notices: SaleView['notices'] = [];
  #lines: { lineId: string; item: FakeItem; quantity: number }[] = [];
  #newest: string | null = null;
  #bornOn: string | null = null;
  #nextLine = 1;

  constructor(orderId: string) {
    this.orderId = orderId;
  }

  add(item: FakeItem | undefined, quantity: number): void {
    if (this.phase === 'paying') {
      throw new ApiError(
        'payment_in_progress',
        'Finish or leave the payment first, then scan the next item.',
      );
    }
    if (!item) throw new ApiError('unknown_barcode', 'Nobody knows this barcode: search the item by name.');
    const line = this.#lines.find((candidate) => candidate.item.sku === item.sku);
    if (line) line.quantity += quantity;
    const lineId = line?.lineId ?? `L${this.#nextLine}`;
    if (!line) this.#lines.push({ lineId, item, quantity });
    this.#nextLine += 1;
    this.#newest = lineId;
    if (this.#isTooYoungFor(item)) {
      throw new ApiError('under_age', 'Under 21: remove the marked lines or cancel.');
    }
  }

  addSku(sku: Sku, quantity: number): void {
    this.add(
      FAKE_ITEMS.find((item) => item.sku === sku),
      quantity,
    );
  }

  setQuantity(lineId: string, quantity: number): void {
    const line = this.#find(lineId);
    if (quantity < 1 || quantity > 9_999) {
      throw new ApiError('quantity_out_of_range', 'A quantity is between 1 and 9,999.');
    }
    line.quantity = quantity;
    this.#newest = lineId;
  }

  remove(lineId: string): void {
    this.#find(lineId);
    this.#lines = this.#lines.filter((line) => line.lineId !== lineId);
    this.#newest = null;
  }

  confirmAge(birthDate: string): void {
    if (birthDate > `${TODAY.year}-${TODAY.monthAndDay}` || birthDate < '1900-01-01') {
      throw new ApiError('impossible_birth_date', 'Nobody is born on that date: look at the ID again.');
    }
    this.#bornOn = birthDate;
  }

  beginPayment(): void {
    if (this.#lines.length === 0) throw new ApiError('empty_sale', 'Scan something first.');
    const { outcome } = this.view().age;
    if (outcome === 'needed') {
      throw new ApiError(
        'age_check_required',
        'Ask for the birth date first: the sale has items for adults.',
      );
    }
    if (outcome === 'refused')
      throw new ApiError('under_age', 'Under 21: remove the marked lines or cancel.');
    this.phase = 'paying';
  }

  #isTooYoungFor({ minimumAge }: FakeItem): boolean {
    return this.#bornOn !== null && minimumAge !== null && this.#bornOn > latestBirth(minimumAge);
  }

  #outcome(lines: readonly SaleLine[]): SaleView['age']['outcome'] {
    if (lines.every((line) => line.minimumAge === null)) return 'not_needed';
    if (this.#bornOn === null) return 'needed';
    return lines.some((line) => line.barred) ? 'refused' : 'confirmed';
  }

  #find(lineId: string): { quantity: number } {
    const line = this.#lines.find((candidate) => candidate.lineId === lineId);
    if (!line) throw new ApiError('unknown_line', 'This line is not in the sale any more.');
    return line;
  }

  view(): SaleView {
    const lines = this.#lines.map(({ lineId, item, quantity }): SaleLine => ({
      lineId,
      sku: item.sku,
      name: item.name,
      quantity,
      unitPrice: item.price,
      amount: multiplyCents(item.price, quantity),
      deposit: multiplyCents(item.deposit, quantity),
      minimumAge: item.minimumAge,
      barred: this.#isTooYoungFor(item),
    }));
    const subtotal = addCents(...lines.map((line) => line.amount));
    const deposit = addCents(...lines.map((line) => line.deposit));
    const tax = cents(Math.round(subtotal * 0.07));
    const total = addCents(subtotal, deposit, tax);
    const minimumAge = Math.max(0, ...lines.map((line) => line.minimumAge ?? 0));
    return {
      orderId: this.orderId,
      phase: this.phase,
      lines,
      newestLineId: this.#newest,
      unitCount: lines.reduce((sum, line) => sum + line.quantity, 0),
      subtotal,
      deposit,
      taxes: tax === 0 ? [] : [{ label: 'Sales tax 7%', amount: tax }],
      tax,
      total,
      age: {
        minimumAge: minimumAge === 0 ? null : minimumAge,
        outcome: this.#outcome(lines),
        bornOnOrBefore: minimumAge === 0 ? null : latestBirth(minimumAge),
      },
      quickCash: quickCash(total),
      notices: this.notices,
    };
  }
}

function latestBirth(minimumAge: number): string {
  return `${TODAY.year - minimumAge}-${TODAY.monthAndDay}`;
}

function quickCash(total: Cents): Cents[] {
  if (total === ZERO) return [];
  const steps = [500, 1_000, 2_000, 5_000, 10_000].map((note) => Math.ceil(total / note) * note);
  return [...new Set([total, ...steps])].slice(0, 5).map((amount) => cents(amount));
}
