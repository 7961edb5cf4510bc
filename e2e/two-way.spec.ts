/** What comes down from the server, as the people at the till see it, in a real browser. */
import path from 'node:path';
import type { Page } from '@playwright/test';
import { connectTill } from '#box/till-client.ts';
import { enrolTill } from '#main/setup/enrol-till.ts';
import { readStatusFile } from '#main/terminal/status-file.ts';
import { z } from 'zod';
import { asker } from '#box/ask-server.ts';
import { readAdminKey } from '#box/enrol.ts';
import { startTerminalProcess } from '#box/services.ts';
import { catalogueLoaded } from '#box/catalogue-loaded.ts';
import {
  CASHIER_PIN,
  COLA,
  MANAGER_PIN,
  expectBadge,
  line,
  openTill,
  payExactCash,
  scan,
  signIn,
} from './cashier.ts';
import { type TestStore, expect, test } from './store.ts';

test.use({ setUp: 'from server' });

const COLA_SKU = 'SODA-COLA-001';

/** A till that was enrolled knows nobody before its first snapshot. */
async function openLoadedTill(page: Page, store: TestStore, pin = CASHIER_PIN): Promise<void> {
  await openTill(page, store);
  await expect(page.getByTestId('first-load')).toHaveCount(0, { timeout: 30_000 });
  await signIn(page, pin);
  await expectBadge(page, /live/, 0);
}

test('a till that was enrolled by a code has its people, prices, keys and stock from the server, and sells', async ({
  page,
  store,
}) => {
  await openLoadedTill(page, store);
  await expect(page.getByTestId('quick-key').first()).toBeVisible();
  await scan(page, COLA);
  await expect(line(page, COLA_SKU)).toBeVisible();
  await page.keyboard.press('Enter');
  await payExactCash(page);
  await expectBadge(page, /live/, 0);
  await expect.poll(() => store.printer.receipts().length).toBe(1);
  const text = store.printer.receipts()[0]?.text ?? '';
  expect(text).toContain('Harbor Street Liquor');
  expect(text).toContain('STORE-001-T1-000001');
});

test('a new price is told in the open sale, and does not move what somebody is paying', async ({
  page,
  store,
}) => {
  await openLoadedTill(page, store);
  await scan(page, COLA);
  await scan(page, COLA);
  const before = Number(await page.getByTestId('subtotal').getAttribute('data-cents'));

  await store.setPrice(COLA_SKU, 2.25);
  const committed = performance.now();
  await expect(page.getByTestId('sale-notices')).toContainText('New price 2.25');
  console.log(
    `price on the server to notice on the screen: ${(performance.now() - committed).toFixed(0)} ms`,
  );
  await expect(page.getByTestId('subtotal')).toHaveAttribute('data-cents', '450');
  expect(before).not.toBe(450);
  await page.getByTestId('dismiss-notices').click();
  await expect(page.getByTestId('sale-notices')).toHaveCount(0);

  await page.keyboard.press('Enter');
  const due = await page.getByTestId('amount-due').textContent();
  const cursor = cursorOf(store);
  await store.setPrice(COLA_SKU, 9.99);
  await expect.poll(() => cursorOf(store)).not.toBe(cursor);
  await expect(page.getByTestId('amount-due')).toHaveText(due ?? '');
  await payExactCash(page);
  await page.keyboard.press('Enter');
  await scan(page, COLA);
  await expect(page.getByTestId('subtotal')).toHaveAttribute('data-cents', '999');
});

test('two tills of a store see each other’s sales in their stock, and agree with the server', async ({
  page,
  store,
}) => {
  await openLoadedTill(page, store);
  const before = await onHand(page);
  const other = path.join(store.folder, 'other');
  const url = store.server?.url ?? '';
  const ask = asker(url, readAdminKey(store.serverData));
  const { code } = z.object({ code: z.string() }).parse(
    await ask({
      method: 'POST',
      path: '/api/enrolment-codes',
      body: { terminal_id: 'T2', location_id: 'STORE-001' },
    }),
  );
  await enrolTill({ folder: other, serverUrl: url, code, printer: null, now: new Date() });
  const second = await startTerminalProcess({
    data: other,
    port: 0,
    log: path.join(store.folder, 'other.log'),
  });
  try {
    await catalogueLoaded(other, new AbortController().signal);
    const client = await connectTill(second.link);
    await client.call('session.signIn', { pin: CASHIER_PIN });
    await client.call('sale.addItem', { sku: COLA_SKU, quantity: 3 });
    const { orderId, total } = await client.call('sale.beginPayment', {});
    await client.call('sale.tenderCash', { orderId, total, tendered: total });
    client.close();
    await expect.poll(() => onHand(page)).toBe(before - 3);
  } finally {
    await second.stop();
  }
});

test('the system page says how the till stands, and backs it up', async ({ page, store }) => {
  await openLoadedTill(page, store, MANAGER_PIN);
  await page.keyboard.press('F10');
  await page.keyboard.press('F8');
  const health = page.getByTestId('system-health');
  await expect(health).toContainText('up to date');
  await expect(health).toContainText('number 1');
  await page.getByTestId('back-up').click();
  await expect(page.getByTestId('back-up')).toHaveText('Back up now');
  await expect(health).not.toContainText('none yet');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('sync-panel')).toContainText('Acknowledged');
});

/** What the search shows of the cola. */
async function onHand(page: Page): Promise<number> {
  await page.keyboard.press('Escape');
  await page.keyboard.type('fountain street cola', { delay: 60 });
  const shown = page.locator(`[data-testid="search-result"][data-sku="${COLA_SKU}"]`);
  await expect(shown).toBeVisible();
  const found = /(\d+) in stock/.exec((await shown.textContent()) ?? '');
  await page.keyboard.press('Escape');
  return Number(found?.[1]);
}

/** How far the till has the server's word, by its own. */
function cursorOf(store: TestStore): string | null {
  return readStatusFile(store.tillData)?.status.sync.down.cursor ?? null;
}
