import type { PricedTax } from '#domain/pricing/price.ts';

/** `Tax 7% Wine`; `Tax 8.25% Soda` */
export function taxLabel({ rate, description }: PricedTax): string {
  const percent = String(rate / 100);
  return `Tax ${percent}% ${description}`;
}
