/** What a customer of a channel orders, and how they pay. */
import { centsToWire } from '#domain/money/wire-decimal.ts';
import { type PricedCart, price } from '#domain/pricing/price.ts';
import type { OrderChannel } from '#server/access/access.ts';
import type { Instrument } from '#server/payments/payment-provider.ts';
import { type Random, between, pick } from '../random.ts';
import { FACTS, LOCATIONS, skusOf } from './wares.ts';

const SHELF = skusOf('shelf');
const SCARCE = skusOf('scarce');
const SHARE_WITH_SCARCE = 0.6;
const MOST_UNITS = 3;

/** A scarce item at one location. */
export interface Bargain {
  readonly locationId: string;
  readonly sku: string;
}

export function drawBargain(random: Random): Bargain {
  return { locationId: pick(random, LOCATIONS), sku: pick(random, SCARCE) };
}

export interface DrawnOrder {
  readonly locationId: string;
  readonly cart: PricedCart;
  readonly instrument: Instrument;
  /** The bank will say no, at once or when the money is to be taken. */
  readonly willBeRefused: boolean;
  /** For `POST /api/orders` */
  readonly body: object;
}

/** @param customerId stands in the order book beside the order: by it a second order of the same key is found */
export function drawOrder(
  channel: OrderChannel,
  customerId: string,
  random: Random,
  bargain?: Bargain,
): DrawnOrder {
  const locationId = bargain?.locationId ?? pick(random, LOCATIONS);
  const skus = new Set([
    ...(bargain === undefined ? [] : [bargain.sku]),
    ...(random() < SHARE_WITH_SCARCE ? [pick(random, SCARCE)] : []),
    ...Array.from({ length: between(random, 1, 2) }, () => pick(random, SHELF)),
  ]);
  const items = [...skus].map((sku) => ({ sku, quantity: between(random, 1, MOST_UNITS) }));
  const lines = items.map((item, index) => ({ lineId: String(index), ...item }));
  const priced = price({ orderId: customerId, lines, newestLineId: null, customerAge: null }, FACTS);
  if (!priced.ok) throw new Error(`A channel cannot price its order: ${priced.refusal.code}`);
  const { cart } = priced;
  const instrument = drawInstrument(channel, random);
  return {
    locationId,
    cart,
    instrument,
    willBeRefused: isRefused(instrument),
    body: {
      location_id: locationId,
      channel,
      customer_id: customerId,
      items,
      payment: instrument,
      age_verified: true,
      expected_total: centsToWire(cart.total),
    },
  };
}

/** Delivery channels take the money themselves; the web shop has cards of all kinds. */
function drawInstrument(channel: OrderChannel, random: Random): Instrument {
  if (channel !== 'web')
    return { provider: 'external_terminal', approval_code: `A${between(random, 1000, 9999)}` };
  return random() < 0.6
    ? { provider: 'stripe', payment_method: pick(random, STRIPE_CARDS) }
    : { provider: 'simulator', behaviour: pick(random, SIMULATED_CARDS) };
}

const STRIPE_CARDS = [
  'pm_card_visa',
  'pm_card_visa',
  'pm_card_mastercard',
  'tok_visa',
  'pm_card_visa',
  'pm_card_visa_chargeDeclined',
  'pm_card_visa_chargeDeclinedInsufficientFunds',
];
const SIMULATED_CARDS = [
  'approve',
  'approve',
  'approve',
  'unavailable_once',
  'decline',
  'fail_capture',
] as const;

function isRefused(instrument: Instrument): boolean {
  switch (instrument.provider) {
    case 'stripe':
      return instrument.payment_method.includes('Declined');
    case 'simulator':
      return instrument.behaviour !== 'approve' && instrument.behaviour !== 'unavailable_once';
    case 'cash':
    case 'external_terminal':
      return false;
  }
}
