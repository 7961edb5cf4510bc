/** What this version leaves on a till's disk: sales, an open cart, and an outbox of which the server has one part. */
import { readFileSync } from 'node:fs';
import { openStore } from '../store/open-store.ts';
import { sqliteOutbox } from '../sync/sqlite-outbox.ts';
import { openTestTill, removeTillTemplate } from './test-till.ts';

const BASKETS = [
  ['WATER-STILL-001', 2, 'cash'],
  ['WINE-CAB-001', 1, 'card'],
  ['SODA-COLA-001', 6, 'cash'],
  ['BEER-ALE-006', 2, 'cash'],
  ['WATER-STILL-001', 1, 'card'],
] as const;

/** @returns the database, as one file */
export async function makeRelease(): Promise<Buffer> {
  const till = await openTestTill();
  await till.signIn();
  for (const [sku, quantity, method] of BASKETS) {
    const sale = await till.add(sku, quantity);
    const { orderId, total } =
      sale.age.outcome === 'needed'
        ? await till.client.call('sale.confirmAge', { orderId: sale.orderId, birthDate: '1980-01-01' })
        : sale;
    await till.client.call('sale.beginPayment', {});
    await (method === 'cash'
      ? till.client.call('sale.tenderCash', { orderId, total, tendered: total })
      : till.client.call('sale.tenderCard', { orderId, total, approvalCode: 'A12345' }));
  }
  await till.add('SODA-COLA-001', 3);
  await till.terminal.close();

  const store = openStore(till.folder);
  const outbox = sqliteOutbox(store.writer);
  outbox.setAckedThrough(Math.floor(outbox.head().seq / 2), '2026-11-23T12:30:00.000Z');
  const whole = till.temporary.join('release.db');
  store.writer.connection.exec(`VACUUM INTO '${whole}'`);
  store.close();
  const bytes = readFileSync(whole);
  till.temporary.remove();
  await removeTillTemplate();
  return bytes;
}
