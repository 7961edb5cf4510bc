/** `Tax 7% Wine`; `Tax 8.25% Soda` */
export function taxLabel(tax: { readonly rate: number; readonly description: string }): string {
  const percent = String(tax.rate / 100);
  return `Tax ${percent}% ${tax.description}`;
}
