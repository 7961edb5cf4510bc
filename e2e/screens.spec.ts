/**
 * Every screen, at both sizes that tills have, on the demo catalogue. Runs with the other tests, so a screen that
 * cannot be reached any more is noticed; `npm run screens` writes the pictures to docs/screens.
 */
import path from 'node:path';
import type { Page } from '@playwright/test';
import { COLA, MANAGER_PIN, WINE, giveBirthDate, openTill, payExactCash, scan, signIn } from './cashier.ts';
import { expect, test } from './store.ts';

const FOLDER = process.env['HOLDFAST_SCREENS'] ?? path.join(import.meta.dirname, '../test-results/screens');
const SIZES = [
  { width: 1024, height: 768 },
  { width: 1920, height: 1080 },
] as const;

/** Bought together on a Friday: prices, a deposit, two departments, more than one of a thing. */
const BASKET = ['BEER-BUD-001', 'BEER-COORS-002', 'WINE-CHARD-002'] as const;

async function shoot(page: Page, name: string): Promise<void> {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await page.screenshot({
      path: path.join(FOLDER, `${name}-${size.width}x${size.height}.png`),
      animations: 'disabled',
    });
  }
  await page.setViewportSize(SIZES[0]);
}

test('every screen can be reached and photographed', async ({ page, store }) => {
  test.setTimeout(180_000);
  await openTill(page, store);
  await shoot(page, '01-sign-in');

  await signIn(page, MANAGER_PIN);
  await expect(page.getByTestId('quick-key').first()).toBeVisible();
  await shoot(page, '02-sell-empty');

  await scan(page, WINE);
  await scan(page, WINE);
  await scan(page, COLA);
  for (const sku of BASKET) await scan(page, sku);
  await expect(page.getByTestId('sale-line')).toHaveCount(5);
  await expect(page.getByTestId('age-panel')).toBeVisible();
  await shoot(page, '03-age-check');

  await giveBirthDate(page, '03092010');
  await expect(page.getByTestId('age-panel')).toContainText(/under 21/i);
  await shoot(page, '04-age-refused');

  await page.getByRole('button', { name: /correct/i }).click();
  await giveBirthDate(page, '05171980');
  await expect(page.getByTestId('age-confirmed')).toBeVisible();
  await shoot(page, '05-sell');

  await page.keyboard.type('gin', { delay: 60 });
  await expect(page.getByTestId('search-result').first()).toBeVisible();
  await shoot(page, '06-search');
  await page.keyboard.press('Escape');

  await scan(page, '4006381333932');
  await expect(page.getByTestId('refusal').first()).toBeVisible();
  await shoot(page, '07-refusal');

  await page.getByTestId('pay-button').click();
  await expect(page.getByTestId('amount-due')).toBeVisible();
  await page.keyboard.type('10000', { delay: 60 });
  await shoot(page, '08-pay-cash');
  await page.getByRole('tab', { name: /card/i }).click();
  await shoot(page, '09-pay-card');
  await page.getByRole('tab', { name: /cash/i }).click();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('change')).toBeVisible();
  await expect.poll(() => store.printer.receipts().length).toBe(1);
  await shoot(page, '10-done');
  await page.keyboard.press('Enter');

  store.printer.setCondition({ paper: 'out' });
  await scan(page, COLA);
  await page.getByTestId('pay-button').click();
  await payExactCash(page);
  await expect(page.getByText(/out of paper/i).first()).toBeVisible();
  await shoot(page, '11-done-printer-out-of-paper');
  await page.keyboard.press('Enter');

  await page.getByRole('button', { name: /more/i }).click();
  await shoot(page, '12-more');
  await page.getByRole('button', { name: /low on stock, sync/i }).click();
  await expect(page.getByTestId('low-stock-row').first()).toBeVisible();
  await shoot(page, '13-manager');

  await store.stopServer();
  await expect(page.getByTestId('sync-badge')).toHaveAttribute('data-state', /offline|connecting/);
  await shoot(page, '14-manager-offline');

  await page.goto(store.printer.pageUrl);
  await expect(page.locator('img').first()).toBeVisible();
  await shoot(page, '15-virtual-printer');

  await page.context().clearCookies();
  await page.goto(store.till.link);
  await shoot(page, '16-link-used');
});
