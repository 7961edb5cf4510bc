import type { StripeOptions } from './stripe/stripe-options.ts';

export interface PaymentSettings {
  readonly stripe?: StripeOptions;
  /** Anybody who may place an order can then pay with nothing: for demos and tests only. */
  readonly simulator: boolean;
}

export type PaymentSettingsErrorCode =
  'stripe_key' | 'stripe_url' | 'stripe_webhook_secret' | 'simulator_switch' | 'simulator_with_live_key';

/** The server must not start with it. The message names the variable, never its value. */
export class PaymentSettingsError extends Error {
  readonly code: PaymentSettingsErrorCode;

  constructor(code: PaymentSettingsErrorCode, message: string) {
    super(message);
    this.name = 'PaymentSettingsError';
    this.code = code;
  }
}

const SECRET_KEY = /^(?:sk|rk)_(?:test|live)_\w{8,}$/;
const LIVE_KEY = /^(?:sk|rk)_live_/;
const WEBHOOK_SECRET = /^whsec_[\w+/=-]{8,}$/;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * From `STRIPE_SECRET_KEY`, `STRIPE_WEBHOOK_SECRET`, `STRIPE_API_URL` and `HOLDFAST_PAYMENT_SIMULATOR`. A variable that is
 * empty counts as not set.
 * @throws {PaymentSettingsError}
 */
export function readPaymentSettings(
  environment: Readonly<Record<string, string | undefined>>,
): PaymentSettings {
  const setting = (name: string) => (environment[name] === '' ? undefined : environment[name]);
  const secretKey = setting('STRIPE_SECRET_KEY');
  const simulator = readSwitch(setting('HOLDFAST_PAYMENT_SIMULATOR'));
  if (secretKey === undefined) return { simulator };

  if (!SECRET_KEY.test(secretKey)) {
    throw new PaymentSettingsError(
      'stripe_key',
      'STRIPE_SECRET_KEY is not a secret key of Stripe: it must begin with sk_test_, sk_live_, rk_test_ or rk_live_.',
    );
  }
  if (simulator && LIVE_KEY.test(secretKey)) {
    throw new PaymentSettingsError(
      'simulator_with_live_key',
      'HOLDFAST_PAYMENT_SIMULATOR is set together with a live key of Stripe. Orders could be paid with nothing.',
    );
  }
  const webhookSecret = setting('STRIPE_WEBHOOK_SECRET');
  if (webhookSecret !== undefined && !WEBHOOK_SECRET.test(webhookSecret)) {
    throw new PaymentSettingsError(
      'stripe_webhook_secret',
      'STRIPE_WEBHOOK_SECRET is not a signing secret of Stripe: it must begin with whsec_.',
    );
  }
  const address = setting('STRIPE_API_URL');
  return {
    simulator,
    stripe: {
      secretKey,
      ...(webhookSecret === undefined ? {} : { webhookSecret }),
      ...(address === undefined ? {} : { apiUrl: readApiUrl(address) }),
    },
  };
}

function readSwitch(value: string | undefined): boolean {
  if (value === undefined || value === '0') return false;
  if (value === '1') return true;
  throw new PaymentSettingsError('simulator_switch', 'HOLDFAST_PAYMENT_SIMULATOR must be 1, or not be set.');
}

/** The key travels in each request, so without TLS it may go no further than this machine. */
function readApiUrl(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
  if (url === undefined || !isSafe || url.pathname !== '/' || url.search !== '' || url.username !== '') {
    throw new PaymentSettingsError(
      'stripe_url',
      'STRIPE_API_URL must be https://host[:port], or http:// to this machine itself, without a path.',
    );
  }
  return url;
}
