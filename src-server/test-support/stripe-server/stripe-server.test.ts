/** Without Stripe's SDK: what the server takes and refuses is said by Stripe's documents, not by what the SDK sends. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { RATE_LIMITED } from './faults.ts';
import { type StripeServer, TEST_KEY, startStripeServer } from './stripe-server.ts';

let server: StripeServer;

beforeEach(async () => {
  server = await startStripeServer();
});

afterEach(() => server.close());

const answerSchema = z.looseObject({
  id: z.string().optional(),
  status: z.string().optional(),
  data: z.array(z.looseObject({ id: z.string() })).optional(),
  has_more: z.boolean().optional(),
  error: z
    .looseObject({
      type: z.string(),
      message: z.string(),
      code: z.string().optional(),
      decline_code: z.string().optional(),
      param: z.string().optional(),
      payment_intent: z.looseObject({ id: z.string(), status: z.string() }).optional(),
    })
    .optional(),
});

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: z.infer<typeof answerSchema>;
}

async function reply(response: Response): Promise<Reply> {
  return {
    status: response.status,
    headers: response.headers,
    body: answerSchema.parse(await response.json()),
  };
}

async function post(path: string, form: string, headers: Record<string, string> = {}): Promise<Reply> {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${TEST_KEY}`,
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    },
    body: form,
  });
  return reply(response);
}

async function get(path: string): Promise<Reply> {
  return reply(await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${TEST_KEY}` } }));
}

const CONFIRMED =
  'currency=usd&capture_method=manual&confirm=true&automatic_payment_methods[enabled]=true' +
  '&automatic_payment_methods[allow_redirects]=never';
const HELD = `amount=4278&payment_method=pm_card_visa&${CONFIRMED}&metadata[order_id]=ORD-1`;

async function hold(form = HELD): Promise<string> {
  const { body } = await post('/v1/payment_intents', form);
  return z.string().parse(body.id);
}

describe('authentication', () => {
  const asked = (authorization: string) =>
    fetch(`${server.url}/v1/refunds`, { headers: authorization === '' ? {} : { authorization } }).then(reply);

  it('takes the key as bearer and as the name of basic credentials', async () => {
    const basic = Buffer.from(`${TEST_KEY}:`).toString('base64');
    expect((await asked(`Bearer ${TEST_KEY}`)).status).toBe(200);
    expect((await asked(`Basic ${basic}`)).status).toBe(200);
  });

  it.each(['', 'Bearer sk_test_somebodyelse0000', `Digest ${TEST_KEY}`])(
    'refuses %o with 401',
    async (given) => {
      const { status, headers, body } = await asked(given);
      expect(status).toBe(401);
      expect(headers.get('www-authenticate')).toBe('Basic realm="Stripe"');
      expect(body.error?.type).toBe('invalid_request_error');
      expect(body.error?.message).not.toContain('somebodyelse');
    },
  );
});

describe('parameters', () => {
  it.each([
    ['an unknown one', `${HELD}&colour=red`, 'parameter_unknown', 'colour'],
    [
      'an unknown nested one',
      `${HELD}&automatic_payment_methods[x]=1`,
      'parameter_unknown',
      'automatic_payment_methods[x]',
    ],
    [
      'one that is gone from this version',
      `${HELD}&payment_method_types[]=card`,
      'payment_method_types_no_longer_supported',
      'payment_method_types',
    ],
    ['a missing one', 'currency=usd', 'parameter_missing', 'amount'],
    ['dollars for cents', HELD.replace('4278', '42.78'), 'parameter_invalid_integer', 'amount'],
    ['an amount that is too small', HELD.replace('4278', '49'), 'amount_too_small', 'amount'],
    ['an amount that is too large', HELD.replace('4278', '100000000'), 'amount_too_large', 'amount'],
    [
      'an unknown payment method',
      HELD.replace('pm_card_visa', 'pm_nobody'),
      'resource_missing',
      'payment_method',
    ],
    ['another currency', HELD.replace('usd', 'xyz'), undefined, 'currency'],
    [
      'a token in the place of a payment method',
      HELD.replace('pm_card_visa', 'tok_visa'),
      undefined,
      'payment_method',
    ],
    ['a confirmation that might redirect', HELD.replace('=never', '=always'), undefined, 'return_url'],
    ['an empty one', `${HELD}&return_url=`, 'parameter_invalid_empty', 'return_url'],
  ])('%s is refused with 400', async (_what, form, code, param) => {
    const { status, body } = await post('/v1/payment_intents', form);
    expect([status, body.error?.type, body.error?.code, body.error?.param]).toEqual([
      400,
      'invalid_request_error',
      code,
      param,
    ]);
    expect(server.intents()).toEqual([]);
  });

  it('are sent as a form, never as JSON', async () => {
    const { status, body } = await post('/v1/payment_intents', '{}', { 'content-type': 'application/json' });
    expect(status).toBe(400);
    expect(body.error?.message).toContain('application/x-www-form-urlencoded');
  });

  it('have short metadata', async () => {
    expect((await post('/v1/payment_intents', `${HELD}&metadata[x]=${'y'.repeat(501)}`)).status).toBe(400);
    expect((await post('/v1/payment_intents', `${HELD}&metadata[${'x'.repeat(41)}]=y`)).status).toBe(400);
  });
});

it('knows no other addresses', async () => {
  expect((await post('/v1/charges', '')).status).toBe(404);
  expect((await get('/v1/payment_intents/pi_nobody')).body.error).toMatchObject({ code: 'resource_missing' });
});

describe('an intent', () => {
  it('goes from confirmation over capture to success, and is charged once', async () => {
    const created = await post(
      '/v1/payment_intents',
      'amount=4278&currency=usd&capture_method=manual&payment_method=pm_card_visa&metadata[order_id]=ORD-1',
    );
    expect(created.body.status).toBe('requires_confirmation');
    const path = `/v1/payment_intents/${created.body.id}`;
    expect((await post(`${path}/capture`, '')).body.error?.code).toBe('payment_intent_unexpected_state');
    expect((await post(`${path}/confirm`, '')).body.status).toBe('requires_capture');
    expect(server.charges).toEqual([]);
    expect((await post(`${path}/capture`, '')).body.status).toBe('succeeded');
    expect(server.charges).toMatchObject([{ orderId: 'ORD-1', amount: 4278, refunded: 0 }]);
    const again = await post(`${path}/capture`, '');
    expect([again.status, again.body.error?.code, again.body.error?.payment_intent?.status]).toEqual([
      400,
      'payment_intent_unexpected_state',
      'succeeded',
    ]);
    expect((await post(`${path}/cancel`, '')).body.error?.code).toBe('payment_intent_unexpected_state');
    expect(server.charges).toHaveLength(1);
  });

  it('is canceled once, and never captured afterwards', async () => {
    const path = `/v1/payment_intents/${await hold()}`;
    expect((await post(`${path}/cancel`, '')).body.status).toBe('canceled');
    for (const step of ['cancel', 'capture']) {
      expect((await post(`${path}/${step}`, '')).body.error?.code).toBe('payment_intent_unexpected_state');
    }
    expect(server.holds()).toEqual([]);
  });

  it('is never captured for more than was held', async () => {
    const path = `/v1/payment_intents/${await hold()}`;
    expect((await post(`${path}/capture`, 'amount_to_capture=4279')).body.error?.code).toBe(
      'amount_too_large',
    );
    expect(server.charges).toEqual([]);
  });

  it.each([
    ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', undefined],
  ])('paid with %s is declined with 402', async (method, code, declineCode) => {
    const { status, body } = await post('/v1/payment_intents', HELD.replace('pm_card_visa', method));
    expect(status).toBe(402);
    expect(body.error).toMatchObject({ type: 'card_error', code });
    expect(body.error?.decline_code).toBe(declineCode);
    expect(body.error?.payment_intent?.status).toBe('requires_payment_method');
    expect(server.holds()).toEqual([]);
  });

  it('is found by its metadata', async () => {
    const id = await hold(HELD.replace('ORD-1', "O'1"));
    await hold();
    const query = encodeURIComponent(String.raw`metadata['order_id']:'O\'1'`);
    const { body } = await get(`/v1/payment_intents/search?query=${query}`);
    expect(body.data?.map((found) => found.id)).toEqual([id]);
  });
});

describe('refunds', () => {
  it('are bounded by what was charged, and listed', async () => {
    const id = await hold();
    const refund = (amount: number) => post('/v1/refunds', `payment_intent=${id}&amount=${amount}`);
    expect((await refund(1)).body.error?.message).toContain('does not have a successful charge');
    await post(`/v1/payment_intents/${id}/capture`, '');
    expect((await refund(4000)).body.status).toBe('succeeded');
    expect((await refund(279)).body.error?.message).toContain('$2.79');
    expect((await refund(278)).status).toBe(200);
    expect((await refund(1)).body.error?.code).toBe('charge_already_refunded');
    expect(server.charges).toMatchObject([{ amount: 4278, refunded: 4278 }]);
    const first = await get(`/v1/refunds?payment_intent=${id}&limit=1`);
    expect(first.body.has_more).toBe(true);
    const second = await get(`/v1/refunds?limit=1&starting_after=${first.body.data?.[0]?.id}`);
    expect([second.body.has_more, second.body.data?.length]).toEqual([false, 1]);
  });
});

describe('an idempotency key', () => {
  const create = (form: string, key = 'K1') => post('/v1/payment_intents', form, { 'idempotency-key': key });

  it('replays the first answer, in whatever order the parameters come', async () => {
    const first = await create(HELD);
    const second = await create(HELD.split('&').reverse().join('&'));
    expect(second.body).toEqual(first.body);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(second.headers.get('original-request')).toBe(first.headers.get('request-id'));
    expect(second.headers.get('request-id')).not.toBe(first.headers.get('request-id'));
    expect(server.intents()).toHaveLength(1);
  });

  it('replays a refusal of the card too', async () => {
    const form = HELD.replace('pm_card_visa', 'pm_card_visa_chargeDeclined');
    const first = await create(form);
    expect((await create(form)).body).toEqual(first.body);
    expect(server.intents()).toHaveLength(1);
  });

  it('is refused with other parameters, and for another address', async () => {
    await create(HELD);
    const other = await create(HELD.replace('4278', '4279'));
    expect([other.status, other.body.error?.type]).toEqual([400, 'idempotency_error']);
    expect((await post('/v1/refunds', HELD, { 'idempotency-key': 'K1' })).body.error?.type).toBe(
      'idempotency_error',
    );
  });

  it('stays free when no work began', async () => {
    expect((await create('currency=usd')).status).toBe(400);
    server.failNext('create', RATE_LIMITED);
    expect((await create(HELD)).status).toBe(429);
    expect((await create(HELD)).status).toBe(200);
  });

  it('is refused with 409 while its request is under way', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    server.failNext('create', { kind: 'hold', until: promise });
    const first = create(HELD);
    await expect.poll(() => server.intents().length).toBe(1);
    const second = await create(HELD);
    expect([second.status, second.body.error?.code]).toEqual([409, 'idempotency_key_in_use']);
    resolve();
    expect((await first).body.status).toBe('requires_capture');
  });

  it('keeps even a 500', async () => {
    server.failNext('create', { kind: 'server_error', after: 'work' });
    const first = await create(HELD);
    const second = await create(HELD);
    expect([first.status, second.status]).toEqual([500, 500]);
    expect(first.headers.get('stripe-should-retry')).toBe('false');
    expect(server.intents()).toHaveLength(1);
  });

  it('is forgotten after a day', async () => {
    await create(HELD);
    server.forgetKeys();
    await create(HELD);
    expect(server.intents()).toHaveLength(2);
  });
});

describe('a fault', () => {
  it('cuts the connection before or after the work', async () => {
    server.failNext('create', { kind: 'lose_request' });
    await expect(post('/v1/payment_intents', HELD)).rejects.toThrow();
    expect(server.intents()).toEqual([]);
    for (const kind of ['lose_answer', 'cut_answer'] as const) {
      server.failNext('create', { kind });
      await expect(post('/v1/payment_intents', HELD)).rejects.toThrow();
    }
    expect(server.intents()).toHaveLength(2);
  });

  it('comes as the chooser says, where none is planned', async () => {
    server.failAsTold((step) => (step === 'create' ? RATE_LIMITED : undefined));
    expect((await post('/v1/payment_intents', HELD)).status).toBe(429);
    server.failAsTold(undefined);
    expect((await post('/v1/payment_intents', HELD)).status).toBe(200);
  });
});
