import { describe, expect, it } from 'vitest';
import { cents } from '#domain/money/cents.ts';
import { externalTerminalProvider } from './external-terminal-provider.ts';
import { type Instrument, instrumentSchema, isFinal } from './payment-provider.ts';
import { simulatorProvider } from './simulator-provider.ts';

const order = { orderId: 'ORD-1', locationId: 'STORE-001', amount: cents(4_278) };
type Behaviour = Extract<Instrument, { provider: 'simulator' }>['behaviour'];
const simulated = (behaviour: Behaviour) => ({ provider: 'simulator', behaviour }) as const;
const paymentWith = (behaviour: Behaviour) => ({
  orderId: 'ORD-1',
  intentId: 'sim_ORD-1',
  amount: cents(4_278),
  instrument: simulated(behaviour),
});

describe('the external terminal', () => {
  const authorise = (code: string) =>
    externalTerminalProvider.authorise({
      ...order,
      instrument: { provider: 'external_terminal', approval_code: code },
    });

  it.each(['A1B2C3', '012345', '1234567890123', '0193d1c8-6c1f-7a43-9d1e-4c8a4f3b2a10', 'UBER-88213'])(
    'takes the approval code %s',
    async (code) => {
      expect(await authorise(code)).toEqual({ ok: true, intentId: 'ext_ORD-1' });
    },
  );

  it.each([
    '4242424242424242',
    '3782 822463 10005',
    'card 5555-5555-5555-4444',
    '%B4242424242424242^DOE',
    ' ',
  ])('refuses %o and does not repeat it', async (code) => {
    const answer = await authorise(code);
    expect(answer).toMatchObject({ ok: false, failure: { code: 'invalid_instrument' } });
    expect(JSON.stringify(answer)).not.toMatch(/\d{4}/);
  });
});

describe('the simulator', () => {
  it.each([
    ['decline', 'declined'],
    ['insufficient_funds', 'insufficient_funds'],
  ] as const)('answers %s with %s, however often it is asked', async (behaviour, code) => {
    const provider = simulatorProvider();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const answer = await provider.authorise({ ...order, instrument: simulated(behaviour) });
      expect(answer).toMatchObject({ ok: false, failure: { code } });
    }
    expect(await provider.capture(paymentWith(behaviour))).toMatchObject({
      failure: { code: 'not_possible' },
    });
  });

  it('authorises what then fails to be captured, lets it go, and gives nothing back', async () => {
    const provider = simulatorProvider();
    const payment = paymentWith('fail_capture');
    expect(await provider.authorise({ ...order, instrument: payment.instrument })).toMatchObject({
      ok: true,
    });
    const answer = await provider.capture(payment);
    expect(answer).toMatchObject({ ok: false, failure: { code: 'declined' } });
    expect(answer.ok || isFinal(answer.failure)).toBe(true);
    expect(await provider.void(payment)).toEqual({ ok: true });
    expect(await provider.refund({ refundId: 'R-1', payment, amount: cents(1) })).toMatchObject({
      ok: false,
    });
  });

  it('is unavailable once for each order, then as good as any', async () => {
    const provider = simulatorProvider();
    const instrument = simulated('unavailable_once');
    const first = await provider.authorise({ ...order, instrument });
    expect(first).toMatchObject({ ok: false, failure: { code: 'unavailable' } });
    expect(!first.ok && isFinal(first.failure)).toBe(false);
    const second = await provider.authorise({ ...order, instrument });
    expect(second).toEqual({ ok: true, intentId: 'sim_ORD-1' });
    expect(await provider.authorise({ ...order, instrument })).toEqual(second);
    expect(await provider.capture(paymentWith('unavailable_once'))).toEqual({ ok: true });
  });

  it('remembers no more than a thousand orders for that', async () => {
    const provider = simulatorProvider();
    const instrument = simulated('unavailable_once');
    const ask = (orderId: string) => provider.authorise({ ...order, orderId, instrument });
    await ask('ORD-0');
    for (let number = 1; number < 1_000; number += 1) await ask(`ORD-${number}`);
    expect(await ask('ORD-0')).toMatchObject({ ok: true });
    await ask('ORD-1000');
    expect(await ask('ORD-999')).toMatchObject({ ok: true });
    expect(await ask('ORD-0')).toMatchObject({ ok: false });
  });

  it('gives back no more than was taken', async () => {
    const refund = { refundId: 'R-1', payment: paymentWith('approve'), amount: cents(4_279) };
    expect(await simulatorProvider().refund(refund)).toMatchObject({ failure: { code: 'not_possible' } });
  });
});

describe('an instrument', () => {
  it('is never a card number', () => {
    for (const instrument of [
      { provider: 'stripe', payment_method: '4242424242424242' },
      { provider: 'stripe', payment_method: 'pm_card_visa', number: '4242424242424242' },
      { provider: 'cash', number: '4242424242424242' },
    ]) {
      expect(instrumentSchema.safeParse(instrument).success).toBe(false);
    }
  });
});
