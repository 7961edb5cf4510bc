import { looksLikeCardNumber } from './card-number.ts';
import { failed } from './payment-failure.ts';
import type { PaymentProvider } from './payment-provider.ts';

/**
 * A card terminal that we do not drive, or a delivery channel that has taken the money: the approval code is the proof,
 * and whoever typed it in has the slip. To capture, to void and to refund is done over there; here it is only noted.
 */
export const externalTerminalProvider: PaymentProvider = {
  name: 'external_terminal',
  method: 'card',
  local: true,
  async authorise({ orderId, instrument }) {
    if (instrument.provider !== 'external_terminal') return failed('invalid_instrument');
    if (instrument.approval_code.trim() === '') {
      return failed(
        'invalid_instrument',
        'The approval code is empty. It is on the slip of the card terminal.',
      );
    }
    // A code is kept for years and shown to many. A card number that strays into its field must not be.
    if (looksLikeCardNumber(instrument.approval_code)) {
      return failed(
        'invalid_instrument',
        'That looks like a card number. Enter the approval code from the slip of the card terminal.',
      );
    }
    return { ok: true, intentId: `ext_${orderId}` };
  },
  capture: async () => ({ ok: true }),
  void: async () => ({ ok: true }),
  refund: async ({ refundId }) => ({ ok: true, providerRefundId: `ext_${refundId}` }),
};
