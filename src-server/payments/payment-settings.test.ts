import { describe, expect, it } from 'vitest';
import { PaymentSettingsError, readPaymentSettings } from './payment-settings.ts';

const TEST_KEY = ['sk', 'test', 'double0123456789'].join('_');
const LIVE_KEY = ['rk', 'live', 'double0123456789'].join('_');
const WEBHOOK_SECRET = ['whsec', 'double0123456789'].join('_');

function codeOf(environment: Record<string, string>): string {
  try {
    readPaymentSettings(environment);
  } catch (error) {
    if (!(error instanceof PaymentSettingsError)) throw error;
    for (const value of Object.values(environment))
      if (value.length > 3) expect(error.message).not.toContain(value);
    return error.code;
  }
  return 'none';
}

describe('the settings of payments', () => {
  it('have neither Stripe nor a simulator unless they are told to', () => {
    expect(readPaymentSettings({})).toEqual({ simulator: false });
    expect(readPaymentSettings({ STRIPE_SECRET_KEY: '', HOLDFAST_PAYMENT_SIMULATOR: '0' })).toEqual({
      simulator: false,
    });
  });

  it('have Stripe when its key is set', () => {
    expect(readPaymentSettings({ STRIPE_SECRET_KEY: TEST_KEY })).toEqual({
      simulator: false,
      stripe: { secretKey: TEST_KEY },
    });
    expect(
      readPaymentSettings({
        STRIPE_SECRET_KEY: LIVE_KEY,
        STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
        STRIPE_API_URL: 'https://stripe.example:8443',
      }),
    ).toEqual({
      simulator: false,
      stripe: {
        secretKey: LIVE_KEY,
        webhookSecret: WEBHOOK_SECRET,
        apiUrl: new URL('https://stripe.example:8443'),
      },
    });
  });

  it('have the simulator when it is switched on', () => {
    expect(readPaymentSettings({ HOLDFAST_PAYMENT_SIMULATOR: '1' })).toEqual({ simulator: true });
    expect(
      readPaymentSettings({ HOLDFAST_PAYMENT_SIMULATOR: '1', STRIPE_SECRET_KEY: TEST_KEY }).simulator,
    ).toBe(true);
  });

  it.each([
    ['simulator_switch', { HOLDFAST_PAYMENT_SIMULATOR: 'true' }],
    ['simulator_with_live_key', { HOLDFAST_PAYMENT_SIMULATOR: '1', STRIPE_SECRET_KEY: LIVE_KEY }],
    ['stripe_key', { STRIPE_SECRET_KEY: ['pk', 'test', 'double0123456789'].join('_') }],
    ['stripe_key', { STRIPE_SECRET_KEY: `${TEST_KEY}\n` }],
    ['stripe_webhook_secret', { STRIPE_SECRET_KEY: TEST_KEY, STRIPE_WEBHOOK_SECRET: TEST_KEY }],
    ['stripe_url', { STRIPE_SECRET_KEY: TEST_KEY, STRIPE_API_URL: 'http://stripe.example' }],
    ['stripe_url', { STRIPE_SECRET_KEY: TEST_KEY, STRIPE_API_URL: 'http://127.0.0.1.example' }],
    ['stripe_url', { STRIPE_SECRET_KEY: TEST_KEY, STRIPE_API_URL: 'https://stripe.example/v1' }],
    ['stripe_url', { STRIPE_SECRET_KEY: TEST_KEY, STRIPE_API_URL: 'file:///etc' }],
    ['stripe_url', { STRIPE_SECRET_KEY: TEST_KEY, STRIPE_API_URL: 'stripe' }],
  ])('are refused as %s, without the value in the sentence', (code, environment) => {
    expect(codeOf(environment)).toBe(code);
  });

  it.each([
    'http://127.0.0.1:12111',
    'http://[::1]:12111',
    'http://localhost:12111',
    'https://api.stripe.com',
  ])('may send the key to %s', (address) => {
    expect(codeOf({ STRIPE_SECRET_KEY: TEST_KEY, STRIPE_API_URL: address })).toBe('none');
  });
});
