/** The demo shop's till on disk, for tests that need a real one. */
import path from 'node:path';
import { setUpTerminal } from '../../setup/set-up-terminal.ts';

const DEMO = path.resolve(import.meta.dirname, '../../../box/demo');

export const CASHIER_PIN = '1111';

/** Without printer, and without server unless its URL is given. */
export async function setUpDemoTill(folder: string, serverUrl?: string): Promise<void> {
  await setUpTerminal({
    folder,
    settings: {
      storeName: 'Harbor Street Liquor',
      storeAddress: [],
      receiptFooter: [],
      locationId: 'STORE-001',
      terminalId: 'T1',
      server: serverUrl === undefined ? null : { url: serverUrl, token: 'token' },
      printer: null,
    },
    files: {
      merchandiseCodes: path.join(DEMO, 'merchandise-codes.csv'),
      catalogue: path.join(DEMO, 'demo-catalogue.csv'),
      quickKeys: path.join(DEMO, 'quick-keys.csv'),
      staff: path.join(DEMO, 'staff.csv'),
    },
    now: new Date(),
  });
}
