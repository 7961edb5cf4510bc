/**
 * Made-up but valid barcodes. Numbers follow the order of the catalogue alone, so that the same catalogue always
 * gets the same codes; a code printed for a demo stays good as long as nobody inserts a product before it.
 */
import { checkDigit } from '#domain/barcode/gtin.ts';
import { expandUpcE } from '#domain/barcode/upc-e.ts';
import type { DemoProduct } from './demo-product.ts';

function withCheckDigit(body: string): string {
  return `${body}${checkDigit(body)}`;
}

/** Number systems of ordinary products: 2 is for weighed goods, 3 for drugs, 4 and 5 for the shop itself and for coupons. */
const COMPANY_STARTS = ['85', '07', '72', '08'];

export class DemoBarcodes {
  readonly #companies = new Map<string, number>();
  readonly #itemsOfCompany = new Map<string, number>();
  #smallCans = 0;
  #smallPacks = 0;

  /** As printed: 12 digits, 8 or 13; the first is the one that a till would show. */
  next({ brand, packaging, country }: DemoProduct): string[] {
    switch (packaging) {
      case 'upc-a':
        return [this.#upcA(brand)];
      case 'import':
        return [this.#ean13(brand, country)];
      case 'both':
        return [this.#ean13(brand, country), this.#upcA(brand)];
      case 'small-can':
        return [this.#upcE()];
      case 'small-pack':
        return [this.#ean8()];
    }
  }

  /** A number of the brand for life: 0, 1, 2 … in the order of appearance. */
  #company(brand: string): number {
    const known = this.#companies.get(brand);
    if (known !== undefined) return known;
    this.#companies.set(brand, this.#companies.size);
    return this.#companies.size - 1;
  }

  #item(companyPrefix: string): number {
    const item = (this.#itemsOfCompany.get(companyPrefix) ?? 0) + 1;
    this.#itemsOfCompany.set(companyPrefix, item);
    return item;
  }

  /** Six digits of company, five of item. */
  #upcA(brand: string): string {
    const company = this.#company(brand);
    const prefix = `${COMPANY_STARTS[company % COMPANY_STARTS.length]}${1_009 + 61 * company}`;
    return withCheckDigit(`${prefix}${String(10 * this.#item(prefix)).padStart(5, '0')}`);
  }

  /** Three digits of country, five of company, four of item. */
  #ean13(brand: string, country: string): string {
    const prefix = `${country}${20_011 + 97 * this.#company(brand)}`;
    return withCheckDigit(`${prefix}${String(this.#item(prefix)).padStart(4, '0')}`);
  }

  /** The zero-suppressed form with item numbers 5 to 9, five cans to a company number. */
  #upcE(): string {
    const serial = this.#smallCans;
    this.#smallCans += 1;
    const digits = `0${62_141 + 110 * Math.trunc(serial / 5)}${5 + (serial % 5)}`;
    return `${digits}${checkDigit((expandUpcE(`${digits}0`) ?? '').slice(0, 11))}`;
  }

  #ean8(): string {
    this.#smallPacks += 1;
    return withCheckDigit(String(7_610_400 + 7 * this.#smallPacks));
  }
}
