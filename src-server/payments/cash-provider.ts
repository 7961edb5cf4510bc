import type { PaymentProvider } from './payment-provider.ts';

/** Money in the drawer: nobody has to be asked, and everything answers the same however often it is asked. */
export const cashProvider: PaymentProvider = {
  name: 'cash',
  method: 'cash',
  local: true,
  authorise: async ({ orderId }) => ({ ok: true, intentId: `cash_${orderId}` }),
  capture: async () => ({ ok: true }),
  void: async () => ({ ok: true }),
  refund: async ({ refundId }) => ({ ok: true, providerRefundId: `cash_${refundId}` }),
};
