import { type Department, type DemoProduct, type ProductOptions, product } from './demo-product.ts';

/** One product as the family files list it. `House` is no brand: it stays off the label. */
export type ShelfRow = readonly [
  kind: string,
  brand: string,
  label: string,
  price: number,
  caseSize: number,
  options?: ProductOptions,
];

export function shelf(department: Department, rows: readonly ShelfRow[]): DemoProduct[] {
  return rows.map(([kind, brand, label, price, caseSize, options]) => {
    const name = brand === 'House' ? label : `${brand} ${label}`;
    return product(department, { kind, brand, name, price, caseSize }, options);
  });
}
