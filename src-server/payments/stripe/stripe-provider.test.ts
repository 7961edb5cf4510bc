import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cents } from '#domain/money/cents.ts';
import type { Logger } from '../../logger.ts';
import { RATE_LIMITED, type Step } from '../../test-support/stripe-server/faults.ts';
import type { RefusalBody } from '../../test-support/stripe-server/refusal.ts';
import { type StripeServer, startStripeServer } from '../../test-support/stripe-server/stripe-server.ts';
import { type PaymentReference, isFinal } from '../payment-provider.ts';
import type { StripeOptions } from './stripe-options.ts';
import { stripeProvider } from './stripe-provider.ts';

let stripe: StripeServer;
let logged: string[];

const note = (fields: object, message: string) => {
  logged.push(JSON.stringify({ fields, message }));
};
const logger: Logger = { debug: note, info: note, warn: note, error: note };

beforeEach(async () => {
  logged = [];
  stripe = await startStripeServer();
});

afterEach(() => stripe.close());

function open(options: Partial<StripeOptions> = {}) {
  return stripeProvider(
    { secretKey: stripe.secretKey, apiUrl: new URL(stripe.url), retries: 0, ...options },
    logger,
  );
}

const ORDER = {
  orderId: 'ORD-1',
  locationId: 'STORE-001',
  amount: cents(4_278),
  instrument: { provider: 'stripe', payment_method: 'pm_card_visa' },
} as const;

const paidWith = (payment_method: string) =>
  ({ ...ORDER, instrument: { provider: 'stripe', payment_method } }) as const;

async function held(): Promise<PaymentReference> {
  const answer = await open().authorise(ORDER);
  if (!answer.ok) throw new Error(answer.failure.code);
  return { orderId: 'ORD-1', intentId: answer.intentId, amount: ORDER.amount, instrument: ORDER.instrument };
}

async function captured(): Promise<PaymentReference> {
  const payment = await held();
  expect(await open().capture(payment)).toEqual({ ok: true });
  return payment;
}

const seen = (step: Step) => stripe.requests.filter((request) => request.step === step);
const UNAVAILABLE = { ok: false, failure: { code: 'unavailable' } };
const NOT_POSSIBLE = { ok: false, failure: { code: 'not_possible' } };
const LOCKED: RefusalBody = {
  type: 'invalid_request_error',
  code: 'lock_timeout',
  message: 'This object cannot be accessed right now.',
};
const UNKNOWN_CODE: RefusalBody = { type: 'invalid_request_error', message: 'No.', code: 'account_invalid' };

describe('authorise', () => {
  it('holds the amount in cents of US dollars, with our ids, and takes nothing yet', async () => {
    const { intentId } = await held();
    expect(stripe.intent(intentId)).toMatchObject({
      amount: 4_278,
      currency: 'usd',
      capture_method: 'manual',
      status: 'requires_capture',
      metadata: { order_id: 'ORD-1', location_id: 'STORE-001' },
    });
    expect(stripe.charges).toEqual([]);
    expect(seen('create')).toMatchObject([
      { idempotencyKey: 'ORD-1:authorise', contentType: 'application/x-www-form-urlencoded' },
    ]);
  });

  it('takes a token too', async () => {
    expect(await open().authorise(paidWith('tok_visa'))).toMatchObject({ ok: true });
  });

  it.each([
    ['pm_card_visa_chargeDeclined', 'declined'],
    ['pm_card_visa_chargeDeclinedLostCard', 'declined'],
    ['pm_card_chargeDeclinedIncorrectCvc', 'declined'],
    ['pm_card_chargeDeclinedProcessingError', 'declined'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card'],
    ['tok_chargeDeclinedExpiredCard', 'expired_card'],
    ['pm_card_authenticationRequired', 'authentication_required'],
    ['pm_nobody', 'invalid_instrument'],
    ['tok_nobody', 'invalid_instrument'],
  ])('with %s is %s, also when it is asked again', async (method, code) => {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const answer = await open().authorise(paidWith(method));
      expect(answer).toMatchObject({ ok: false, failure: { code } });
      expect(answer.ok || isFinal(answer.failure)).toBe(true);
    }
    expect(stripe.holds()).toEqual([]);
    expect(stripe.charges).toEqual([]);
  });

  it.each([
    [49, 'too small'],
    [100_000_000, 'too large'],
  ])('of %i cents is refused for good and says why', async (amount, why) => {
    const answer = await open().authorise({ ...ORDER, amount: cents(amount) });
    expect(answer).toMatchObject({ ok: false, failure: { code: 'amount_refused' } });
    expect(!answer.ok && answer.failure.message).toContain(why);
  });

  it('does not hold another amount for the same order', async () => {
    await held();
    expect(await open().authorise({ ...ORDER, amount: cents(9_999) })).toMatchObject(NOT_POSSIBLE);
    expect(stripe.holds()).toHaveLength(1);
  });

  it('holds once when two processes ask at the same moment', async () => {
    const answers = await Promise.all([
      open({ retries: 2 }).authorise(ORDER),
      open({ retries: 2 }).authorise(ORDER),
    ]);
    expect(answers[0]).toMatchObject({ ok: true });
    expect(answers[1]).toEqual(answers[0]);
    expect(stripe.holds()).toHaveLength(1);
  });
});

describe('an answer that does not come', () => {
  it.each(['lose_request', 'lose_answer'] as const)(
    '(%s) is asked for again, and money is held once',
    async (kind) => {
      stripe.failNext('create', { kind });
      expect(await open({ retries: 1 }).authorise(ORDER)).toMatchObject({ ok: true });
      expect(seen('create').map(({ idempotencyKey }) => idempotencyKey)).toEqual([
        'ORD-1:authorise',
        'ORD-1:authorise',
      ]);
      expect(stripe.intents()).toHaveLength(1);
    },
  );

  it('is unavailable when it never comes, and the next call still holds once', async () => {
    stripe.failNext('create', { kind: 'lose_answer' }, 2);
    expect(await open({ retries: 1 }).authorise(ORDER)).toMatchObject(UNAVAILABLE);
    expect(await open().authorise(ORDER)).toMatchObject({ ok: true });
    expect(stripe.intents()).toHaveLength(1);
  });

  it('is unavailable when the connection is cut within it', async () => {
    stripe.failNext('create', { kind: 'cut_answer' });
    expect(await open().authorise(ORDER)).toMatchObject(UNAVAILABLE);
    expect(await open().authorise(ORDER)).toMatchObject({ ok: true });
    expect(stripe.intents()).toHaveLength(1);
  });

  it('is unavailable when it comes too late', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    stripe.failNext('create', { kind: 'hold', until: promise });
    expect(await open({ timeoutMs: 50 }).authorise(ORDER)).toMatchObject(UNAVAILABLE);
    // The first request is still under way: 409, which is no answer either.
    expect(await open().authorise(ORDER)).toMatchObject(UNAVAILABLE);
    resolve();
    await expect.poll(() => open().authorise(ORDER)).toMatchObject({ ok: true });
    expect(stripe.intents()).toHaveLength(1);
  });

  it('is unavailable when it trickles in without an end', async () => {
    stripe.failNext('create', { kind: 'dribble' });
    expect(await open({ timeoutMs: 200 }).authorise(ORDER)).toMatchObject(UNAVAILABLE);
    expect(logged.join()).toContain('deadline');
  });

  it('is unavailable when nobody listens', async () => {
    await stripe.close();
    expect(await open().authorise(ORDER)).toMatchObject(UNAVAILABLE);
    stripe = await startStripeServer();
  });
});

describe('an answer that is none', () => {
  it.each([
    ['too many requests', RATE_LIMITED],
    ['a lock', { kind: 'refuse', status: 429, error: LOCKED }],
    ['a gateway page', { kind: 'bad_gateway' }],
    ['a page', { kind: 'answer', body: '<html>Sign in to the hotel network</html>' }],
    ['an empty object', { kind: 'answer', body: '{}' }],
    ['null', { kind: 'answer', body: 'null' }],
    [
      'another kind of object',
      { kind: 'answer', body: '{"object":"payment_intent","id":"x","status":"requires_capture"}' },
    ],
  ] as const)('(%s) is unavailable, and the next call holds once', async (_what, fault) => {
    stripe.failNext('create', fault);
    expect(await open().authorise(ORDER)).toMatchObject(UNAVAILABLE);
    expect(await open().authorise(ORDER)).toMatchObject({ ok: true });
    expect(stripe.intents()).toHaveLength(1);
  });
});

describe('a server error, which Stripe repeats for a day', () => {
  it('is seen through by looking for the intent of the order', async () => {
    stripe.failNext('create', { kind: 'server_error', after: 'work' });
    expect(await open().authorise(ORDER)).toEqual({ ok: true, intentId: stripe.intents()[0]?.id });
    expect(await open().authorise(ORDER)).toEqual({ ok: true, intentId: stripe.intents()[0]?.id });
    expect(stripe.intents()).toHaveLength(1);
  });

  it('is unavailable while there is nothing to be found', async () => {
    stripe.failNext('create', { kind: 'server_error', after: 'nothing' });
    expect(await open().authorise(ORDER)).toMatchObject(UNAVAILABLE);
    expect(await open().authorise(ORDER)).toMatchObject(UNAVAILABLE);
    expect(stripe.intents()).toEqual([]);
  });

  it('finds no other order, whatever is in the id', async () => {
    await held();
    const orderId = String.raw`ORD' OR \metadata['order_id']:'ORD-1`;
    stripe.failNext('create', { kind: 'server_error', after: 'nothing' });
    expect(await open().authorise({ ...ORDER, orderId })).toMatchObject(UNAVAILABLE);
    stripe.failNext('create', { kind: 'server_error', after: 'work' });
    const other = await open().authorise({ ...ORDER, orderId: `${orderId}2` });
    expect(other).toEqual({ ok: true, intentId: stripe.intents()[1]?.id });
  });

  it.each(['capture', 'cancel'] as const)('at %s is seen through by looking at the intent', async (step) => {
    const payment = await held();
    stripe.failNext(step, { kind: 'server_error', after: 'work' });
    expect(await (step === 'capture' ? open().capture(payment) : open().void(payment))).toEqual({ ok: true });
  });

  it('at capture is unavailable while the money is not taken', async () => {
    const payment = await held();
    stripe.failNext('capture', { kind: 'server_error', after: 'nothing' });
    expect(await open().capture(payment)).toMatchObject(UNAVAILABLE);
  });

  it('at a refund is seen through by looking at the refunds', async () => {
    const payment = await captured();
    stripe.failNext('refund', { kind: 'server_error', after: 'work' });
    const answer = await open().refund({ refundId: 'R-1', payment, amount: cents(100) });
    expect(answer).toEqual({ ok: true, providerRefundId: stripe.refunds[0]?.id });
    expect(stripe.refunds).toHaveLength(1);
  });
});

describe('capture', () => {
  it('charges once, also when its answer is lost', async () => {
    const payment = await held();
    stripe.failNext('capture', { kind: 'lose_answer' }, 2);
    expect(await open({ retries: 1 }).capture(payment)).toMatchObject(UNAVAILABLE);
    expect(await open().capture(payment)).toEqual({ ok: true });
    expect(stripe.charges).toMatchObject([{ orderId: 'ORD-1', amount: 4_278, refunded: 0 }]);
    expect(new Set(seen('capture').map(({ idempotencyKey }) => idempotencyKey))).toEqual(
      new Set(['ORD-1:capture']),
    );
  });

  it('charges once, also days later, when Stripe has forgotten the key', async () => {
    const payment = await captured();
    stripe.forgetKeys();
    expect(await open().capture(payment)).toEqual({ ok: true });
    expect(stripe.charges).toHaveLength(1);
  });

  it('is not possible after a void, or when the hold has lapsed', async () => {
    const payment = await held();
    stripe.expireHold(payment.intentId);
    const answer = await open().capture(payment);
    expect(answer).toMatchObject(NOT_POSSIBLE);
    expect(answer.ok || isFinal(answer.failure)).toBe(true);
    expect(stripe.charges).toEqual([]);
  });

  it('of another amount than was taken is not taken for done', async () => {
    const payment = await captured();
    stripe.forgetKeys();
    expect(await open().capture({ ...payment, amount: cents(4_000) })).toMatchObject(NOT_POSSIBLE);
  });

  it('of a payment that nobody knows is for IT to look at', async () => {
    const payment = await held();
    expect(await open().capture({ ...payment, intentId: 'pi_nobody' })).toMatchObject({
      failure: { code: 'misconfigured' },
    });
  });

  it('is unavailable when neither it nor the look at the intent is answered', async () => {
    const payment = await captured();
    stripe.forgetKeys();
    stripe.failNext('retrieve', { kind: 'bad_gateway' });
    const answer = await open().capture(payment);
    expect(answer.ok || isFinal(answer.failure)).toBe(false);
  });
});

describe('void', () => {
  it('lets go once, also when Stripe has forgotten the key', async () => {
    const payment = await held();
    expect(await open().void(payment)).toEqual({ ok: true });
    stripe.forgetKeys();
    expect(await open().void(payment)).toEqual({ ok: true });
    expect(stripe.holds()).toEqual([]);
    expect(seen('cancel').map(({ idempotencyKey }) => idempotencyKey)).toEqual(['ORD-1:void', 'ORD-1:void']);
  });

  it('is not possible once the money is taken', async () => {
    expect(await open().void(await captured())).toMatchObject(NOT_POSSIBLE);
    expect(stripe.charges).toHaveLength(1);
  });

  it('of a hold that has lapsed by itself is done', async () => {
    const payment = await held();
    stripe.expireHold(payment.intentId);
    expect(await open().void(payment)).toEqual({ ok: true });
  });
});

describe('refund', () => {
  it('gives back a part once, also days later, when Stripe has forgotten the key', async () => {
    const payment = await captured();
    const request = { refundId: 'R-1', payment, amount: cents(1_000) };
    const first = await open().refund(request);
    stripe.forgetKeys();
    expect(await open().refund(request)).toEqual(first);
    expect(stripe.refunds).toMatchObject([
      { amount: 1_000, metadata: { order_id: 'ORD-1', refund_id: 'R-1' } },
    ]);
    expect(seen('refund')).toMatchObject([{ idempotencyKey: 'R-1' }]);
  });

  it('is found behind more than a page of others', async () => {
    const payment = await captured();
    const first = await open().refund({ refundId: 'R-0', payment, amount: cents(1) });
    for (let number = 1; number <= 101; number += 1) {
      await open().refund({ refundId: `R-${number}`, payment, amount: cents(1) });
    }
    stripe.forgetKeys();
    expect(await open().refund({ refundId: 'R-0', payment, amount: cents(1) })).toEqual(first);
    expect(stripe.charges).toMatchObject([{ refunded: 102 }]);
  });

  it('of more than is left is not possible', async () => {
    const payment = await captured();
    expect(await open().refund({ refundId: 'R-1', payment, amount: cents(4_279) })).toMatchObject(
      NOT_POSSIBLE,
    );
    await open().refund({ refundId: 'R-2', payment, amount: cents(4_278) });
    expect(await open().refund({ refundId: 'R-3', payment, amount: cents(1) })).toMatchObject(NOT_POSSIBLE);
    expect(stripe.charges).toMatchObject([{ refunded: 4_278 }]);
  });

  it('of what was only held is not possible', async () => {
    expect(await open().refund({ refundId: 'R-1', payment: await held(), amount: cents(1) })).toMatchObject(
      NOT_POSSIBLE,
    );
  });

  it('that is under way counts as done, one that the bank refused does not', async () => {
    const payment = await captured();
    stripe.refundsWillBe('pending');
    expect(await open().refund({ refundId: 'R-1', payment, amount: cents(1) })).toMatchObject({ ok: true });
    stripe.refundsWillBe('failed');
    expect(await open().refund({ refundId: 'R-2', payment, amount: cents(1) })).toMatchObject(NOT_POSSIBLE);
  });

  it('is unavailable when Stripe says that it was made, and does not answer which one it was', async () => {
    const payment = await captured();
    const refused: RefusalBody = {
      type: 'invalid_request_error',
      code: 'charge_already_refunded',
      message: 'Charge has already been refunded.',
    };
    let looks = 0;
    stripe.failNext('refund', { kind: 'refuse', status: 400, error: refused });
    stripe.failAsTold((step) => {
      if (step === 'list_refunds') looks += 1;
      return looks === 2 ? { kind: 'bad_gateway' } : undefined;
    });
    expect(await open().refund({ refundId: 'R-1', payment, amount: cents(1) })).toMatchObject(UNAVAILABLE);
    expect(looks).toBe(2);
  });

  it('of a payment that this key does not know says nothing of one that was asked for with another key', async () => {
    const payment = { ...(await captured()), intentId: 'pi_ofanotheraccount' };
    expect(await open().refund({ refundId: 'R-1', payment, amount: cents(1) })).toMatchObject({
      failure: { code: 'misconfigured' },
    });
  });

  it('is not made when it cannot be seen whether it was made before', async () => {
    const payment = await captured();
    stripe.failNext('list_refunds', { kind: 'bad_gateway' });
    expect(await open().refund({ refundId: 'R-1', payment, amount: cents(1) })).toMatchObject(UNAVAILABLE);
    expect(stripe.refunds).toEqual([]);
  });
});

describe('a server that is set up wrongly', () => {
  it('says so when the key is refused', async () => {
    const provider = open({ secretKey: ['sk', 'test', 'somebodyelse'].join('_') });
    expect(await provider.authorise(ORDER)).toMatchObject({ failure: { code: 'misconfigured' } });
    expect(stripe.intents()).toEqual([]);
  });

  it.each([
    ['the key may not do this', 403, UNKNOWN_CODE],
    ['the account is closed', 400, UNKNOWN_CODE],
    [
      'a parameter is not known',
      400,
      { ...UNKNOWN_CODE, code: 'parameter_unknown', param: 'capture_method' },
    ],
  ])('says so when %s', async (_what, status, error) => {
    stripe.failNext('create', { kind: 'refuse', status, error });
    expect(await open().authorise(ORDER)).toMatchObject({ failure: { code: 'misconfigured' } });
  });
});

describe('a bank that wants a confirmation', () => {
  it.each([
    { code: 'authentication_required', decline_code: 'authentication_required' },
    { code: 'card_declined', decline_code: 'authentication_required' },
    { code: 'requires_action_not_handled' },
  ])('is told apart: %o', async (codes) => {
    const error: RefusalBody = { type: 'card_error', message: 'No.', ...codes };
    stripe.failNext('create', { kind: 'refuse', status: 402, error });
    expect(await open().authorise(ORDER)).toMatchObject({ failure: { code: 'authentication_required' } });
  });
});

describe('the log', () => {
  it('has the ids that a person needs, and never a key, a token or a card number', async () => {
    const key = ['sk', 'test', 'secretsecret'].join('_');
    const token = 'pm_1SecretSecretSecret';
    await open({ secretKey: key }).authorise(paidWith(token));
    stripe.failNext('create', {
      kind: 'refuse',
      status: 402,
      error: {
        type: 'card_error',
        code: 'card_declined',
        decline_code: 'lost_card',
        message: `Your card 4242424242424242 (${token}) was declined for ${key}`,
      },
    });
    const answer = await open().authorise(paidWith(token));
    const everything = logged.join('\n') + JSON.stringify(answer);
    expect(logged).toHaveLength(2);
    expect(logged[1]).toMatch(
      /"order_id":"ORD-1".*"step":"authorise".*"decline_code":"lost_card".*"request_id":"req_/,
    );
    for (const secret of ['secretsecret', 'SecretSecret', '4242']) expect(everything).not.toContain(secret);
  });
});

it('charges each order exactly once, whatever happens on the way', async () => {
  // Not random: the same faults in every run, in an order that suits none of the steps.
  const kinds = [
    'lose_request',
    'lose_answer',
    undefined,
    'cut_answer',
    'bad_gateway',
    undefined,
    'lose_answer',
  ] as const;
  let count = 0;
  stripe.failAsTold(() => {
    const kind = kinds[(count * 5) % kinds.length];
    count += 1;
    return kind === undefined ? undefined : { kind };
  });
  const provider = open();
  const insist = async <Answer extends { ok: boolean }>(ask: () => Promise<Answer>): Promise<Answer> => {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const answer = await ask();
      if (answer.ok) return answer;
    }
    throw new Error('never answered');
  };
  await Promise.all(
    Array.from({ length: 8 }, async (_, number) => {
      const order = { ...ORDER, orderId: `ORD-${number}` };
      const answer = await insist(() => provider.authorise(order));
      const payment = { ...order, intentId: answer.ok ? answer.intentId : '' };
      await insist(() => provider.capture(payment));
      await insist(() => provider.refund({ refundId: `R-${number}`, payment, amount: cents(78) }));
    }),
  );
  expect(stripe.holds()).toEqual([]);
  expect(stripe.charges).toHaveLength(8);
  expect(new Set(stripe.charges.map(({ orderId }) => orderId)).size).toBe(8);
  for (const charge of stripe.charges) expect(charge).toMatchObject({ amount: 4_278, refunded: 78 });
});
