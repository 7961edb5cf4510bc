/** Whatever comes in: never an exception, never our fault, and nothing changed by what is refused. */
import { cpSync } from 'node:fs';
import fc from 'fast-check';
import pino from 'pino';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Access, type MethodName, contract, methodNames } from '../api/contract.ts';
import { apiErrorBodySchema } from '../api/errors.ts';
import { canMountDisks, mountSmallDisk } from '../test-support/small-disk.ts';
import {
  NOON,
  type TestTill,
  openTestTill,
  removeTillTemplate,
  testTillFolder,
} from '../test-support/test-till.ts';
import { clientOf } from '../test-support/terminal-client.ts';
import { openTerminal } from './terminal.ts';

let till: TestTill;
beforeEach(async () => {
  till = await openTestTill();
});
afterEach(async () => {
  await till.close();
});
afterAll(removeTillTemplate);

const answerSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), reply: z.unknown() }),
  z.object({ ok: z.literal(false), error: apiErrorBodySchema }),
]);

async function codeOf(name: unknown, request: unknown): Promise<string> {
  const answer = answerSchema.parse(await till.terminal.call(name, request));
  return answer.ok ? 'ok' : answer.error.code;
}

describe('access', () => {
  /** Written out, so that a new method must be put here by somebody who thinks about it. */
  const EXPECTED: Readonly<Record<MethodName, Access>> = {
    'session.signIn': 'anyone',
    'session.signOut': 'staff',
    'status.get': 'anyone',
    'sale.get': 'staff',
    'sale.scan': 'staff',
    'sale.addItem': 'staff',
    'sale.setQuantity': 'staff',
    'sale.removeLine': 'staff',
    'sale.cancel': 'staff',
    'sale.dismissNotices': 'staff',
    'sale.confirmAge': 'staff',
    'sale.beginPayment': 'staff',
    'sale.leavePayment': 'staff',
    'sale.tenderCash': 'staff',
    'sale.tenderCard': 'staff',
    'catalogue.search': 'staff',
    'catalogue.quickKeys': 'staff',
    'receipt.recent': 'staff',
    'receipt.reprint': 'staff',
    'print.jobs': 'staff',
    'print.retry': 'staff',
    'print.dismiss': 'staff',
    'care.backUp': 'manager',
    'stock.low': 'manager',
  };
  const denied = {
    nobody: { anyone: false, staff: 'not_signed_in', manager: 'not_signed_in' },
    cashier: { anyone: false, staff: false, manager: 'not_allowed' },
    manager: { anyone: false, staff: false, manager: false },
  } as const;

  test('is decided for every method', () => {
    expect(Object.keys(EXPECTED).sort()).toEqual([...methodNames].sort());
    expect(Object.fromEntries(methodNames.map((name) => [name, contract[name].access]))).toEqual(EXPECTED);
  });

  test.each(['nobody', 'cashier', 'manager'] as const)('of %s to every method', async (who) => {
    if (who !== 'nobody') await till.signIn(who);
    for (const name of methodNames) {
      // Access is decided first; what is asked is looked at only then.
      const expected = denied[who][EXPECTED[name]] || 'bad_request';
      expect([name, await codeOf(name, { an: 'impossible request' })]).toEqual([name, expected]);
    }
  });
});

describe('a call', () => {
  test('of no method is unknown', async () => {
    await till.signIn('manager');
    const names = [undefined, null, 1, {}, [], '', 'sale', 'sale.get ', 'SALE.GET'];
    for (const name of [...names, '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']) {
      expect([name, await codeOf(name, {})]).toEqual([name, 'unknown_method']);
    }
  });

  test.each([null, undefined, {}])('with %j for nothing is understood', async (request) => {
    await till.signIn();
    expect(await codeOf('sale.get', request)).toBe('ok');
  });

  test('with something that looks like one of ours and is a bit more is refused', async () => {
    await till.signIn();
    expect(await codeOf('sale.addItem', { sku: 'WATER-STILL-001', quantity: 1, price: 1 })).toBe(
      'bad_request',
    );
    expect(await codeOf('sale.scan', { code: { toString: 'x' } })).toBe('bad_request');
    const line = await till.add('WATER-STILL-001');
    expect(line.total).toBe(99);
  });

  test('after the till was closed is refused, not thrown', async () => {
    await till.signIn();
    await till.terminal.close();
    expect(await codeOf('catalogue.quickKeys', {})).toMatch(/internal|store_failed/);
    await till.reopen();
  });
});

describe('any rubbish', () => {
  /** Text, numbers and shapes that are nearly right, beside what is wholly wrong. */
  const value = fc.oneof(
    fc.constantFrom<unknown>(
      'WINE-CAB-001',
      '1111',
      '036000291452',
      'ORD-1',
      '1980-05-05',
      '2010-02-30',
      'OK1234',
    ),
    fc.constantFrom<unknown>(0, -0, 1, -1, 1.5, 4278, 9_999, 10_000, 2 ** 31, 2 ** 53, 1e308, -1e308),
    fc.jsonValue({ maxDepth: 2 }),
    fc.string({ unit: 'binary', maxLength: 200 }),
  );
  const fields = [
    'pin',
    'code',
    'sku',
    'quantity',
    'lineId',
    'birthDate',
    'orderId',
    'total',
    'tendered',
    'approvalCode',
    'text',
    'limit',
    'jobId',
  ];
  const garbage = fc.oneof(value, fc.dictionary(fc.constantFrom(...fields, '__proto__', 'extra'), value));
  const requestFor = (name: MethodName) => {
    const shape = z.object({ properties: z.record(z.string(), z.unknown()).default({}) });
    const keys = Object.keys(shape.parse(z.toJSONSchema(contract[name].request, { io: 'input' })).properties);
    return fc.oneof(garbage, fc.record(Object.fromEntries(keys.map((key) => [key, value]))));
  };

  test.each(methodNames)('to %s is answered by the contract', async (name) => {
    await till.signIn('manager');
    await till.add('WATER-STILL-001', 2);
    await fc.assert(
      fc.asyncProperty(requestFor(name), async (request) => {
        // A PIN that is asked for too often pauses sign-in; somebody stays signed in all the same.
        const before = await till.terminal.call('sale.get', {});
        const answer = answerSchema.parse(await till.terminal.call(name, request));
        if (answer.ok) {
          expect(contract[name].reply.safeParse(answer.reply).success).toBe(true);
          return;
        }
        expect(answer.error.code).not.toMatch(/internal|store_failed/);
        // The age that was checked is kept, though it is too low: see the sale's age.
        if (answer.error.code !== 'under_age' && name !== 'session.signOut') {
          expect(await till.terminal.call('sale.get', {})).toEqual(before);
        }
      }),
      { numRuns: 60 },
    );
    expect(till.logged.filter(({ msg }) => msg === 'call failed')).toEqual([]);
  });

  test('whatever the name', async () => {
    await till.signIn('manager');
    await fc.assert(
      fc.asyncProperty(fc.anything(), fc.anything(), async (name, request) => {
        const answer = answerSchema.parse(await till.terminal.call(name, request));
        if (!answer.ok) expect(answer.error.code).not.toBe('internal');
      }),
      { numRuns: 200 },
    );
  });
});

test('a disk that fails is said, nothing is sold, and the till goes on when it works again', async () => {
  await till.signIn();
  await till.add('WATER-STILL-001', 1);
  const { orderId, total } = await till.client.call('sale.beginPayment', {});
  await till.inspect((db) => {
    db.exec(`CREATE TRIGGER fault BEFORE INSERT ON orders BEGIN SELECT RAISE(ABORT, 'fault'); END`);
  });
  await till.signIn();
  await till.client.call('sale.beginPayment', {});
  const error = await till.client
    .call('sale.tenderCash', { orderId, total, tendered: total })
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'store_failed', retry: 'later' });
  expect(await till.client.call('sale.get', {})).toMatchObject({ orderId, phase: 'paying', total });
  await till.inspect((db) => db.exec('DROP TRIGGER fault'));
  await till.signIn();
  await till.client.call('sale.beginPayment', {});
  const sold = await till.client.call('sale.tenderCash', { orderId, total, tendered: total });
  expect(sold.receiptNumber).toBe('STORE-001-T1-000001');
});

test.skipIf(!canMountDisks)('a full disk is told as one, and the till sells again with space', async () => {
  const disk = mountSmallDisk(till.temporary.join('disk'), 2);
  const folder = till.temporary.join('disk', 'till');
  const { folder: source, temporary } = await testTillFolder();
  cpSync(source, folder, { recursive: true });
  temporary.remove();
  const terminal = openTerminal({ folder, logger: pino({ level: 'silent' }), now: () => NOON });
  const client = clientOf(() => terminal);
  const sell = async () => {
    await client.call('sale.addItem', { sku: 'WATER-STILL-001', quantity: 1 });
    const { orderId, total } = await client.call('sale.beginPayment', {});
    return client.call('sale.tenderCash', { orderId, total, tendered: total });
  };
  try {
    await client.call('session.signIn', { pin: '1111' });
    await sell();
    disk.fill();
    const untilItFails = async (): Promise<unknown> => {
      for (let sale = 0; sale < 2000; sale += 1) {
        const error = await sell().then(
          () => null,
          (thrown: unknown) => thrown,
        );
        if (error !== null) return error;
      }
      return null;
    };
    const error = await untilItFails();
    expect(error).toMatchObject({ code: 'disk_full', retry: 'later' });
    const { sales } = await client.call('receipt.recent', { limit: 1 });
    disk.free();
    await client.call('sale.leavePayment', {});
    const next = await sell();
    expect(Number(next.receiptNumber.slice(-6))).toBe(Number(sales[0]?.receiptNumber.slice(-6)) + 1);
  } finally {
    await terminal.close();
    disk.unmount();
  }
});
