/** A cashier without pity: rings sales as fast as the till takes them, and remembers what it was told. */
import type { TillClient } from '#box/till-client.ts';
import { ApiError } from '#main/api/errors.ts';
import { type Random, between, pick } from '../random.ts';

/** What the till said is paid. Everything in here must be on the server, exactly once, to the cent. */
export interface AcknowledgedSale {
  readonly orderId: string;
  readonly receiptNumber: string;
  readonly total: number;
}

/** A tender whose answer never came: it may have been committed or not, but not twice and not half. */
export interface UnansweredTender {
  readonly orderId: string;
  readonly total: number;
}

export interface Ledger {
  readonly acknowledged: Map<string, AcknowledgedSale>;
  readonly unanswered: Map<string, UnansweredTender>;
}

/** Grown up, so that every bottle may be sold. */
const BIRTH_DATE = '1980-05-17';
const MOST_LINES = 6;

/**
 * Rings until the till goes away or `enough` says so. After a lost answer, the next session repeats that tender
 * first, as the screen does: the same order must come back, not a second one.
 */
export async function ringSales(
  till: TillClient,
  skus: readonly string[],
  random: Random,
  ledger: Ledger,
  enough: () => boolean,
): Promise<void> {
  try {
    await askAgain(till, ledger);
    while (!enough()) await ringOne(till, skus, random, ledger);
  } catch (error) {
    if (error instanceof ApiError && error.code === 'connection_lost') return;
    throw error;
  }
}

async function askAgain(till: TillClient, { acknowledged, unanswered }: Ledger): Promise<void> {
  for (const { orderId, total } of unanswered.values()) {
    try {
      const sale = await till.call('sale.tenderCash', { orderId, total, tendered: total });
      acknowledged.set(orderId, sale);
      unanswered.delete(orderId);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code === 'connection_lost') throw error;
      // Not committed: the cart came back, or the next order is open already.
    }
  }
}

async function ringOne(
  till: TillClient,
  skus: readonly string[],
  random: Random,
  ledger: Ledger,
): Promise<void> {
  const { acknowledged, unanswered } = ledger;
  const lines = between(random, 1, MOST_LINES);
  for (let line = 0; line < lines; line += 1) {
    await till.call('sale.addItem', { sku: pick(random, skus), quantity: between(random, 1, 4) });
  }
  const open = await till.call('sale.get', {});
  if (open.age.outcome === 'needed') await till.call('sale.confirmAge', { birthDate: BIRTH_DATE });
  const { orderId, total } = await till.call('sale.beginPayment', {});
  unanswered.set(orderId, { orderId, total });
  const sale =
    random() < 0.5
      ? await till.call('sale.tenderCash', { orderId, total, tendered: total })
      : await till.call('sale.tenderCard', {
          orderId,
          total,
          approvalCode: `A${between(random, 10_000, 99_999)}`,
        });
  acknowledged.set(orderId, sale);
  unanswered.delete(orderId);
}
