import type { TillClient } from '#box/till-client.ts';
import type { CompletedSale } from '#main/api/views.ts';
import type { SentTender } from './ledger.ts';

/** Sends it, for the first time or again, and holds the answer against what was sent. */
export async function sendTender(
  till: TillClient,
  tender: SentTender,
  flaws: Set<string>,
): Promise<CompletedSale> {
  const sale = await callTender(till, tender);
  const expected = tender.method === 'cash' ? tender.tendered : tender.total;
  const same =
    sale.orderId === tender.orderId &&
    sale.total === tender.total &&
    sale.method === tender.method &&
    sale.tendered === expected;
  if (!same) flaws.add(`${tender.orderId} was answered with another sale than was tendered`);
  return sale;
}

function callTender(till: TillClient, tender: SentTender): Promise<CompletedSale> {
  const { orderId, total } = tender;
  return tender.method === 'cash'
    ? till.call('sale.tenderCash', { orderId, total, tendered: tender.tendered })
    : till.call('sale.tenderCard', { orderId, total, approvalCode: tender.approvalCode });
}
