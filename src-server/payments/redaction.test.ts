import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { looksLikeCardNumber } from './card-number.ts';
import { redactLogLine, redactSecrets } from './redaction.ts';

/** Put together here, so that no scanner takes them for keys that were committed by mistake. */
const KEY = ['sk', 'live', '51AbCdEf0123456789'].join('_');
const WEBHOOK_SECRET = ['whsec', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'].join('_');

const SECRETS: readonly [string, string, string][] = [
  ['a card number', 'paid with 4242 4242 4242 4242', '4242 4242'],
  ['a Stripe key', `Invalid API Key provided: ${KEY}`, '51AbCdEf'],
  ['a restricted key', `key=${['rk', 'test', 'AbCdEf0123'].join('_')}`, 'AbCdEf0123'],
  ['a webhook secret', `secret "${WEBHOOK_SECRET}"`, 'MfKQ9r8G'],
  ['a payment method', "No such PaymentMethod: 'pm_1NxYzAbCdEf'", '1NxYzAb'],
  ['a card token', 'source tok_visa_debit', 'visa_debit'],
  ['a stored card', 'card_1NxYzAbCdEfGhIjK', '1NxYzAb'],
  ['the client secret of an intent', 'pi_3MtwBwLk_secret_Yrlq9LbXT', 'Yrlq9'],
  ['a bearer token', 'authorization: Bearer abc.DEF-123_456~7', 'DEF-123'],
  ['basic credentials', 'Authorization: Basic c2tfdGVzdF8xMjM6', 'c2tfdGVz'],
  ['one of our API keys', `hf_0123456789abcdef_${'Q'.repeat(43)}`, 'QQQQ'],
  ["a database's password", 'connect postgres://holdfast:hunter2@db.internal/log failed', 'hunter2'],
  ['a password without a user', 'redis://:hunter2@127.0.0.1:6379', 'hunter2'],
];

describe('redactSecrets', () => {
  it.each(SECRETS)('masks %s', (_what, text, secret) => {
    expect(text).toContain(secret);
    expect(redactSecrets(text)).not.toContain(secret);
  });

  it('leaves what a person looks for', () => {
    for (const text of [
      'order ORD-0193d1c8-6c1f-7a43-9d1e-4c8a4f3b2a10 at 2026-11-23T09:00:00.000Z, pi_3MtwBwLkdIwHu7ix28a3tqPa',
      'card_declined: insufficient_funds (req_AbCdEf123456)',
      'basic configuration of a bearer',
      'http://127.0.0.1:7400/api/orders?sku=WINE-CAB-001',
    ]) {
      expect(redactSecrets(text)).toBe(text);
    }
  });

  it('leaves no card number behind, and changes nothing the second time', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '4242424242424242',
        '3782 822463 10005',
        KEY,
        WEBHOOK_SECRET,
        'pm_1NxYzAbCdEf',
        'Bearer ',
      ),
      fc.string(),
      fc.integer().map(String),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const masked = redactSecrets(pieces.join(' '));
        expect(looksLikeCardNumber(masked)).toBe(false);
        expect(redactSecrets(masked)).toBe(masked);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('redactLogLine', () => {
  /** What a logger with the hook writes. */
  function logged(write: (logger: pino.Logger) => void): string {
    let text = '';
    const logger = pino(
      { hooks: { streamWrite: redactLogLine } },
      { write: (line: string) => (text += line) },
    );
    write(logger);
    return text;
  }

  it('masks in messages, fields, names and the text of errors, and keeps the line JSON', () => {
    const line = logged((logger) =>
      logger.error(
        {
          err: new Error(`refused ${KEY}`),
          body: { number: 4242424242424242, list: ['5555-5555-5555-4444'], '378282246310005': 1 },
          order_id: 'ORD-1',
        },
        'paid with\u00A04242\u00A04242\u00A04242\u00A04242',
      ),
    );
    for (const secret of ['51AbCdEf', '4242', '5555', '378282246310005']) expect(line).not.toContain(secret);
    expect(line.endsWith('}\n')).toBe(true);
    expect(JSON.parse(line)).toMatchObject({
      level: 50,
      order_id: 'ORD-1',
      body: { number: '[card number]', list: ['[card number]'], '[card number]': 1 },
      msg: 'paid with\u00A0[card number]',
    });
  });

  it.each(['\u0001', '\n', '\\', '"'])(
    'masks a number that stands behind %o, which JSON escapes',
    (before) => {
      const line = logged((logger) => logger.info({ input: `${before}4242424242424242` }, ''));
      expect(JSON.parse(line)).toMatchObject({ input: `${before}[card number]` });
    },
  );

  it('leaves a line without secrets as it was', () => {
    const fields = {
      order_id: 'ORD-0193d1c8-6c1f-7a43-9d1e-4c8a4f3b2a10',
      at: 1_764_000_000_000,
      text: 'é\u0001"',
    };
    const line = logged((logger) => logger.info(fields, 'stored'));
    expect(JSON.parse(line)).toMatchObject(fields);
    expect(redactLogLine(line)).toBe(line);
  });

  it('masks a line that is not JSON', () => {
    expect(redactLogLine('{broken 4242424242424242')).toBe('{broken [card number]');
  });
});
