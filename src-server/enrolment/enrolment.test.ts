import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { HttpFailure } from '../http/http-failure.ts';
import { openDatabase } from '../database/open-database.ts';
import type { Database } from '../database/database.ts';
import { authenticateTerminal, enrolTerminal, revokeTerminal } from '../terminals/terminals.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { newCode, shownCode, typedCode } from './enrolment-code.ts';
import { type EnrolmentService, createEnrolmentService } from './enrolment-service.ts';
import { sealToken, unsealToken } from './sealed-token.ts';

const NOON = new Date('2026-11-24T12:00:00.000Z');

describe('a code', () => {
  it('is typed as people type: small, with blanks, without its hyphen', () => {
    const code = newCode();
    const shown = shownCode(code);
    for (const typed of [
      shown,
      shown.toLowerCase(),
      ` ${shown.replace('-', ' ')} `,
      shown.replace('-', ''),
    ]) {
      expect(typedCode(typed)).toEqual(code);
    }
  });

  it.each(['', 'ABCD-EFG', 'ABCD-EFGHJ', 'ABCD-EFG0', 'ABCD-EFGI', 'ÄBCD-EFGH', "ABCD';--"])(
    'is not %j',
    (typed) => {
      expect(typedCode(typed)).toBeUndefined();
    },
  );
});

it('a sealed token is read with what it was sealed with, and with nothing else', () => {
  const sealed = sealToken('the token', ['ABCDEFGH', 'request']);
  expect(unsealToken(sealed, ['ABCDEFGH', 'request'])).toBe('the token');
  expect(() => unsealToken(sealed, ['ABCDEFGH', 'another'])).toThrow();
  expect(sealed).not.toContain(Buffer.from('the token').toString('base64url'));
});

const row = z.object({ code_hash: z.string(), sealed_token: z.string().nullable(), used: z.boolean() });

describe.each(TEST_DATABASES)('enrolment on $kind', ({ create }) => {
  let home: TestDatabase;
  let database: Database;
  let now: Date;
  let enrolments: EnrolmentService;
  beforeEach(async () => {
    home = await create();
    database = await openDatabase(home.choice);
    now = NOON;
    enrolments = createEnrolmentService(database, () => now);
  });
  afterEach(async () => {
    await database.close();
    await home.dispose();
  });

  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'taken',
      (error: unknown) => (error as HttpFailure).code,
    );
  const later = (minutes: number): void => {
    now = new Date(now.getTime() + minutes * 60_000);
  };

  it('gives a new terminal the beginning of a history', async () => {
    const { code } = await enrolments.makeCode('T1', 'STORE-001');
    const enrolled = await enrolments.enrol(code, randomUUID());
    expect(enrolled).toMatchObject({
      terminalId: 'T1',
      locationId: 'STORE-001',
      epoch: 1,
      head: { seq: 0, hash: '0'.repeat(64) },
      receiptCounterFrom: 1,
    });
    expect(await authenticateTerminal(database, 'T1', enrolled.token)).toMatchObject({ epoch: 1 });
  });

  it('gives the PC that replaces another its place in the history, and makes the other’s token void', async () => {
    const first = await enrolments.enrol((await enrolments.makeCode('T1', 'STORE-001')).code, randomUUID());
    await database.execute(
      `UPDATE terminals SET head_seq = 4711, head_hash = '${'ab'.repeat(32)}' WHERE terminal_id = 'T1'`,
    );
    const second = await enrolments.enrol((await enrolments.makeCode('T1', 'STORE-001')).code, randomUUID());
    expect(second).toMatchObject({
      epoch: 2,
      head: { seq: 4_711, hash: 'ab'.repeat(32) },
      receiptCounterFrom: 1_000_001,
    });
    expect(await authenticateTerminal(database, 'T1', first.token)).toBeUndefined();
    expect(await authenticateTerminal(database, 'T1', second.token)).toMatchObject({ epoch: 2 });
  });

  it('answers the same to whoever asks again, for some minutes, without another epoch', async () => {
    const { code } = await enrolments.makeCode('T1', 'STORE-001');
    const request = randomUUID();
    const first = await enrolments.enrol(code, request);
    later(10);
    expect(await enrolments.enrol(code.toLowerCase(), request)).toEqual(first);
    expect(await codeOf(enrolments.enrol(code, randomUUID()))).toBe('code_refused');
    later(10);
    expect(await codeOf(enrolments.enrol(code, request))).toBe('code_refused');
  });

  it.each([
    [
      'enrolled anew',
      async () =>
        void (await enrolments.enrol((await enrolments.makeCode('T1', 'STORE-001')).code, randomUUID())),
    ],
    ['enrolled anew', async () => void (await enrolTerminal(database, 'T1', 'STORE-001', now))],
    ['revoked', async () => void (await revokeTerminal(database, 'T1', now))],
  ])('answers whoever asks again with no token that is void: the till was %s', async (what, makeVoid) => {
    const { code } = await enrolments.makeCode('T1', 'STORE-001');
    const request = randomUUID();
    await enrolments.enrol(code, request);
    await makeVoid();
    await expect(enrolments.enrol(code, request)).rejects.toMatchObject({
      code: 'code_refused',
      message: expect.stringContaining(`T1 was ${what}`) as unknown,
    });
  });

  it('of two who use one code at the same time takes one', async () => {
    const { code } = await enrolments.makeCode('T1', 'STORE-001');
    const outcomes = await Promise.all([1, 2, 3].map(() => codeOf(enrolments.enrol(code, randomUUID()))));
    expect(outcomes.sort()).toEqual(['code_refused', 'code_refused', 'taken']);
  });

  it('takes no code a second too late', async () => {
    const { code, expiresAt } = await enrolments.makeCode('T1', 'STORE-001');
    now = expiresAt;
    expect(await codeOf(enrolments.enrol(code, randomUUID()))).toBe('code_refused');
  });

  it('makes a code void after five wrong second halves, and counts them also when it refuses', async () => {
    const { code } = await enrolments.makeCode('T1', 'STORE-001');
    const wrong = `${code.slice(0, 5)}${code.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`;
    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect(await codeOf(enrolments.enrol(wrong, randomUUID()))).toBe('code_refused');
    }
    expect(await codeOf(enrolments.enrol(code, randomUUID()))).toBe('code_refused');
  });

  it('keeps of codes and tokens nothing that can be read', async () => {
    const { code } = await enrolments.makeCode('T1', 'STORE-001');
    const { token } = await enrolments.enrol(code, randomUUID());
    const rows = await database.query(
      row,
      'SELECT code_hash, sealed_token, used_at IS NOT NULL AS used FROM enrolment_codes',
    );
    expect(rows).toMatchObject([{ used: true }]);
    expect(JSON.stringify(rows)).not.toContain(code.replace('-', ''));
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('makes a terminal’s earlier codes void with a new one', async () => {
    const { code } = await enrolments.makeCode('T1', 'STORE-001');
    const next = await enrolments.makeCode('T1', 'STORE-001');
    expect(await codeOf(enrolments.enrol(code, randomUUID()))).toBe('code_refused');
    expect(await codeOf(enrolments.enrol(next.code, randomUUID()))).toBe('taken');
  });

  it.each([
    ['SERVER1', 'STORE-001', 'reserved_name'],
    ['T9', 'ALL', 'reserved_name'],
    ['T1', 'STORE-002', 'location_differs'],
  ])('makes none for %s at %s: %s', async (terminal, location, code) => {
    await enrolments.enrol((await enrolments.makeCode('T1', 'STORE-001')).code, randomUUID());
    expect(await codeOf(enrolments.makeCode(terminal, location))).toBe(code);
  });
});
