/** The stock of both servers against the sum of everything that moved, to the bottle. */
import { z } from 'zod';
import { read, readStockOf } from '../heal.ts';
import type { StockLedger } from '../ledger.ts';
import type { Stores } from '../stores.ts';
import type { Verdict } from '../verdict.ts';
import { ALL_LOCATIONS, skusOf } from '../wares.ts';
import { type AuditedLog, keyOf } from './read-log.ts';

const differencesSchema = z.object({ differences: z.array(z.unknown()) });

export async function compareStock(
  stores: Stores,
  ledger: StockLedger,
  log: AuditedLog,
  verdict: Verdict,
): Promise<void> {
  for (const [server, { name }] of stores.servers.entries()) {
    for (const location of ALL_LOCATIONS) {
      const left = new Map(ledger.of(location));
      for (const { sku, quantity, reserved } of await readStockOf(stores, server, location)) {
        const expected = left.get(sku) ?? 0;
        left.delete(sku);
        if (quantity !== expected)
          verdict.add('stock_errors', `${location} has ${expected} of ${sku}, and ${name} says ${quantity}`);
        if (reserved !== 0)
          verdict.add('stock_errors', `${location}: ${reserved} of ${sku} are still promised to nobody`);
      }
      for (const sku of left.keys())
        verdict.add('stock_errors', `${name} has no stock of ${sku} at ${location}`);
    }
    const { differences } = differencesSchema.parse(await read(stores, server, '/api/stock/differences'));
    for (const difference of differences)
      verdict.add('stock_errors', `table and log differ: ${JSON.stringify(difference)}`);
  }
  compareScarce(log, verdict);
}

/** Nobody moves these but the server: each movement begins where the one before ended, and none ends below nothing. */
function compareScarce({ serverMovements }: AuditedLog, verdict: Verdict): void {
  const scarce = new Set(skusOf('scarce'));
  const quantities = new Map<string, number>();
  for (const { locationId, sku, oldQuantity, newQuantity } of serverMovements) {
    if (!scarce.has(sku)) continue;
    const key = keyOf(locationId, sku);
    const before = quantities.get(key) ?? 0;
    if (oldQuantity !== before)
      verdict.add('stock_errors', `${key} was ${before}, and its next movement begins with ${oldQuantity}`);
    if (newQuantity < 0) verdict.add('stock_errors', `${key} was oversold to ${newQuantity} by the API`);
    quantities.set(key, newQuantity);
  }
}
