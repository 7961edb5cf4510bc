/** When to reorder and how much. Quantities in units; orders to the distributor are in whole cases. */

/** True when this movement takes the stock from above the reorder point to it or below: once per crossing, not per sale. */
export function crossesReorderPoint(oldQuantity: number, newQuantity: number, reorderPoint: number): boolean {
  return reorderPoint > 0 && oldQuantity > reorderPoint && newQuantity <= reorderPoint;
}

/** True while the stock is at or below the reorder point: what the manager's list shows. */
export function isLow(quantity: number, reorderPoint: number): boolean {
  return reorderPoint > 0 && quantity <= reorderPoint;
}

/**
 * Enough whole cases to come back to twice the reorder point, at least one. The seed's example: 5 left,
 * reorder point 10, cases of 12 → 15 are missing → 24.
 */
export function suggestedOrder(
  quantity: number,
  reorderPoint: number,
  caseSize: number,
): { readonly cases: number; readonly quantity: number } {
  const missing = Math.max(1, 2 * reorderPoint - quantity);
  const cases = (missing - (missing % caseSize)) / caseSize + (missing % caseSize === 0 ? 0 : 1);
  return { cases, quantity: cases * caseSize };
}
