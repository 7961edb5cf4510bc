/**
 * One alert for each crossing. Downwards the bottles of shelf and scarce items go by tills and orders, whose order among each other
 * nobody can tell afterwards; upwards only by the server, in events with the true quantities. Between two ups there is
 * one down, so: downs = ups + (was it above at the start?) − (is it above at the end?). Everything starts with nothing.
 */
import type { Ledger } from '../ledger.ts';
import type { Verdict } from '../verdict.ts';
import { ITEMS, LOCATIONS, SOLO_LOCATION, skusOf } from '../wares.ts';
import { type AuditedLog, type ServerMovement, keyOf } from './read-log.ts';

export function compareAlerts({ stock: ledger, soloLow }: Ledger, log: AuditedLog, verdict: Verdict): void {
  const watched = new Set(skusOf('shelf', 'scarce'));
  const scarce = new Set(skusOf('scarce'));
  const movements = Map.groupBy(log.serverMovements, ({ locationId, sku }) => keyOf(locationId, sku));
  for (const location of LOCATIONS) {
    const stock = ledger.of(location);
    for (const { sku, reorderPoint } of ITEMS.filter((item) => watched.has(item.sku))) {
      const key = keyOf(location, sku);
      const own = movements.get(key) ?? [];
      const end = stock.get(sku) ?? 0;
      const low = log.lowStock.get(key) ?? [];
      expectAlerts(`${key} low`, low.length, downs(own, end, reorderPoint), verdict);
      // Sold without being there: from nothing to less than nothing.
      expectAlerts(`${key} oversold`, log.oversold.get(key) ?? 0, downs(own, end, -1), verdict);
      if (scarce.has(sku)) compareQuantities(key, low, own, reorderPoint, verdict);
    }
  }
  compareSolo(soloLow, log, verdict);
}

/** The shop of one till: the till knows each crossing, and says so itself; the server must not say it once more. */
function compareSolo(soloLow: ReadonlyMap<string, number>, { lowStock }: AuditedLog, verdict: Verdict): void {
  for (const { sku } of ITEMS) {
    const key = keyOf(SOLO_LOCATION, sku);
    expectAlerts(`${key} low`, lowStock.get(key)?.length ?? 0, soloLow.get(sku) ?? 0, verdict);
  }
}

function downs(movements: readonly ServerMovement[], end: number, point: number): number {
  const ups = movements.filter(
    ({ oldQuantity, newQuantity }) => oldQuantity <= point && newQuantity > point,
  ).length;
  const above = (quantity: number) => (quantity > point ? 1 : 0);
  return ups + above(0) - above(end);
}

function expectAlerts(what: string, found: number, expected: number, verdict: Verdict): void {
  verdict.add(
    'alert_errors',
    `${what}: ${found} alerts for ${expected} crossings`,
    Math.abs(found - expected),
  );
}

/** Where the server alone moves an item, even the quantity of each alert is known. */
function compareQuantities(
  key: string,
  low: readonly number[],
  movements: readonly ServerMovement[],
  point: number,
  verdict: Verdict,
): void {
  const crossed = movements
    .filter(({ oldQuantity, newQuantity }) => oldQuantity > point && newQuantity <= point)
    .map(({ newQuantity }) => newQuantity);
  if (crossed.join() !== low.join())
    verdict.add('alert_errors', `${key} fell to ${crossed.join(', ')}, and the alerts say ${low.join(', ')}`);
}
