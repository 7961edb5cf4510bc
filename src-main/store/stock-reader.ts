import { count, eq } from 'drizzle-orm';
import { suggestedOrder } from '#domain/stock/reorder.ts';
import type { LowStockItem } from '../api/views.ts';
import type { ReadHandle } from './handles.ts';
import { items, stock } from './schema.ts';

export interface StockReader {
  lowCount(): number;
  /** Emptiest shelf first. */
  low(): LowStockItem[];
}

export function stockReader({ query }: ReadHandle): StockReader {
  const counted = query.select({ value: count() }).from(stock).where(eq(stock.isLow, true)).prepare();
  const lowRows = query
    .select({
      sku: items.sku,
      name: items.name,
      merchandiseCode: items.merchandiseCode,
      onHand: stock.quantity,
      reorderPoint: items.reorderPoint,
      caseSize: items.caseSize,
    })
    .from(stock)
    .innerJoin(items, eq(items.sku, stock.sku))
    .where(eq(stock.isLow, true))
    .orderBy(stock.quantity, items.name)
    .prepare();
  return {
    lowCount: () => counted.get()?.value ?? 0,
    low: () =>
      lowRows.all().map((row) => {
        const order = suggestedOrder(row.onHand, row.reorderPoint, row.caseSize);
        return { ...row, suggestedQuantity: order.quantity, suggestedCases: order.cases };
      }),
  };
}
