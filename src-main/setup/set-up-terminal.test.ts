import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reasonOf } from '../cli/exit-with-reason.ts';
import { eventLogOf } from '../store/event-log.ts';
import { databaseFile, openStore } from '../store/open-store.ts';
import { activeStaff } from '../store/staff-store.ts';
import { csv, row } from '../test-support/catalogue-file.ts';
import { type TemporaryFolder, temporaryFolder } from '../test-support/temporary-folder.ts';
import { NOON, SETTINGS } from '../test-support/test-till.ts';
import { setUpTerminal } from './set-up-terminal.ts';

let temporary: TemporaryFolder;
let folder: string;
beforeEach(() => {
  temporary = temporaryFolder();
  folder = temporary.join('shop', 'till');
});
afterEach(() => temporary.remove());

const GOOD = {
  catalogue: csv(row(1)),
  codes: 'code,description,tax_category,tax_rate_bps,gl_account\nWINE,Wine,alcohol,700,4000\n',
  keys: 'sku,label,picture\nITEM-1,Item,bag\n',
  staff: 'user_id,name,role,pin\nmaya,Maya,cashier,1111\n',
};

function setUp(changes: Partial<typeof GOOD> = {}): Promise<void> {
  const write = (name: string, text: string): string => {
    writeFileSync(temporary.join(name), text);
    return temporary.join(name);
  };
  const texts = { ...GOOD, ...changes };
  return setUpTerminal({
    folder,
    settings: SETTINGS,
    files: {
      catalogue: write('catalogue.csv', texts.catalogue),
      merchandiseCodes: write('codes.csv', texts.codes),
      quickKeys: write('keys.csv', texts.keys),
      staff: write('staff.csv', texts.staff),
    },
    now: NOON,
  });
}

describe('setting a till up', () => {
  test('makes one that opens, with its people and no PIN', async () => {
    await setUp();
    const store = openStore(folder);
    expect(activeStaff(store.writer)).toMatchObject([{ userId: 'maya', role: 'cashier' }]);
    store.close();
    expect(readFileSync(databaseFile(folder), 'latin1')).not.toContain('1111');
    expect(existsSync(`${folder}.new`)).toBe(false);
  });

  test('where one is already is refused, and that one left alone', async () => {
    await setUp();
    const before = readFileSync(databaseFile(folder));
    await expect(setUp({ catalogue: csv(row(2)) })).rejects.toMatchObject({ code: 'store_exists' });
    expect(readFileSync(databaseFile(folder)).equals(before)).toBe(true);
  });

  test.each([
    ['catalogue', csv(row(1, { price: 'cheap' })), 'bad_rows'],
    ['catalogue', '', 'wrong_header'],
    [
      'codes',
      'code,description,tax_category,tax_rate_bps,gl_account\nWINE,Wine,alcohol,lots,4000\n',
      'bad_shop_file',
    ],
    ...['', '7e2', '7.5', '-7', '0x2bc', '100000'].map(
      (rate) =>
        [
          'codes',
          `code,description,tax_category,tax_rate_bps,gl_account\nWINE,Wine,alcohol,${rate},4000\n`,
          'bad_shop_file',
        ] as const,
    ),
    ['codes', 'code\n"WINE', 'not_csv'],
    ['keys', 'sku,label,picture\nno such sku,Item,bag\n', 'bad_shop_file'],
    ['staff', 'user_id,name,role,pin\nmaya,Maya,owner,1111\n', 'bad_shop_file'],
    ['staff', 'user_id,name,role,pin\nmaya,Maya,cashier,12\n', 'bad_shop_file'],
  ] as const)('from a bad %s leaves no till, and the next try makes one (%#)', async (name, text, code) => {
    const error: unknown = await setUp({ [name]: text }).catch((thrown: unknown) => thrown);
    expect(reasonOf(error)?.code).toBe(code);
    expect(existsSync(folder)).toBe(false);
    await setUp();
    expect(existsSync(databaseFile(folder))).toBe(true);
  });

  test.each([
    [
      'codes',
      `${GOOD.codes}BEER,Beer,alcohol,700,4010\nWINE,Wine again,alcohol,0,4000\n`,
      'row 3: its code stands already in row 1.',
    ],
    [
      'staff',
      `${GOOD.staff}sam,Sam,cashier,2222\nmaya,Maya,manager,3333\n`,
      'row 3: its user_id stands already in row 1.',
    ],
    [
      'staff',
      `${GOOD.staff}sam,Sam,manager,71077\njo,Jo,cashier,71077\n`,
      'row 3: its pin stands already in row 2.',
    ],
  ] as const)('from %s in which one stands twice is refused by its rows (%#)', async (name, text, words) => {
    const reason = reasonOf(await setUp({ [name]: text }).catch((thrown: unknown) => thrown));
    expect(reason?.code).toBe('bad_shop_file');
    expect(reason?.message).toContain(words);
    expect(reason?.message).not.toContain('71077');
    expect(existsSync(folder)).toBe(false);
  });

  test('goes over what an earlier set-up that was cut off has left', async () => {
    await setUp();
    renameSync(folder, `${folder}.new`);
    await setUp();
    openStore(folder).close();
    expect(readdirSync(path.dirname(folder))).toEqual(['till']);
  });

  test.each([
    ['a damaged database', 'holdfast.db', 'half a database'],
    ['a file of somebody', 'photo.txt', 'dear'],
  ])('moves %s aside that stands in its place, and makes the till', async (_name, file, text) => {
    mkdirSync(`${folder}.new`, { recursive: true });
    writeFileSync(`${folder}.new/${file}`, text);
    await setUp();
    openStore(folder).close();
    const aside = `${folder}.new-found-${NOON.getTime()}`;
    expect(readFileSync(path.join(aside, file), 'utf8')).toBe(text);
  });

  test('never removes a till that has sold, though its folder ends in .new', async () => {
    await setUp();
    const store = openStore(folder);
    eventLogOf(store.writer).append(
      [
        {
          type: 'order.completed',
          orderId: 'ORD-1',
          paymentStatus: 'captured',
          fulfillmentStatus: 'completed',
        },
      ],
      {
        terminalId: 'T1',
        locationId: 'STORE-001',
        timestamp: NOON.toISOString(),
        metadata: { user_id: 'maya' },
      },
    );
    store.close();
    renameSync(folder, `${folder}.new`);
    const before = readFileSync(databaseFile(`${folder}.new`));
    await expect(setUp()).rejects.toMatchObject({ code: 'store_exists' });
    expect(readFileSync(databaseFile(`${folder}.new`)).equals(before)).toBe(true);
    expect(existsSync(folder)).toBe(false);
  });

  test('never removes a till that runs, though its folder ends in .new', async () => {
    await setUp();
    renameSync(folder, `${folder}.new`);
    const store = openStore(`${folder}.new`);
    await expect(setUp()).rejects.toMatchObject({ code: 'store_locked' });
    store.close();
    openStore(`${folder}.new`).close();
  });
});
