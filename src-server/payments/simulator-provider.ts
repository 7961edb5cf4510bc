import { failed } from './payment-failure.ts';
import type { Instrument, PaymentProvider } from './payment-provider.ts';

type Behaviour = Extract<Instrument, { provider: 'simulator' }>['behaviour'];

/** How many orders are remembered as "was unavailable once already". An order that is forgotten meets it once more. */
const REMEMBERED_ORDERS = 1_000;

/**
 * A card company that does as the instrument tells it, for the demo and for tests. It takes no money, so a server offers
 * it only when told to. What it answers follows from the ids and the instrument alone: it is idempotent without a memory,
 * except for `unavailable_once`.
 */
export function simulatorProvider(): PaymentProvider {
  // A Set is iterated in the order of insertion: its first element is the oldest.
  const wereUnavailable = new Set<string>();

  function isFirstTime(orderId: string): boolean {
    if (wereUnavailable.has(orderId)) return false;
    wereUnavailable.add(orderId);
    const [oldest] = wereUnavailable;
    if (wereUnavailable.size > REMEMBERED_ORDERS && oldest !== undefined) wereUnavailable.delete(oldest);
    return true;
  }

  return {
    name: 'simulator',
    method: 'card',
    local: true,

    async authorise({ orderId, instrument }) {
      if (instrument.provider !== 'simulator') return failed('invalid_instrument');
      const authorised = { ok: true, intentId: `sim_${orderId}` } as const;
      switch (instrument.behaviour) {
        case 'decline':
          return failed('declined');
        case 'insufficient_funds':
          return failed('insufficient_funds');
        case 'unavailable_once':
          return isFirstTime(orderId) ? failed('unavailable') : authorised;
        case 'approve':
        case 'fail_capture':
          return authorised;
      }
    },

    async capture({ instrument }) {
      const behaviour = behaviourOf(instrument);
      if (behaviour === 'fail_capture')
        return failed('declined', 'The bank has let the hold on the card lapse.');
      return canBePaid(behaviour) ? { ok: true } : failed('not_possible');
    },

    void: async () => ({ ok: true }),

    async refund({ refundId, payment, amount }) {
      const behaviour = behaviourOf(payment.instrument);
      if (!canBePaid(behaviour) || behaviour === 'fail_capture') {
        return failed('not_possible', 'Nothing was taken, so nothing can be given back.');
      }
      if (amount > payment.amount) {
        return failed('not_possible', 'More cannot be given back than was taken.');
      }
      return { ok: true, providerRefundId: `sim_${refundId}` };
    },
  };
}

function behaviourOf(instrument: Instrument): Behaviour | undefined {
  return instrument.provider === 'simulator' ? instrument.behaviour : undefined;
}

/** Whether an authorisation with it can have succeeded. */
function canBePaid(behaviour: Behaviour | undefined): boolean {
  return behaviour === 'approve' || behaviour === 'fail_capture' || behaviour === 'unavailable_once';
}
