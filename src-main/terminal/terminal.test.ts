/** What a cashier does at a till, through the only way there is into it. */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import pino from 'pino';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { saleViewSchema } from '../api/views.ts';
import { startChild } from '../test-support/child.ts';
import {
  BARCODES,
  NOON,
  type TestTill,
  openTestTill,
  removeTillTemplate,
  testTillFolder,
} from '../test-support/test-till.ts';
import { openStore } from '../store/open-store.ts';
import { openTerminal } from './terminal.ts';

// Real processes and files on a machine that others use too: slow is not wrong.
vi.setConfig({ testTimeout: 30_000 });

let till: TestTill;
let now = NOON;
let monotonic = 0;
beforeEach(async () => {
  now = NOON;
  monotonic = 0;
  till = await openTestTill({ now: () => now, monotonicMs: () => monotonic });
  await till.signIn();
});
afterEach(async () => {
  await till.close();
});
afterAll(removeTillTemplate);

const call: TestTill['client']['call'] = (name, request) => till.client.call(name, request);
const refusal = (code: string): unknown => expect.objectContaining({ name: 'ApiError', code });
const grownUp = { birthDate: '1980-05-05' };

async function confirmAge(request: { birthDate: string }) {
  const { orderId } = await call('sale.get', {});
  return call('sale.confirmAge', { orderId, ...request });
}

async function cancel() {
  const { orderId } = await call('sale.get', {});
  return call('sale.cancel', { orderId });
}

async function pay(quantity = 2) {
  await till.add('WINE-CAB-001', quantity);
  await confirmAge(grownUp);
  return call('sale.beginPayment', {});
}

describe('a sale', () => {
  test("the seed's example to the cent", async () => {
    await call('sale.scan', { code: BARCODES.wine });
    const view = await call('sale.scan', { code: `${BARCODES.wine}\r\n` });
    expect(view).toMatchObject({
      phase: 'selling',
      subtotal: 3998,
      deposit: 0,
      tax: 280,
      total: 4278,
      unitCount: 2,
      taxes: [{ label: 'Tax 7% Wine Products', amount: 280 }],
      age: { minimumAge: 21, outcome: 'needed', bornOnOrBefore: '2005-11-23' },
    });
    expect(view.lines).toMatchObject([{ sku: 'WINE-CAB-001', quantity: 2, unitPrice: 1999, amount: 3998 }]);
    await confirmAge({ birthDate: '2005-11-23' });
    const { orderId, total, quickCash } = await call('sale.beginPayment', {});
    expect(quickCash).toEqual([4278, 4500, 5000, 6000, 10_000]);
    const sold = await call('sale.tenderCash', { orderId, total, tendered: 5000 });
    expect(sold).toEqual({
      orderId,
      receiptNumber: 'STORE-001-T1-000001',
      completedAt: NOON.toISOString(),
      method: 'cash',
      total: 4278,
      tendered: 5000,
      change: 722,
    });
    const next = await call('sale.get', {});
    expect(next).toMatchObject({ phase: 'selling', lines: [], total: 0, age: { outcome: 'not_needed' } });
    expect(next.orderId).not.toBe(orderId);
    expect(await call('status.get', {})).toMatchObject({
      lastSale: sold,
      sync: { state: 'off', up: { ackedThrough: 0 } },
      printer: { state: 'none' },
    });
    const onHand = await call('catalogue.search', { text: 'wine cab', limit: 5 });
    expect(onHand.items).toMatchObject([{ sku: 'WINE-CAB-001', onHand: 23 }]);
  });

  test('with deposits and four departments adds up', async () => {
    await till.add('SODA-COLA-001', 6);
    await till.add('WATER-STILL-001', 1);
    await till.add('BEER-ALE-006', 1);
    const view = await till.add('CIG-RED-020', 1);
    expect(view).toMatchObject({
      subtotal: 894 + 99 + 999 + 1150,
      deposit: 30 + 30,
      tax: 74 + 70 + 104,
      age: { minimumAge: 21 },
    });
    expect(view.total).toBe(view.subtotal + view.deposit + view.tax);
  });

  test('by card keeps the approval code, and asks for a real one', async () => {
    const { orderId, total } = await pay();
    for (const approvalCode of ['', '12', 'no spaces', '1234567890123', "A'; DROP TABLE orders"]) {
      await expect(call('sale.tenderCard', { orderId, total, approvalCode })).rejects.toEqual(
        refusal('bad_approval_code'),
      );
    }
    const sold = await call('sale.tenderCard', { orderId, total, approvalCode: ' ok1234 ' });
    expect(sold).toMatchObject({ method: 'card', total: 4278, tendered: 4278, change: 0 });
    const code = await till.inspect((db) => db.prepare('SELECT approval_code FROM payments').pluck().get());
    expect(code).toBe('OK1234');
  });

  test('tendered again under its order is the same sale, and charged once', async () => {
    const { orderId, total } = await pay();
    const sold = await call('sale.tenderCash', { orderId, total, tendered: 5000 });
    expect(await call('sale.tenderCash', { orderId, total, tendered: 5000 })).toEqual(sold);
    await till.reopen();
    await till.signIn();
    expect(await call('sale.tenderCash', { orderId, total, tendered: 5000 })).toEqual(sold);
    const { sales } = await call('receipt.recent', { limit: 10 });
    expect(sales).toEqual([sold]);
  });

  test('tendered twice at the same moment is one sale', async () => {
    const { orderId, total } = await pay();
    const request = { orderId, total, tendered: 5000 };
    const answers = await Promise.all([1, 2, 3].map(() => call('sale.tenderCash', request)));
    expect(new Set(answers.map(({ receiptNumber }) => receiptNumber)).size).toBe(1);
    expect((await call('receipt.recent', { limit: 10 })).sales).toHaveLength(1);
  });

  test('with another total than the cashier saw is refused', async () => {
    const { orderId, total } = await pay();
    await expect(call('sale.tenderCash', { orderId, total: total - 1, tendered: 5000 })).rejects.toEqual(
      refusal('total_changed'),
    );
    await expect(
      call('sale.tenderCard', { orderId, total: total + 1, approvalCode: 'OK1234' }),
    ).rejects.toEqual(refusal('total_changed'));
    expect((await call('sale.get', {})).phase).toBe('paying');
  });

  test.each([
    [4277, 'not_enough_tendered'],
    [0, 'not_enough_tendered'],
    [4278 + 100_001, 'too_much_tendered'],
    [999_999_999, 'too_much_tendered'],
  ])('paid with %i is refused as %s, and can still be paid', async (tendered, code) => {
    const { orderId, total } = await pay();
    await expect(call('sale.tenderCash', { orderId, total, tendered })).rejects.toEqual(refusal(code));
    expect(await call('sale.tenderCash', { orderId, total, tendered: total })).toMatchObject({ change: 0 });
  });

  test('that is not open, not being paid or empty is refused', async () => {
    await expect(call('sale.beginPayment', {})).rejects.toEqual(refusal('empty_sale'));
    const { orderId, total } = await till.add('WATER-STILL-001');
    await expect(call('sale.tenderCash', { orderId, total, tendered: total })).rejects.toEqual(
      refusal('not_in_payment'),
    );
    await call('sale.beginPayment', {});
    await expect(call('sale.tenderCash', { orderId: 'ORD-other', total, tendered: total })).rejects.toEqual(
      refusal('unknown_order'),
    );
  });

  test('is not changed while it is being paid', async () => {
    const paying = await pay();
    const [line] = paying.lines;
    const lineId = line?.lineId ?? '';
    for (const change of [
      () => call('sale.scan', { code: BARCODES.wine }),
      () => call('sale.addItem', { sku: 'WATER-STILL-001', quantity: 1 }),
      () => call('sale.setQuantity', { lineId, quantity: 5 }),
      () => call('sale.removeLine', { lineId }),
      () => cancel(),
    ]) {
      await expect(change()).rejects.toEqual(refusal('payment_in_progress'));
    }
    expect(await call('sale.get', {})).toEqual(paying);
    expect((await call('sale.leavePayment', {})).phase).toBe('selling');
    expect((await call('sale.scan', { code: BARCODES.wine })).unitCount).toBe(3);
  });
});

describe('a scan', () => {
  test.each([
    ['of an item nobody knows', BARCODES.unknown, 'unknown_barcode'],
    ['of an item no longer sold', BARCODES.discontinued, 'inactive_item'],
    ['with a wrong check digit', '036000291453', 'wrong_check_digit'],
    ['of nothing', '', 'unreadable_barcode'],
    ['of 10,000 digits', '0'.repeat(10_000), 'unreadable_barcode'],
    ['of 10,000 letters', 'WINE-CAB-001'.repeat(833), 'unreadable_barcode'],
    ['of binary', '\u0000\u0001\uFFFD\u001B[2J', 'unreadable_barcode'],
    ['of a lone surrogate', '\uD800', 'unreadable_barcode'],
    ['of a driving licence', '@\n\u001E\rANSI 636026080102DL00410288', 'unreadable_barcode'],
    ['of an SQL joke', "'; DROP TABLE items; --", 'unreadable_barcode'],
  ])('%s is refused in words without it, and changes nothing', async (_name, code, expected) => {
    const before = await till.add('WATER-STILL-001');
    const error = await call('sale.scan', { code }).catch((thrown: unknown) => thrown);
    expect(error).toEqual(refusal(expected));
    const { message } = z.object({ message: z.string() }).parse(error);
    expect(message.length).toBeLessThan(200);
    expect(message).not.toMatch(/[\p{Cc}\uFFFD\uD800-\uDFFF]/u);
    expect(await call('sale.get', {})).toEqual(before);
  });

  test('longer than any scan is refused before it is read', async () => {
    await expect(call('sale.scan', { code: '1'.repeat(65_537) })).rejects.toEqual(refusal('bad_request'));
  });

  test('of a SKU on a shelf label finds its item', async () => {
    expect((await call('sale.scan', { code: ' wine-cab-001\r' })).lines).toMatchObject([
      { sku: 'WINE-CAB-001' },
    ]);
  });

  test('ten at once are ten, on one line', async () => {
    await Promise.all(Array.from({ length: 10 }, () => call('sale.scan', { code: BARCODES.wine })));
    expect((await call('sale.get', {})).lines).toMatchObject([{ quantity: 10 }]);
  });
});

describe('a line', () => {
  test.each([0, -1, 10_000])('of %i is refused', async (quantity) => {
    const [line] = (await till.add('WATER-STILL-001')).lines;
    await expect(call('sale.setQuantity', { lineId: line?.lineId ?? '', quantity })).rejects.toEqual(
      refusal('quantity_out_of_range'),
    );
    await expect(call('sale.addItem', { sku: 'WATER-STILL-001', quantity })).rejects.toEqual(
      refusal('bad_request'),
    );
  });

  test.each([1.5, Number.NaN, Number.POSITIVE_INFINITY])('of %d is refused', async (quantity) => {
    const [line] = (await till.add('WATER-STILL-001')).lines;
    await expect(call('sale.setQuantity', { lineId: line?.lineId ?? '', quantity })).rejects.toEqual(
      refusal('bad_request'),
    );
  });

  test('can grow to 9,999 and not further', async () => {
    await till.add('WATER-STILL-001', 9_998);
    expect((await till.add('WATER-STILL-001')).lines).toMatchObject([{ quantity: 9_999 }]);
    await expect(till.add('WATER-STILL-001')).rejects.toEqual(refusal('quantity_out_of_range'));
    expect((await call('sale.get', {})).unitCount).toBe(9_999);
  });

  test('that is not there, and an item that is not there, are refused', async () => {
    await expect(call('sale.setQuantity', { lineId: 'gone', quantity: 1 })).rejects.toEqual(
      refusal('unknown_line'),
    );
    await expect(call('sale.removeLine', { lineId: 'gone' })).rejects.toEqual(refusal('unknown_line'));
    await expect(till.add('NO-SUCH')).rejects.toEqual(refusal('unknown_item'));
    await expect(till.add('GIN-OLD-001')).rejects.toEqual(refusal('inactive_item'));
  });

  test('marks what was touched last', async () => {
    const first = await till.add('WATER-STILL-001');
    await till.add('SODA-COLA-001');
    const again = await till.add('WATER-STILL-001');
    expect(again.newestLineId).toBe(first.lines[0]?.lineId);
    const removed = await call('sale.removeLine', { lineId: again.newestLineId ?? '' });
    expect(removed.lines.map(({ sku }) => sku)).toEqual(['SODA-COLA-001']);
    expect(removed.newestLineId).toBe(removed.lines[0]?.lineId);
  });
});

describe('a call that comes twice', () => {
  test('a tender answers with the sale it made; another tender for it is refused, with nothing sold', async () => {
    const { orderId, total } = await pay();
    const sold = await call('sale.tenderCash', { orderId, total, tendered: 5000 });
    expect(await call('sale.tenderCash', { orderId, total, tendered: 5000 })).toEqual(sold);
    const others = [
      () => call('sale.tenderCard', { orderId, total, approvalCode: 'ABC123' }),
      () => call('sale.tenderCash', { orderId, total, tendered: total }),
      () => call('sale.tenderCash', { orderId, total: 1, tendered: 5000 }),
    ];
    for (const other of others) await expect(other()).rejects.toEqual(refusal('already_paid'));
    expect((await call('receipt.recent', { limit: 9 })).sales).toHaveLength(1);
  });

  test('a card tender is the same with the same approval code, however it was typed', async () => {
    const { orderId, total } = await pay();
    const sold = await call('sale.tenderCard', { orderId, total, approvalCode: 'abc123' });
    expect(await call('sale.tenderCard', { orderId, total, approvalCode: ' ABC123 ' })).toEqual(sold);
    await expect(call('sale.tenderCard', { orderId, total, approvalCode: 'ABC124' })).rejects.toEqual(
      refusal('already_paid'),
    );
  });

  test("an age check or a cancelling does not reach the next customer's sale", async () => {
    const { orderId, total } = await pay();
    await call('sale.tenderCash', { orderId, total, tendered: 5000 });
    await expect(call('sale.confirmAge', { orderId, ...grownUp })).rejects.toEqual(refusal('another_order'));
    expect((await till.add('WINE-CAB-001')).age.outcome).toBe('needed');
    await expect(call('sale.cancel', { orderId })).rejects.toEqual(refusal('another_order'));
    expect((await call('sale.get', {})).lines).toHaveLength(1);
  });

  test('an age that nothing asked for answers for nothing later', async () => {
    await till.add('WATER-STILL-001');
    await confirmAge(grownUp);
    expect((await till.add('WINE-CAB-001')).age.outcome).toBe('needed');
  });
});

describe('cancelling', () => {
  test('takes every line and the age back and begins another order', async () => {
    const { orderId } = await till.add('WINE-CAB-001');
    await confirmAge(grownUp);
    const cancelled = await cancel();
    expect(cancelled).toMatchObject({ lines: [], total: 0, age: { outcome: 'not_needed' } });
    expect(cancelled.orderId).not.toBe(orderId);
    expect((await till.add('WINE-CAB-001')).age.outcome).toBe('needed');
  });
});

describe('age', () => {
  test('is asked before payment, once for the order', async () => {
    await till.add('CIG-RED-020');
    await expect(call('sale.beginPayment', {})).rejects.toEqual(refusal('age_check_required'));
    await confirmAge(grownUp);
    expect((await till.add('WINE-CAB-001')).age).toMatchObject({ minimumAge: 21, outcome: 'confirmed' });
    expect((await call('sale.beginPayment', {})).phase).toBe('paying');
  });

  test('is not asked where nothing asks for it', async () => {
    expect((await till.add('WATER-STILL-001')).age.outcome).toBe('not_needed');
    expect((await call('sale.beginPayment', {})).phase).toBe('paying');
  });

  test('between two limits is asked again by nobody: 19 may smoke and not drink', async () => {
    await till.add('CIG-RED-020');
    await confirmAge({ birthDate: '2007-01-01' });
    expect((await till.add('WINE-CAB-001')).age.outcome).toBe('refused');
    await expect(call('sale.beginPayment', {})).rejects.toEqual(refusal('under_age'));
  });

  test('the day before the birthday is under age; the birthday is not', async () => {
    await till.add('WINE-CAB-001');
    await expect(confirmAge({ birthDate: '2005-11-24' })).rejects.toEqual(refusal('under_age'));
    expect((await call('sale.get', {})).age.outcome).toBe('refused');
    expect((await confirmAge({ birthDate: '2005-11-23' })).age.outcome).toBe('confirmed');
  });

  test('under it nothing restricted is sold; without the item the rest is', async () => {
    await till.add('WATER-STILL-001');
    const { newestLineId } = await till.add('WINE-CAB-001');
    await expect(confirmAge({ birthDate: '2010-01-01' })).rejects.toThrow('remove Cabernet Sauvignon 750ml');
    await expect(call('sale.beginPayment', {})).rejects.toEqual(refusal('under_age'));
    await call('sale.removeLine', { lineId: newestLineId ?? '' });
    const { orderId, total } = await call('sale.beginPayment', {});
    expect(await call('sale.tenderCash', { orderId, total, tendered: 99 })).toMatchObject({ total: 99 });
  });

  test('goes with the customer: not kept for the next sale, nor when all lines were taken back', async () => {
    const { lines } = await till.add('WINE-CAB-001');
    await confirmAge(grownUp);
    await call('sale.removeLine', { lineId: lines[0]?.lineId ?? '' });
    expect((await till.add('WINE-CAB-001')).age.outcome).toBe('needed');
    await confirmAge(grownUp);
    const { orderId, total } = await call('sale.beginPayment', {});
    await call('sale.tenderCash', { orderId, total, tendered: total });
    expect((await till.add('WINE-CAB-001')).age.outcome).toBe('needed');
  });

  test.each(['2026-11-24', '1900-01-01', '2999-01-01'])(
    'of somebody born %s is impossible',
    async (birthDate) => {
      await till.add('WINE-CAB-001');
      await expect(confirmAge({ birthDate })).rejects.toEqual(refusal('impossible_birth_date'));
    },
  );

  test.each(['2001-02-29', '01.02.1990', '', '1990-1-1'])(
    'of the date %j is no request',
    async (birthDate) => {
      await expect(confirmAge({ birthDate })).rejects.toEqual(refusal('bad_request'));
    },
  );

  test('leaves no birth date on the disk or in the log', async () => {
    const { orderId, total } = await (async () => {
      await till.add('WINE-CAB-001');
      await confirmAge({ birthDate: '1971-03-17' });
      return call('sale.beginPayment', {});
    })();
    await call('sale.tenderCash', { orderId, total, tendered: 5000 });
    const bytes = readdirSync(till.folder).map((name) =>
      readFileSync(path.join(till.folder, name), 'latin1'),
    );
    expect(bytes.join('')).toContain(orderId);
    expect(bytes.join('')).not.toMatch(/1971.?03.?17|17.?03.?1971|03.?17.?1971/);
    expect(JSON.stringify(till.logged)).not.toContain('1971');
  });
});

describe('signing in', () => {
  const wrong = () => call('session.signIn', { pin: '9999' });

  test('tells who it is, and out again', async () => {
    await call('session.signOut', {});
    expect(await call('session.signIn', { pin: '2222' })).toEqual({
      userId: 'sam.okafor',
      name: 'Sam Okafor',
      role: 'manager',
    });
    await call('session.signOut', {});
    expect((await call('status.get', {})).person).toBeNull();
    await expect(call('sale.get', {})).rejects.toEqual(refusal('not_signed_in'));
  });

  test('five wrong PINs are followed by a pause, for the right one too, and the open sale stays', async () => {
    const before = await till.add('WATER-STILL-001');
    for (let attempt = 0; attempt < 4; attempt += 1)
      await expect(wrong()).rejects.toEqual(refusal('wrong_pin'));
    await expect(wrong()).rejects.toEqual(refusal('too_many_attempts'));
    await expect(call('session.signIn', { pin: '1111' })).rejects.toEqual(refusal('too_many_attempts'));
    monotonic += 29_999;
    await expect(call('session.signIn', { pin: '1111' })).rejects.toEqual(refusal('too_many_attempts'));
    monotonic += 1;
    expect(await call('session.signIn', { pin: '1111' })).toMatchObject({ userId: 'maya.torres' });
    expect(await call('sale.get', {})).toEqual(before);
  });

  test('a clock that is set back makes no pause longer', async () => {
    for (let attempt = 0; attempt < 5; attempt += 1) await wrong().catch(() => undefined);
    now = new Date(NOON.getTime() - 3_600_000);
    monotonic += 30_000;
    expect(await call('session.signIn', { pin: '1111' })).toMatchObject({ userId: 'maya.torres' });
  });

  test("a cashier's own PIN does not buy more guesses at the manager's", async () => {
    for (let attempt = 0; attempt < 4; attempt += 1)
      await expect(wrong()).rejects.toEqual(refusal('wrong_pin'));
    await till.signIn();
    await expect(wrong()).rejects.toEqual(refusal('too_many_attempts'));
  });

  test('guesses sent side by side do not share one count', async () => {
    await call('session.signOut', {});
    const codes = await Promise.all(
      Array.from({ length: 20 }, () =>
        wrong().catch((error: unknown) => z.object({ code: z.string() }).parse(error).code),
      ),
    );
    expect(codes.filter((code) => code === 'wrong_pin').length).toBeLessThan(5);
    await expect(call('session.signIn', { pin: '1111' })).rejects.toEqual(refusal('too_many_attempts'));
  });

  test('nobody takes over a till at which somebody else is signed in', async () => {
    await expect(call('session.signIn', { pin: '2222' })).rejects.toEqual(refusal('somebody_signed_in'));
    expect((await call('status.get', {})).person).toMatchObject({ userId: 'maya.torres' });
    expect(await call('session.signIn', { pin: '1111' })).toMatchObject({ userId: 'maya.torres' });
  });

  test.each(['', '1', '11111111111', 'abcd', '１１１１', ' 1111'])('%j is no PIN', async (pin) => {
    await expect(call('session.signIn', { pin })).rejects.toEqual(refusal('wrong_pin'));
  });

  test('keeps no PIN on the disk', () => {
    const bytes = readdirSync(till.folder).map((name) =>
      readFileSync(path.join(till.folder, name), 'latin1'),
    );
    expect(bytes.join('')).toContain('$argon2id$');
    expect(bytes.join('')).not.toMatch(/\b(1111|2222)\b/);
  });
});

describe('a restart', () => {
  test('signs out and keeps the open sale, but not its payment', async () => {
    await till.add('WATER-STILL-001', 3);
    const paying = await call('sale.beginPayment', {});
    await till.reopen();
    await expect(call('sale.get', {})).rejects.toEqual(refusal('not_signed_in'));
    await till.signIn();
    expect(await call('sale.get', {})).toEqual({ ...paying, phase: 'selling' });
  });

  test('by SIGKILL in the middle of a payment does the same', async () => {
    const { folder, temporary } = await testTillFolder();
    const child = startChild('scan-and-wait.ts', [folder, 'WINE-CAB-001', 'WATER-STILL-001', 'WINE-CAB-001']);
    const outcome = z
      .object({ reply: saleViewSchema })
      .parse({ reply: JSON.parse(await child.nextLine()) as unknown });
    await child.kill();
    const terminal = openTerminal({ folder, logger: pino({ level: 'silent' }), now: () => NOON });
    await terminal.call('session.signIn', { pin: '1111' });
    const again = z.object({ reply: saleViewSchema }).parse(await terminal.call('sale.get', {})).reply;
    expect(outcome.reply.phase).toBe('paying');
    const { age, ...rest } = outcome.reply;
    expect(again).toMatchObject({ ...rest, phase: 'selling' });
    expect(again.age).toMatchObject({ minimumAge: age.minimumAge, outcome: 'confirmed' });
    await terminal.close();
    temporary.remove();
  });
});

describe('an open cart that cannot be read', () => {
  test.each(['{}', 'not json'])('such as %j is put aside, and the till sells', async (text) => {
    const { folder, temporary } = await testTillFolder();
    const store = openStore(folder);
    store.writer.connection.prepare("INSERT OR REPLACE INTO open_cart VALUES (1, ?, '')").run(text);
    store.close();
    const terminal = openTerminal({ folder, logger: pino({ level: 'silent' }) });
    await terminal.call('session.signIn', { pin: '1111' });
    expect(await terminal.call('sale.get', {})).toMatchObject({ ok: true, reply: { lines: [] } });
    await terminal.close();
    const after = openStore(folder);
    const kept = after.writer.connection
      .prepare("SELECT value FROM settings WHERE key = 'unreadable_cart'")
      .pluck()
      .get();
    after.close();
    expect(kept).toBe(text);
    temporary.remove();
  });
});

describe('a log that cannot be written', () => {
  test('costs a line in the log and nothing else', async () => {
    const { folder, temporary } = await testTillFolder();
    const failing = () => {
      throw new Error('ENOSPC');
    };
    const logger = Object.assign(pino({ level: 'silent' }), { info: failing, warn: failing, error: failing });
    const terminal = openTerminal({ folder, logger });
    await terminal.call('session.signIn', { pin: '1111' });
    await terminal.call('sale.addItem', { sku: 'WATER-STILL-001', quantity: 1 });
    const paying = z
      .object({ reply: saleViewSchema })
      .parse(await terminal.call('sale.beginPayment', {})).reply;
    const { orderId, total } = paying;
    expect(await terminal.call('sale.tenderCash', { orderId, total, tendered: total })).toMatchObject({
      ok: true,
    });
    await terminal.close();
    temporary.remove();
  });
});

describe('a till that cannot be opened', () => {
  const open = (folder: string) => openTerminal({ folder, logger: pino({ level: 'silent' }) });

  test.each([
    ['was never set up', "DELETE FROM settings WHERE key = 'terminal'"],
    ['has settings that are none', `UPDATE settings SET value = '{"a":1}' WHERE key = 'terminal'`],
  ])('because it %s lets go of its folder', async (_name, sql) => {
    const { folder, temporary } = await testTillFolder();
    const store = openStore(folder);
    store.writer.connection.exec(sql);
    store.close();
    expect(() => open(folder)).toThrow();
    openStore(folder).close();
    temporary.remove();
  });
});

describe('what the till says unasked', () => {
  test('every change of the sale, and one status for all that a sale changes', async () => {
    const sales: number[] = [];
    const statuses: (string | undefined)[] = [];
    till.client.on('sale.changed', (view) => sales.push(view.total));
    till.client.on('status.changed', ({ lastSale }) => statuses.push(lastSale?.receiptNumber));
    await till.add('WATER-STILL-001');
    const { orderId, total } = await call('sale.beginPayment', {});
    await call('sale.tenderCash', { orderId, total, tendered: total });
    await new Promise((resolve) => setImmediate(resolve));
    expect(sales).toEqual([99, 99, 0]);
    expect(statuses).toEqual(['STORE-001-T1-000001']);
  });

  test('to a window that fails: the sale stands, and its answer says so', async () => {
    till.terminal.onPush(() => {
      throw new Error('the window is gone');
    });
    const others: number[] = [];
    till.client.on('sale.changed', (view) => others.push(view.total));
    const { orderId, total } = await till.add('WATER-STILL-001');
    await call('sale.beginPayment', {});
    expect(await call('sale.tenderCash', { orderId, total, tendered: total })).toMatchObject({ orderId });
    expect(till.logged.map(({ msg }) => msg)).toContain('push failed');
    expect(others).toEqual([99, 99, 0]);
  });
});

describe('search', () => {
  test.each(['"', "'", '*', 'NEAR(', 'name:', '-', '^', 'AND', 'wine OR', '\u0000', '()', '%', '\uD800'])(
    'for %j is words, never a query language',
    async (text) => {
      const { items } = await call('catalogue.search', { text, limit: 50 });
      expect(Array.isArray(items)).toBe(true);
    },
  );

  test('finds by prefixes of words in any order, and not what is no longer sold', async () => {
    const found = async (text: string) =>
      (await call('catalogue.search', { text, limit: 50 })).items.map(({ sku }) => sku);
    expect(await found('cab 750')).toEqual(['WINE-CAB-001']);
    expect(await found('750 caber')).toEqual(['WINE-CAB-001']);
    expect(await found('beer-ale')).toEqual(['BEER-ALE-006']);
    expect(await found('gin')).toEqual([]);
    expect(await found('')).toEqual([]);
  });

  test('shows quick keys of what is sold', async () => {
    expect(await call('catalogue.quickKeys', {})).toEqual({
      keys: [{ sku: 'WATER-STILL-001', label: 'Water', price: 99, picture: 'soda' }],
    });
  });
});
