/** The shop of the store in a box. */
import path from 'node:path';
import type { ImportProgress } from '#main/importing/import-catalogue.ts';
import { setUpTerminal } from '#main/setup/set-up-terminal.ts';
import { readStaff } from '#main/setup/shop-files.ts';

const DEMO = path.join(import.meta.dirname, 'demo');

export const demoFiles = {
  merchandiseCodes: path.join(DEMO, 'merchandise-codes.csv'),
  catalogue: path.join(DEMO, 'demo-catalogue.csv'),
  quickKeys: path.join(DEMO, 'quick-keys.csv'),
  staff: path.join(DEMO, 'staff.csv'),
} as const;

export const DEMO_STORE = {
  name: 'Harbor Street Liquor',
  address: ['214 Harbor Street', 'Portsmouth, NH 03801'],
  footer: ['Thank you. Please drink responsibly.', 'Returns within 14 days with this receipt.'],
};

export const DEMO_LOCATION = 'STORE-001';
export const DEMO_TERMINAL = 'T1';
export const DEMO_PRINTER_MODEL = 'epson-tm-m30';

export interface DemoTillOptions {
  readonly folder: string;
  readonly server: { readonly url: string; readonly token: string } | null;
  readonly printer: { readonly host: string; readonly port: number } | null;
  readonly onProgress?: (progress: ImportProgress) => void;
}

export async function setUpDemoTill({ folder, server, printer, onProgress }: DemoTillOptions): Promise<void> {
  await setUpTerminal({
    folder,
    settings: {
      storeName: DEMO_STORE.name,
      storeAddress: DEMO_STORE.address,
      receiptFooter: DEMO_STORE.footer,
      locationId: DEMO_LOCATION,
      terminalId: DEMO_TERMINAL,
      server,
      printer: printer && { ...printer, model: DEMO_PRINTER_MODEL },
    },
    files: demoFiles,
    now: new Date(),
    ...(onProgress ? { onProgress } : {}),
  });
}

/** `cashier 1111 · manager 2222`, one of each role: what `npm start` tells. */
export function demoPins(): string {
  const staff = readStaff(demoFiles.staff);
  return (['cashier', 'manager'] as const)
    .map((role) => `${role} ${staff.find((member) => member.role === role)?.pin ?? '–'}`)
    .join(' · ');
}
