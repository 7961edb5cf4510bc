/** A cashier without pity: rings sales as fast as the till takes them, and remembers what it was told. */
import type { TillClient } from '#box/till-client.ts';
import { ApiError } from '#main/api/errors.ts';
import type { SaleView } from '#main/api/views.ts';
import { type Random, between, pick } from '../random.ts';
import { type Ledger, type SentTender, shownCart } from './ledger.ts';
import { resumeTill } from './resume-till.ts';
import { sendTender } from './send-tender.ts';

/** Grown up, so that every bottle may be sold. */
const BIRTH_DATE = '1980-05-17';
const MOST_LINES = 6;
/** In cents: what a customer hands over beyond the total. */
const MOST_CHANGE = 2_000;

/** Looks at what the till came back with, then rings until it goes away or `enough` says so. */
export async function ringSales(
  till: TillClient,
  skus: readonly string[],
  random: Random,
  ledger: Ledger,
  enough: () => boolean,
): Promise<void> {
  try {
    await resumeTill(till, ledger);
    while (!enough()) await ringOne(till, skus, random, ledger);
  } catch (error) {
    if (error instanceof ApiError && error.code === 'connection_lost') return;
    throw error;
  }
}

async function ringOne(
  till: TillClient,
  skus: readonly string[],
  random: Random,
  ledger: Ledger,
): Promise<void> {
  const lines = between(random, 1, MOST_LINES);
  for (let line = 0; line < lines; line += 1) {
    const item = { sku: pick(random, skus), quantity: between(random, 1, 4) };
    ledger.lastCart = shownCart(await till.call('sale.addItem', item));
  }
  const open = await till.call('sale.get', {});
  if (open.age.outcome === 'needed')
    await till.call('sale.confirmAge', { orderId: open.orderId, birthDate: BIRTH_DATE });
  const tender = chooseTender(await till.call('sale.beginPayment', {}), random);
  ledger.unanswered.set(tender.orderId, tender);
  const sale = await sendTender(till, tender, ledger.flaws);
  ledger.acknowledged.set(tender.orderId, sale);
  ledger.unanswered.delete(tender.orderId);
  ledger.lastPaid = tender;
  ledger.lastCart = null;
}

function chooseTender({ orderId, total }: SaleView, random: Random): SentTender {
  return random() < 0.5
    ? { method: 'cash', orderId, total, tendered: total + between(random, 0, MOST_CHANGE) }
    : { method: 'card', orderId, total, approvalCode: `A${between(random, 10_000, 99_999)}` };
}
