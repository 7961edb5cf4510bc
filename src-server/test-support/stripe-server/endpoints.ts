import type { Step } from './faults.ts';
import type { Parameters } from './parameters.ts';
import type { PaymentIntents } from './payment-intents.ts';
import type { Refunds } from './refunds.ts';

export interface Endpoint {
  readonly step: Step;
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  /** @throws {StripeRefusal} */
  readonly work: (parameters: Parameters, id: string) => object;
}

/** Those of Stripe's endpoints that we use. The first that fits is meant: `search` is no id. */
export function endpointsOf(intents: PaymentIntents, refunds: Refunds): readonly Endpoint[] {
  const intent = '/v1/payment_intents/([^/]+)';
  return [
    get('search', '/v1/payment_intents/search', (parameters) => intents.search(parameters)),
    get('retrieve', intent, (parameters, id) => {
      parameters.refuseRest();
      return intents.find(id);
    }),
    get('list_refunds', '/v1/refunds', (parameters) => refunds.list(parameters)),
    post('create', '/v1/payment_intents', (parameters) => intents.create(parameters)),
    post('confirm', `${intent}/confirm`, (parameters, id) => intents.confirm(id, parameters)),
    post('capture', `${intent}/capture`, (parameters, id) => intents.capture(id, parameters)),
    post('cancel', `${intent}/cancel`, (parameters, id) => intents.cancel(id, parameters)),
    post('refund', '/v1/refunds', (parameters) => refunds.create(parameters)),
  ];
}

function get(step: Step, path: string, work: Endpoint['work']): Endpoint {
  return { step, method: 'GET', path: new RegExp(`^${path}$`), work };
}

function post(step: Step, path: string, work: Endpoint['work']): Endpoint {
  return { step, method: 'POST', path: new RegExp(`^${path}$`), work };
}
