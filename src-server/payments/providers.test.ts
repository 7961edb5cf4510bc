import { describe, expect, it } from 'vitest';
import { cents } from '#domain/money/cents.ts';
import { SILENT } from '../logger.ts';
import { signatureOf, webhookEvent } from '../test-support/stripe-server/send-webhook.ts';
import { startStripeServer } from '../test-support/stripe-server/stripe-server.ts';
import { readPaymentSettings } from './payment-settings.ts';
import { openPaymentProviders } from './providers.ts';

const TEST_KEY = ['sk', 'test', 'double0123456789'].join('_');
const SECRET = ['whsec', 'double0123456789'].join('_');
const open = (environment: Record<string, string>) =>
  openPaymentProviders(readPaymentSettings(environment), SILENT);

describe('the providers of a server', () => {
  it('are cash and the card terminal, where nothing is set up', async () => {
    const providers = await open({});
    expect(providers.names).toEqual(['cash', 'external_terminal']);
    expect(providers.find('cash')).toMatchObject({ ok: true, provider: { name: 'cash', method: 'cash' } });
    for (const name of ['stripe', 'simulator'] as const) {
      expect(providers.find(name)).toMatchObject({ ok: false, failure: { code: 'misconfigured' } });
    }
    expect(providers.readStripeNotice).toBeUndefined();
  });

  it('are all of them, where all are set up', async () => {
    const providers = await open({ STRIPE_SECRET_KEY: TEST_KEY, HOLDFAST_PAYMENT_SIMULATOR: '1' });
    expect(providers.names).toEqual(['cash', 'external_terminal', 'stripe', 'simulator']);
    expect(providers.find('stripe')).toMatchObject({ ok: true, provider: { name: 'stripe', local: false } });
    expect(providers.readStripeNotice).toBeUndefined();
  });

  it('reach Stripe at the address that is set', async () => {
    const stripe = await startStripeServer();
    const providers = await open({ STRIPE_SECRET_KEY: stripe.secretKey, STRIPE_API_URL: stripe.url });
    const found = providers.find('stripe');
    const answer =
      found.ok &&
      (await found.provider.authorise({
        orderId: 'ORD-1',
        locationId: 'STORE-001',
        amount: cents(4_278),
        instrument: { provider: 'stripe', payment_method: 'pm_card_visa' },
      }));
    expect(answer).toEqual({ ok: true, intentId: stripe.holds()[0]?.id });
    await stripe.close();
  });

  it('read notices with the secret that is set, and with no other', async () => {
    const { readStripeNotice } = await open({ STRIPE_SECRET_KEY: TEST_KEY, STRIPE_WEBHOOK_SECRET: SECRET });
    const intent = { object: 'payment_intent', id: 'pi_1', metadata: { order_id: 'ORD-1' } };
    const body = JSON.stringify(webhookEvent('evt_1', 'payment_intent.succeeded', intent));
    const signedWith = (secret: string) =>
      readStripeNotice?.(Buffer.from(body), signatureOf(body, { secret }));
    expect(signedWith(SECRET)).toMatchObject({ kind: 'captured', orderId: 'ORD-1' });
    expect(signedWith('whsec_other')).toMatchObject({ kind: 'refused', code: 'bad_signature' });
  });
});
