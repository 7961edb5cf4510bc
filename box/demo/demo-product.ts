/**
 * What the family files (demo-wine.ts and its neighbours) say of a product. The brands are invented; the sizes, cases, prices and
 * margins are those of a shop in the United States. Money in whole cents.
 */
import { cents, type Cents } from '#domain/money/cents.ts';
import { roundRatio } from '#domain/money/rounding.ts';

/** How fast it sells; decides reorder point and stock. */
export type Pace = 'fast' | 'steady' | 'slow';

/** Which codes are printed on it. `import` is the EAN-13 of the country, `both` that and the importer's UPC-A. */
export type Packaging = 'upc-a' | 'small-can' | 'small-pack' | 'import' | 'both';

export interface DemoProduct {
  /** First part of the SKU: `WINE` in `WINE-CAB-001`. */
  readonly prefix: string;
  /** Second part of the SKU. */
  readonly kind: string;
  readonly brand: string;
  readonly name: string;
  readonly merchandiseCode: string;
  readonly price: Cents;
  readonly cost: Cents;
  readonly caseSize: number;
  readonly minimumAge: number | null;
  readonly deposit: Cents;
  readonly pace: Pace;
  readonly packaging: Packaging;
  /** First digits of an import's EAN-13. */
  readonly country: string;
  readonly active: boolean;
}

/** What all products of a family have in common; each product states the rest. */
export interface Department {
  readonly prefix: string;
  readonly merchandiseCode: string;
  readonly minimumAge: number | null;
  /** Margin in percent of the price; the cost follows. */
  readonly margin: number;
}

type Stated = Pick<DemoProduct, 'kind' | 'brand' | 'name' | 'caseSize'> & { readonly price: number };
type Optional = Partial<Pick<DemoProduct, 'pace' | 'packaging' | 'country' | 'active'>>;

export interface ProductOptions extends Optional {
  readonly deposit?: number;
  /** In cents; without it, the department's margin decides. */
  readonly cost?: number;
}

export function product(department: Department, stated: Stated, options: ProductOptions = {}): DemoProduct {
  const { prefix, merchandiseCode, minimumAge, margin } = department;
  const { deposit = 0, cost = roundRatio(stated.price * (100 - margin), 100) } = options;
  return {
    prefix,
    merchandiseCode,
    minimumAge,
    ...stated,
    price: cents(stated.price),
    cost: cents(cost),
    deposit: cents(deposit),
    pace: options.pace ?? 'steady',
    packaging: options.packaging ?? 'upc-a',
    country: options.country ?? '',
    active: options.active ?? true,
  };
}

/** The nearest price on the shelf: .49 or .99 below 30 dollars, .99 above; at least 49 cents. */
export function shelfPrice(amount: number): number {
  const step = amount < 3_000 ? 50 : 100;
  return Math.max(roundRatio(Math.trunc(amount) + 1, step) * step - 1, 49);
}

/** 5 cents for a container under 24 oz, 10 cents from there on, as California has it. */
export function containerDeposit(ounces: number, containers = 1): number {
  return (ounces < 24 ? 5 : 10) * containers;
}
