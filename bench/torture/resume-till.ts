/** What must be true of a till that comes back: the open sale is there, and a repeated tender answers with its order. */
import type { TillClient } from '#box/till-client.ts';
import { ApiError, type ApiErrorCode } from '#main/api/errors.ts';
import { type Ledger, type SentTender, type ShownCart, shownCart } from './ledger.ts';
import { sendTender } from './send-tender.ts';

/**
 * Refusals that say that the order was not committed: its cart came back and nobody is paying, or it is not here
 * at all. The second cannot be after a kill either, but that is for the open sale's check to say.
 */
const NOT_COMMITTED: ReadonlySet<ApiErrorCode> = new Set(['not_in_payment', 'unknown_order']);

/** The next session repeats an unanswered tender first, as the screen does: the same order must come back. */
export async function resumeTill(till: TillClient, ledger: Ledger): Promise<void> {
  const found = shownCart(await till.call('sale.get', {}));
  await repeatPaid(till, ledger);
  await askAgain(till, ledger);
  // Afterwards, because only now it is known whether the tender that was under way has ended this sale.
  checkOpenSale(found, ledger);
  ledger.lastCart = found;
}

/**
 * An answer may be lost behind the till as well, so a tender that it did answer must be repeatable too. The till must
 * also know it from another tender for the same order, which would be money taken a second time.
 */
async function repeatPaid(till: TillClient, { lastPaid, acknowledged, flaws }: Ledger): Promise<void> {
  if (!lastPaid) return;
  const { orderId } = lastPaid;
  try {
    const { receiptNumber } = await sendTender(till, lastPaid, flaws);
    if (receiptNumber !== acknowledged.get(orderId)?.receiptNumber)
      flaws.add(`${orderId} was answered with another receipt when its tender was repeated`);
  } catch (error) {
    flaws.add(`${orderId} is paid, but its repeated tender was refused: ${refusalOf(error)}`);
  }
  try {
    await sendTender(till, anotherTender(lastPaid), flaws);
    flaws.add(`${orderId} is paid, and a second tender for it was taken`);
  } catch (error) {
    const code = refusalOf(error);
    if (code !== 'already_paid') flaws.add(`${orderId} is paid, but a second tender for it met ${code}`);
  }
}

function anotherTender(tender: SentTender): SentTender {
  return tender.method === 'cash'
    ? { ...tender, tendered: tender.tendered + 1 }
    : { ...tender, approvalCode: 'SECOND' };
}

async function askAgain(till: TillClient, ledger: Ledger): Promise<void> {
  const { acknowledged, unanswered, flaws } = ledger;
  for (const tender of unanswered.values()) {
    const { orderId } = tender;
    try {
      acknowledged.set(orderId, await sendTender(till, tender, flaws));
      unanswered.delete(orderId);
      ledger.lastPaid = tender;
    } catch (error) {
      const code = refusalOf(error);
      if (!NOT_COMMITTED.has(code)) flaws.add(`${orderId}: its repeated tender was refused: ${code}`);
    }
  }
}

function checkOpenSale(found: ShownCart | null, { lastCart, acknowledged, flaws }: Ledger): void {
  if (!lastCart || acknowledged.has(lastCart.orderId)) return;
  const { orderId, quantities } = lastCart;
  if (found?.orderId !== orderId) {
    flaws.add(`${orderId} was open when the till went away; it is neither open nor paid now`);
    return;
  }
  for (const [sku, quantity] of quantities) {
    const now = found.quantities.get(sku) ?? 0;
    if (now < quantity) flaws.add(`${orderId} came back with ${now} instead of ${quantity} ${sku}`);
  }
}

/** @throws what is no refusal of the till, and a lost connection */
function refusalOf(error: unknown): ApiErrorCode {
  if (error instanceof ApiError && error.code !== 'connection_lost') return error.code;
  throw error;
}
