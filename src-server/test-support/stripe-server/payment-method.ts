import type { Parameters } from './parameters.ts';
import { badParameter, noSuch } from './refusal.ts';
import { outcomeOf } from './test-cards.ts';

/** `payment_method`, or `payment_method_data` with a token; undefined when there is neither. */
export function readPaymentMethod(parameters: Parameters): string | undefined {
  const method = parameters.text('payment_method');
  const data = parameters.inside('payment_method_data');
  if (method !== undefined) {
    if (data !== undefined) {
      throw badParameter('payment_method_data', 'You may only specify one of these parameters.');
    }
    if (method.startsWith('tok_')) {
      throw badParameter(
        'payment_method',
        'A token may not be passed in as a PaymentMethod. Instead, use payment_method_data with type=card and ' +
          'card[token].',
      );
    }
    if (outcomeOf(method) === undefined) throw noSuch('PaymentMethod', method, 'payment_method', 400);
    return method;
  }
  if (data === undefined) return undefined;
  data.required('type', data.text('type', ['card']));
  const card = data.required('card', data.inside('card'));
  const token = card.required('token', card.text('token'));
  card.refuseRest();
  data.refuseRest();
  if (!token.startsWith('tok_') || outcomeOf(token) === undefined) {
    throw noSuch('token', token, 'payment_method_data[card][token]', 400);
  }
  return token;
}

export interface OfferedMethods {
  readonly types: readonly string[];
  /** Whether one of them leads the customer to another page, from which there must be a way back. */
  readonly mayRedirect: boolean;
}

/** Which ways to pay the intent offers. Unless told otherwise: those of the dashboard, and some of them redirect. */
export function readOfferedMethods(parameters: Parameters): OfferedMethods {
  if (parameters.list('payment_method_types') !== undefined) {
    throw badParameter(
      'payment_method_types',
      'payment_method_types is no longer supported on this API version.',
      'payment_method_types_no_longer_supported',
    );
  }
  const allowed = parameters.list('allowed_payment_method_types');
  const automatic = parameters.inside('automatic_payment_methods');
  if (automatic === undefined) {
    return {
      types: allowed ?? ['card', 'link'],
      mayRedirect: allowed?.every((type) => type === 'card') !== true,
    };
  }
  if (allowed !== undefined) {
    throw badParameter('allowed_payment_method_types', 'You may only specify one of these parameters.');
  }
  automatic.required('enabled', automatic.text('enabled', ['true', 'false']));
  const redirects = automatic.text('allow_redirects', ['always', 'never']) ?? 'always';
  automatic.refuseRest();
  return { types: ['card', 'link'], mayRedirect: redirects === 'always' };
}
