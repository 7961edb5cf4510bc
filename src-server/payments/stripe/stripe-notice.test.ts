import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type WebhookType,
  signatureOf,
  webhookEvent,
} from '../../test-support/stripe-server/send-webhook.ts';
import { readStripeNotice } from './stripe-notice.ts';

const SECRET = ['whsec', 'double0123456789'].join('_');
const NOW = new Date('2026-11-23T09:00:00.000Z');
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1_000);

const INTENT = {
  object: 'payment_intent',
  id: 'pi_1Double',
  status: 'requires_capture',
  metadata: { order_id: 'ORD-1', location_id: 'STORE-001' },
};

const bodyOf = (type: WebhookType, object: object = INTENT) =>
  JSON.stringify(webhookEvent('evt_1', type, object));
const bytes = (text: string) => Buffer.from(text, 'utf8');
const read = (body: string, at: Date = NOW, secret = SECRET) =>
  readStripeNotice(bytes(body), signatureOf(body, { secret, at }), SECRET, NOW);

const refusal = (code: string) => ({ kind: 'refused', code });

describe('a signed notice', () => {
  it.each([
    ['payment_intent.amount_capturable_updated', 'authorised'],
    ['payment_intent.succeeded', 'captured'],
    ['payment_intent.payment_failed', 'failed'],
    ['payment_intent.canceled', 'canceled'],
  ] as const)('%s says that the payment is %s', (type, kind) => {
    expect(read(bodyOf(type))).toEqual({ kind, eventId: 'evt_1', intentId: 'pi_1Double', orderId: 'ORD-1' });
  });

  it('about an intent that is not of an order of ours has no order id', () => {
    expect(read(bodyOf('payment_intent.succeeded', { ...INTENT, metadata: {} }))).toMatchObject({
      orderId: null,
    });
  });

  it.each(['payment_intent.created', 'charge.refunded'] as const)('%s is ignored', (type) => {
    expect(read(bodyOf(type, { object: 'charge', id: 'ch_1' }))).toEqual({
      kind: 'ignored',
      eventId: 'evt_1',
    });
  });

  it('may have several signatures while a secret is being replaced', () => {
    const body = bodyOf('payment_intent.succeeded');
    const other = signatureOf(body, { secret: 'whsec_other', at: NOW }).replace(/^t=\d+,/, '');
    const header = `${signatureOf(body, { secret: SECRET, at: NOW })},${other}`;
    expect(readStripeNotice(bytes(body), header, SECRET, NOW)).toMatchObject({ kind: 'captured' });
  });

  it('is refused when it is not what it says', () => {
    for (const body of [
      'not JSON',
      '[]',
      '{}',
      '{"object":"event","id":"evt_1"}',
      '{"object":"v2.core.event","id":"evt_1"}',
    ]) {
      expect(read(body)).toMatchObject(refusal('unreadable'));
    }
    for (const object of [{}, { ...INTENT, id: 'x' }, { ...INTENT, object: 'charge' }]) {
      expect(read(bodyOf('payment_intent.succeeded', object))).toMatchObject(refusal('unreadable'));
    }
  });
});

describe('a notice that is not genuine', () => {
  const body = bodyOf('payment_intent.succeeded');

  it('is refused when it is signed with another secret, or not at all', () => {
    expect(read(body, NOW, 'whsec_other')).toMatchObject(refusal('bad_signature'));
    for (const header of [undefined, '', 't=1', 'v1=abc', `t=${NOW.getTime() / 1_000},v1=`, 'nonsense']) {
      expect(readStripeNotice(bytes(body), header, SECRET, NOW)).toMatchObject(refusal('bad_signature'));
    }
  });

  it('is refused when one byte of its body was changed', () => {
    const signature = signatureOf(body, { secret: SECRET, at: NOW });
    fc.assert(
      fc.property(fc.nat(body.length - 1), fc.integer({ min: 1, max: 127 }), (at, by) => {
        const changed = bytes(body);
        changed[at] = ((changed[at] ?? 0) + by) % 128;
        expect(readStripeNotice(changed, signature, SECRET, NOW)).toMatchObject(refusal('bad_signature'));
      }),
    );
  });

  it('is refused when its time was changed', () => {
    const signature = signatureOf(body, { secret: SECRET, at: ago(3_600) }).replace(
      /^t=\d+/,
      `t=${NOW.getTime() / 1_000}`,
    );
    expect(readStripeNotice(bytes(body), signature, SECRET, NOW)).toMatchObject(refusal('bad_signature'));
  });

  it('is refused when it was signed more than five minutes ago', () => {
    expect(read(body, ago(300))).toMatchObject({ kind: 'captured' });
    expect(read(body, ago(301))).toMatchObject(refusal('too_old'));
  });

  it('never throws, whatever comes', () => {
    const part = fc.constantFrom('t', 'v1', 'v0', '=', ',', '1', 'abc', '-', ' ');
    const pieces = fc.array(part).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.uint8Array(), fc.oneof(fc.string(), pieces), (rawBody, header) => {
        expect(readStripeNotice(rawBody, header, SECRET, NOW)).toMatchObject({ kind: 'refused' });
      }),
    );
  });

  it('is refused in a sentence that repeats nothing of it', () => {
    const answer = JSON.stringify(read('{"number":"4242424242424242"}'));
    expect(answer).not.toContain('4242');
    expect(answer).not.toContain(SECRET);
  });
});
