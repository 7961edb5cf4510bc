/** One suite for all of them: the order service knows no differences. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cents } from '#domain/money/cents.ts';
import { SILENT } from '../logger.ts';
import { type StripeServer, startStripeServer } from '../test-support/stripe-server/stripe-server.ts';
import { cashProvider } from './cash-provider.ts';
import { externalTerminalProvider } from './external-terminal-provider.ts';
import type { AuthoriseRequest, Instrument, PaymentProvider, PaymentReference } from './payment-provider.ts';
import { simulatorProvider } from './simulator-provider.ts';
import { stripeProvider } from './stripe/stripe-provider.ts';

let stripe: StripeServer;

beforeAll(async () => {
  stripe = await startStripeServer();
});

afterAll(() => stripe.close());

interface Case {
  readonly name: string;
  readonly open: () => PaymentProvider;
  readonly good: Instrument;
}

const CASES: readonly Case[] = [
  { name: 'cash', open: () => cashProvider, good: { provider: 'cash' } },
  {
    name: 'external terminal',
    open: () => externalTerminalProvider,
    good: { provider: 'external_terminal', approval_code: 'A1B2C3' },
  },
  {
    name: 'simulator',
    open: simulatorProvider,
    good: { provider: 'simulator', behaviour: 'approve' },
  },
  {
    name: 'stripe',
    open: () =>
      stripeProvider({ secretKey: stripe.secretKey, apiUrl: new URL(stripe.url), retries: 0 }, SILENT),
    good: { provider: 'stripe', payment_method: 'pm_card_visa' },
  },
];

describe.each(CASES)('$name', ({ open, good }) => {
  let orders = 0;

  function newOrder(): AuthoriseRequest {
    orders += 1;
    return {
      orderId: `${good.provider}-${orders}`,
      locationId: 'STORE-001',
      amount: cents(4_278),
      instrument: good,
    };
  }

  async function authorised(provider: PaymentProvider): Promise<PaymentReference> {
    const order = newOrder();
    const answer = await provider.authorise(order);
    if (!answer.ok) throw new Error(answer.failure.code);
    return { orderId: order.orderId, intentId: answer.intentId, amount: order.amount, instrument: good };
  }

  it('authorises, and answers the same when it is asked again, also by another process', async () => {
    const order = newOrder();
    const first = await open().authorise(order);
    expect(first.ok).toBe(true);
    expect(await open().authorise(order)).toEqual(first);
  });

  it('gives each order an intent of its own', async () => {
    const provider = open();
    const intents = [await authorised(provider), await authorised(provider)].map(({ intentId }) => intentId);
    expect(new Set(intents).size).toBe(2);
    for (const intent of intents) expect(intent.length).toBeLessThanOrEqual(100);
  });

  it('captures, and answers the same when it is asked again', async () => {
    const payment = await authorised(open());
    expect(await open().capture(payment)).toEqual({ ok: true });
    expect(await open().capture(payment)).toEqual({ ok: true });
  });

  it('lets go of what was held, once or twice', async () => {
    const payment = await authorised(open());
    expect(await open().void(payment)).toEqual({ ok: true });
    expect(await open().void(payment)).toEqual({ ok: true });
  });

  it('gives back in parts, each once', async () => {
    const provider = open();
    const payment = await authorised(provider);
    await provider.capture(payment);
    const part = { refundId: `R-${payment.orderId}-1`, payment, amount: cents(1_000) };
    const first = await open().refund(part);
    expect(first.ok).toBe(true);
    expect(await open().refund(part)).toEqual(first);
    const rest = await open().refund({ ...part, refundId: `R-${payment.orderId}-2`, amount: cents(3_278) });
    expect(rest.ok).toBe(true);
    expect(rest).not.toEqual(first);
  });

  it.skipIf(good.provider === 'cash')('refuses an instrument that is not its own', async () => {
    const answer = await open().authorise({ ...newOrder(), instrument: { provider: 'cash' } });
    expect(answer).toMatchObject({ ok: false, failure: { code: 'invalid_instrument' } });
  });
});
