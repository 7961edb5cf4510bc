/** A till of a small shop in a temporary folder, with its real database, for tests. */
import { cpSync, writeFileSync } from 'node:fs';
import type Database from 'better-sqlite3';
import pino from 'pino';
import type { ApiClient } from '../api/client.ts';
import type { SaleView } from '../api/views.ts';
import type { ReceiptPrinter } from '../printing/receipt-printer.ts';
import { setUpTerminal } from '../setup/set-up-terminal.ts';
import { openStore } from '../store/open-store.ts';
import {
  type NewTerminalSettings,
  type TerminalSettings,
  writeTerminalSettings,
} from '../store/settings-store.ts';
import { type Terminal, openTerminal } from '../terminal/terminal.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';
import { clientOf } from './terminal-client.ts';

export const PINS = { cashier: '1111', manager: '2222' } as const;
/** Monday, noon in UTC. */
export const NOON = new Date('2026-11-23T12:00:00.000Z');

export const BARCODES = {
  wine: '036000291452',
  beer: '012345678905',
  /** Of an item that is no longer sold. */
  discontinued: '4006381333931',
  /** A right one of no item. */
  unknown: '5901234123457',
} as const;

const CATALOGUE = `sku,name,merchandise_code,cost,price,case_size,active,barcodes,minimum_age,deposit,reorder_point,on_hand
WINE-CAB-001,Cabernet Sauvignon 750ml,WINE,12.50,19.99,12,true,${BARCODES.wine},21,0,10,25
BEER-ALE-006,Pale Ale 6pk,BEER,7.00,9.99,4,true,${BARCODES.beer},21,0.30,5,6
CIG-RED-020,Red Cigarettes 20,TOBACCO,8.00,11.50,10,true,,18,0,0,40
SODA-COLA-001,Cola 355ml Can,SODA,0.60,1.49,24,true,,,0.05,20,100
WATER-STILL-001,Still Water 1L,WATER,0.30,0.99,12,true,,,0,0,50
GIN-OLD-001,Old Gin 1L,WINE,9.00,14.99,6,false,${BARCODES.discontinued},21,0,0,3
`;
const CODES = `code,description,tax_category,tax_rate_bps,gl_account
WINE,Wine Products,alcohol,700,4000
BEER,Beer,alcohol,700,4010
TOBACCO,Tobacco,tobacco,900,4300
SODA,Soda,soft_drinks,825,4110
WATER,Water,food,0,4130
`;
const QUICK_KEYS = `sku,label,picture
WATER-STILL-001,Water,soda
GIN-OLD-001,Old Gin,bottle-spirits
`;
const STAFF = `user_id,name,role,pin
maya.torres,Maya Torres,cashier,${PINS.cashier}
sam.okafor,Sam Okafor,manager,${PINS.manager}
`;

export const SETTINGS: TerminalSettings = {
  storeName: 'Harbor Wine & Spirits',
  storeAddress: ['214 Harbor Street'],
  receiptFooter: ['Thank you.'],
  locationId: 'STORE-001',
  terminalId: 'T1',
  server: null,
  printer: null,
};

export interface TestTill {
  readonly folder: string;
  readonly temporary: TemporaryFolder;
  readonly terminal: Terminal;
  readonly client: ApiClient;
  /** What was logged, as pino's objects. */
  readonly logged: readonly Record<string, unknown>[];
  signIn(who?: keyof typeof PINS): Promise<void>;
  /** Adds one SKU by quantity. */
  add(sku: string, quantity?: number): Promise<SaleView>;
  /** Closes the terminal and opens the same folder again. */
  reopen(): Promise<void>;
  /** Looks into the database, while the terminal is closed for it. */
  inspect<Result>(look: (connection: Database.Database) => Result): Promise<Result>;
  close(): Promise<void>;
}

export interface TestTillOptions {
  readonly settings?: Partial<NewTerminalSettings>;
  readonly printer?: ReceiptPrinter;
  readonly printRetryMs?: number;
  readonly now?: () => Date;
  readonly monotonicMs?: () => number;
}

let template: Promise<TemporaryFolder> | undefined;

/** The folder of a till that was set up once in this process; hashing PINs for every test would take most of the time. */
async function makeTemplate(): Promise<TemporaryFolder> {
  const temporary = temporaryFolder();
  const write = (name: string, text: string): string => {
    writeFileSync(temporary.join(name), text);
    return temporary.join(name);
  };
  await setUpTerminal({
    folder: temporary.join('till'),
    settings: SETTINGS,
    files: {
      catalogue: write('catalogue.csv', CATALOGUE),
      merchandiseCodes: write('codes.csv', CODES),
      quickKeys: write('keys.csv', QUICK_KEYS),
      staff: write('staff.csv', STAFF),
    },
    now: NOON,
  });
  return temporary;
}

/** A copy of the small shop's data folder; nothing has it open. */
export async function testTillFolder(
  settings: Partial<NewTerminalSettings> = {},
): Promise<{ folder: string; temporary: TemporaryFolder }> {
  template ??= makeTemplate();
  const made = await template;
  const temporary = temporaryFolder();
  const folder = temporary.join('till');
  cpSync(made.join('till'), folder, { recursive: true });
  if (Object.keys(settings).length > 0) {
    const store = openStore(folder);
    writeTerminalSettings(store.writer, { ...SETTINGS, ...settings });
    store.close();
  }
  return { folder, temporary };
}

/** Removes what {@link testTillFolder} copies from. For `afterAll`. */
export async function removeTillTemplate(): Promise<void> {
  (await template)?.remove();
  template = undefined;
}

export async function openTestTill(options: TestTillOptions = {}): Promise<TestTill> {
  const { folder, temporary } = await testTillFolder(options.settings);
  const logged: Record<string, unknown>[] = [];
  const logger = pino(
    {},
    { write: (line: string) => void logged.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const open = (): Terminal =>
    openTerminal({
      folder,
      logger,
      now: options.now ?? (() => NOON),
      ...(options.monotonicMs ? { monotonicMs: options.monotonicMs } : {}),
      ...(options.printer ? { printer: options.printer } : {}),
      ...(options.printRetryMs === undefined ? {} : { printRetryMs: options.printRetryMs }),
    });
  let terminal = open();
  const client = clientOf(() => terminal);
  return {
    folder,
    temporary,
    get terminal() {
      return terminal;
    },
    client,
    logged,
    async signIn(who = 'cashier') {
      await client.call('session.signIn', { pin: PINS[who] });
    },
    add: (sku, quantity = 1) => client.call('sale.addItem', { sku, quantity }),
    async reopen() {
      await terminal.close();
      terminal = open();
    },
    async inspect(look) {
      await terminal.close();
      const store = openStore(folder);
      try {
        return look(store.writer.connection);
      } finally {
        store.close();
        terminal = open();
      }
    },
    async close() {
      await terminal.close();
      temporary.remove();
    },
  };
}
