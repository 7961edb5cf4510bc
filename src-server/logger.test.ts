import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { memoryLog } from './test-support/memory-log.ts';

const KEY = `hf_0123456789abcdef_${'Aa0-_'.repeat(8)}xyz`;

describe('the log', () => {
  it.each([
    [
      'a header of a request',
      { req: { headers: { authorization: 'Bearer the-admin-key' } } },
      'the-admin-key',
    ],
    ['headers', { headers: { authorization: 'Digest the-admin-key' } }, 'the-admin-key'],
    ['a header alone', { authorization: 'the-admin-key' }, 'the-admin-key'],
    ['a field for it', { adminKey: 'the-admin-key' }, 'the-admin-key'],
    ['a token', { enrolment: { token: 'a-token-of-a-terminal' } }, 'a-token-of-a-terminal'],
    ['a signature', { headers: { 'stripe-signature': 't=1,v1=abcdef' } }, 'abcdef'],
    ['an address', { url: `/api/orders?key=${KEY}` }, KEY.slice(20)],
    ['an error', { err: new Error(`refused: bearer the-admin-key, ${KEY}`) }, 'the-admin-key'],
    ['the cause of an error', { err: new Error('no', { cause: new Error(KEY) }) }, KEY.slice(20)],
    ['deep in a field', { a: { b: { c: { d: [`Bearer the-admin-key`] } } } }, 'the-admin-key'],
    ["Stripe's key", { err: new Error('Invalid API Key provided: sk_test_51Habcdef') }, '51Habcdef'],
    ['a webhook secret', { note: 'whsec_MfKQ9r8GKYqrTwjUPD8I' }, 'MfKQ9r8'],
    ['the secret of a payment', { note: 'pi_3Abc_secret_9xYz12' }, '9xYz12'],
    ['a database address', { err: new Error('postgres://shop:pa55-word@db:5432/x failed') }, 'pa55-word'],
    ['a Redis address', { url: 'redis://:pa55-word@redis:6379' }, 'pa55-word'],
    ['a card number', { err: new Error('body/note 4242 4242 4242 4242 is not allowed') }, '4242 4242'],
    ['a card number as a number', { value: 4_242_424_242_424_242 }, '4242424242424242'],
  ])('never shows a secret in %s', (_where, fields, secret) => {
    const { logger, lines } = memoryLog();
    logger.error(fields, `failed with ${JSON.stringify(fields)}`.replaceAll(secret, ''));
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain(secret);
    expect(() => z.looseObject({ msg: z.string() }).parse(JSON.parse(lines[0] ?? ''))).not.toThrow();
  });

  it('keeps what a person needs: the id of the key, times, event ids, barcodes', () => {
    const { logger, lines } = memoryLog();
    const fields = {
      event_id: '01935c1e-7a20-7aaa-8bbb-123456789012',
      gtin: '00012345678905',
      at: '2026-11-24T11:36:47.220Z',
      milliseconds: 1_732_448_268_220,
      url: '/api/orders/ORD-12345',
    };
    logger.info(fields, `key ${KEY} did it`);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      ...fields,
      msg: 'key hf_0123456789abcdef_[secret] did it',
    });
  });

  it('stays one line of JSON whatever is logged', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }),
        fc.string(),
        (fields, text) => {
          const { logger, lines } = memoryLog();
          logger.warn({ fields }, text);
          expect(lines.join('').trimEnd()).not.toContain('\n');
          expect(() => z.unknown().parse(JSON.parse(lines.join('')))).not.toThrow();
        },
      ),
    );
  });
});
