/** A card company over a bad line, for tests: idempotent by our ids as real ones are, with a book of what it holds and took. */
import type { PaymentAnswer, PaymentProvider } from '../payments/payment-provider.ts';

export interface FlakyProvider extends PaymentProvider {
  /** cents held by order id, not taken yet */
  readonly held: Map<string, number>;
  readonly taken: Map<string, number>;
  /** cents given back by refund id */
  readonly givenBack: Map<string, number>;
  /** The next answers, one a call: `lost` does what was asked and answers `unavailable`; then all is well again. */
  readonly next: ('ok' | 'lost' | 'away' | 'refuse' | 'refuse_amount' | 'key_refused')[];
}

export function flakyProvider(): FlakyProvider {
  const held = new Map<string, number>();
  const taken = new Map<string, number>();
  const givenBack = new Map<string, number>();
  const next: FlakyProvider['next'] = [];

  async function answer<Success>(work: () => Success): Promise<PaymentAnswer<Success>> {
    // A real line takes time: others come in between.
    await new Promise((resolve) => setImmediate(resolve));
    const mood = next.shift();
    if (mood === 'refuse') return { ok: false, failure: { code: 'declined', message: 'Declined.' } };
    if (mood === 'refuse_amount') return { ok: false, failure: { code: 'amount_refused', message: 'No.' } };
    if (mood === 'key_refused') return { ok: false, failure: { code: 'misconfigured', message: 'No.' } };
    if (mood === 'away') return { ok: false, failure: { code: 'unavailable', message: 'No answer.' } };
    const success = work();
    if (mood === 'lost') return { ok: false, failure: { code: 'unavailable', message: 'No answer.' } };
    return { ok: true, ...success };
  }

  return {
    name: 'stripe',
    method: 'card',
    local: false,
    held,
    taken,
    givenBack,
    next,
    authorise: ({ orderId, amount }) =>
      answer(() => {
        if (!taken.has(orderId)) held.set(orderId, amount);
        return { intentId: `pi_${orderId}` };
      }),
    capture: async ({ orderId, amount }) =>
      !held.has(orderId) && !taken.has(orderId)
        ? { ok: false, failure: { code: 'not_possible', message: 'Nothing is held.' } }
        : answer(() => {
            held.delete(orderId);
            taken.set(orderId, amount);
            return {};
          }),
    void: async ({ orderId }) =>
      taken.has(orderId)
        ? { ok: false, failure: { code: 'not_possible', message: 'It was captured.' } }
        : answer(() => {
            held.delete(orderId);
            return {};
          }),
    refund: ({ refundId, amount }) =>
      answer(() => {
        givenBack.set(refundId, amount);
        return { providerRefundId: `re_${refundId}` };
      }),
  };
}
