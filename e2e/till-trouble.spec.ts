/** What goes wrong at a counter, seen from the counter. */
import { COLA, WINE, giveBirthDate, line, openTill, scan, sellForExactCash, signIn } from './cashier.ts';
import { expect, test } from './store.ts';

test('bad scans are refused in a sentence and change nothing', async ({ page, store }) => {
  await openTill(page, store);
  await signIn(page);
  await scan(page, COLA);
  await expect(page.getByTestId('sale-line')).toHaveCount(1);
  const refusal = page.getByTestId('refusal').first();

  await scan(page, '4006381333931');
  await expect(refusal).toContainText('No item has the barcode 4006381333931');
  await scan(page, '851009000107');
  await expect(refusal).toContainText('should end in 8');
  await scan(page, '9'.repeat(500));
  await expect(refusal).toContainText('too long');
  await scan(page, '8510\u00e9\u00ff\u4e00900');
  await expect(refusal).toContainText(/unreadable|not a product barcode/);

  await expect(page.getByTestId('sale-line')).toHaveCount(1);
  await scan(page, COLA);
  await expect(page.getByTestId('sale-line')).toHaveAttribute('data-quantity', '2');
  await expect(refusal).toBeHidden();
});

test('a scan during payment is refused and the amount due stays', async ({ page, store }) => {
  await openTill(page, store);
  await signIn(page);
  await scan(page, COLA);
  await expect(page.getByTestId('sale-line')).toHaveCount(1);
  await page.keyboard.press('Enter');
  const due = await page.getByTestId('amount-due').textContent();
  await scan(page, COLA);
  await expect(page.getByTestId('refusal').first()).toContainText('Payment is open');
  await expect(page.getByTestId('amount-due')).toHaveText(due ?? '');
  await page.keyboard.press('Escape');
  await scan(page, COLA);
  await expect(page.getByTestId('sale-line')).toHaveAttribute('data-quantity', '2');
});

test('the next scan after a sale starts the next sale', async ({ page, store }) => {
  await openTill(page, store);
  await signIn(page);
  await sellForExactCash(page, COLA);
  await scan(page, WINE);
  await expect(line(page, 'WINE-CAB-001')).toHaveAttribute('data-quantity', '1');
  await expect(page.getByTestId('sale-line')).toHaveCount(1);
});

test('a customer under age gets no wine and may still buy the cola', async ({ page, store }) => {
  await openTill(page, store);
  await signIn(page);
  await scan(page, WINE);
  await scan(page, COLA);
  await giveBirthDate(page, '03092010');
  await expect(page.getByTestId('age-panel')).toContainText(/under 21/i);
  await page.getByTestId('pay-button').click();
  await expect(page.getByTestId('amount-due')).toBeHidden();
  await page.getByTestId('remove-restricted').click();
  await expect(page.getByTestId('sale-line')).toHaveCount(1);
  await page.getByTestId('pay-button').click();
  await expect(page.getByTestId('amount-due')).toBeVisible();
});

test('card by an external terminal: approval code, receipt, no drawer', async ({ page, store }) => {
  await openTill(page, store);
  await signIn(page);
  await scan(page, COLA);
  await expect(page.getByTestId('sale-line')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('amount-due')).toBeVisible();
  await page.keyboard.press('F3');
  await page.keyboard.type('zz', { delay: 60 });
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('paid')).toBeHidden();
  await page.keyboard.type('99', { delay: 60 });
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('paid')).toBeVisible();
  await expect.poll(() => store.printer.receipts().length).toBe(1);
  expect(store.printer.receipts()[0]?.text).toContain('ZZ99');
  expect(store.printer.drawerPulses()).toBe(0);
});

test('the till is killed in the middle of a sale: the sale is there again', async ({ page, store }) => {
  await openTill(page, store);
  await signIn(page);
  await scan(page, COLA);
  await scan(page, COLA);
  await expect(page.getByTestId('sale-line')).toHaveAttribute('data-quantity', '2');
  await store.till.kill();
  await expect(page.getByTestId('connection-banner')).toBeVisible();
  await store.restartTill();
  await page.context().clearCookies();
  await openTill(page, store);
  await signIn(page);
  await expect(page.getByTestId('sale-line')).toHaveAttribute('data-quantity', '2');
});

test('paper out holds the receipt, not the next sale; with paper back it comes out by itself', async ({
  page,
  store,
}) => {
  await openTill(page, store);
  await signIn(page);
  store.printer.setCondition({ paper: 'out' });
  for (const expected of [1, 2]) {
    await sellForExactCash(page, COLA);
    await expect(page.getByText(/out of paper/i).first()).toBeVisible();
    expect(store.printer.drawerPulses()).toBe(expected);
    await page.keyboard.press('Enter');
  }
  expect(store.printer.receipts()).toHaveLength(0);
  store.printer.setCondition({ paper: 'ok' });
  await expect.poll(() => store.printer.receipts().length, { timeout: 20_000 }).toBe(2);
  await expect(page.getByText(/out of paper/i)).toHaveCount(0);
});

test('a receipt is printed again, marked as a copy', async ({ page, store }) => {
  await openTill(page, store);
  await signIn(page);
  await sellForExactCash(page, COLA);
  await expect.poll(() => store.printer.receipts().length).toBe(1);
  await page.keyboard.press('F8');
  await expect.poll(() => store.printer.receipts().length).toBe(2);
  const [first, copy] = store.printer.receipts().map(({ text }) => text);
  expect(copy).toContain('COPY');
  expect(first).not.toContain('COPY');
});

test('the link opens the till once; another browser is told how to get in', async ({
  page,
  store,
  browser,
}) => {
  await openTill(page, store);
  const stranger = await browser.newContext();
  const other = await stranger.newPage();
  await other.goto(store.till.link);
  await expect(other.getByRole('heading')).toContainText('does not open the till');
  await stranger.close();
  await page.reload();
  await expect(page.getByTestId('pin-pad')).toBeVisible();
});

test('by touch alone, from the PIN to the change', async ({ page, store }) => {
  await openTill(page, store);
  for (const digit of '1111')
    await page.getByTestId('pin-pad').getByRole('button', { name: digit, exact: true }).click();
  await page.getByTestId('sign-in').click();
  await page.getByTestId('quick-key').filter({ hasText: 'Cola' }).first().click();
  await expect(page.getByTestId('sale-line')).toHaveCount(1);
  await page.getByTestId('pay-button').click();
  await page.getByTestId('tender-exact').click();
  await expect(page.getByTestId('change')).toBeVisible();
  await page.getByTestId('new-sale').click();
  await expect(page.getByTestId('search')).toBeVisible();
});
