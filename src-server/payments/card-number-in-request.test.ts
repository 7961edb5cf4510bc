import { describe, expect, it } from 'vitest';
import { isValidGtin } from '#domain/barcode/gtin.ts';
import { looksLikeCardNumber } from './card-number.ts';
import { findCardNumberInRequest } from './card-number-in-request.ts';

/** A German EAN-13 with a right check digit whose Luhn digit is right too. */
const UNLUCKY_GTIN = '4000000000006';

describe('a request with a card number', () => {
  it.each([
    ['a text', { note: 'card 4242 4242 4242 4242' }, '.note'],
    ['a number', { amount: 4242424242424242 }, '.amount'],
    [
      'a list',
      { items: [{ sku: 'WINE' }, { sku: 'BEER', comment: '378282246310005' }] },
      '.items[1].comment',
    ],
    ['a name', { metadata: { '4242424242424242': true } }, '.metadata'],
    ['the body itself', '4242424242424242', '(body)'],
    ['a barcode field, which it does not fit', { sku: '4242424242424242' }, '.sku'],
    ['a list of barcodes', { barcodes: ['5555555555554444'] }, '.barcodes[0]'],
  ])('is told apart when it stands in %s', (_where, body, path) => {
    expect(findCardNumberInRequest(body)).toBe(path);
  });

  it('is told apart in JSON that is nested deeper than a stack', () => {
    const depth = 200_000;
    const body: unknown = JSON.parse(`${'['.repeat(depth)}"4242424242424242"${']'.repeat(depth)}`);
    expect(findCardNumberInRequest(body)).toMatch(/^\[0\]/);
  });

  it('is never repeated in the answer', () => {
    expect(findCardNumberInRequest({ '4242424242424242': { '4242424242424242': '4242424242424242' } })).toBe(
      '(body)',
    );
  });
});

describe('a request without one', () => {
  it('has nothing to be refused', () => {
    const order = {
      order_id: 'ORD-0193d1c8-6c1f-7a43-9d1e-4c8a4f3b2a10',
      items: [{ sku: 'WINE-CAB-001', quantity: 2, price: 19.99 }],
      payment: { provider: 'stripe', payment_method: 'pm_card_visa' },
      at: '2026-11-23T09:00:00.000Z',
      note: null,
    };
    expect(findCardNumberInRequest(order)).toBeUndefined();
  });

  it('may hold a GTIN in a barcode field though its Luhn digit is right, and only there', () => {
    expect(isValidGtin(UNLUCKY_GTIN) && looksLikeCardNumber(UNLUCKY_GTIN)).toBe(true);
    expect(findCardNumberInRequest({ barcodes: [UNLUCKY_GTIN], sku: UNLUCKY_GTIN })).toBeUndefined();
    expect(findCardNumberInRequest({ note: UNLUCKY_GTIN })).toBe('.note');
  });
});
