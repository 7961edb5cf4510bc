/** What a cashier does, as steps: by keyboard, scanner and finger, never by the till's API. */
import { type Locator, type Page, expect } from '@playwright/test';
import type { TestStore } from './store.ts';

export const CASHIER_PIN = '1111';
export const MANAGER_PIN = '2222';
export const WINE = '851009000108';
export const COLA = '06214159';

export async function openTill(page: Page, store: TestStore): Promise<void> {
  await page.goto(store.till.link);
  await expect(page.getByTestId('pin-pad')).toBeVisible();
}

export async function signIn(page: Page, pin: string = CASHIER_PIN): Promise<void> {
  await page.keyboard.type(pin, { delay: 60 });
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('search')).toBeVisible();
}

/** How soon a hand follows. */
const HAND_MS = 80;
/** Between two keys of a scanner. */
const SCANNER_KEY_SECONDS = 0.004;

/**
 * As a wedge scanner types: a few milliseconds between the keys, and Enter behind them. The keys carry the times at
 * which a scanner would have sent them and are sent without waiting for each other, because a test runner on a
 * busy machine types as slowly as a person.
 */
export async function scan(page: Page, code: string): Promise<void> {
  const browser = await page.context().newCDPSession(page);
  const started = Date.now() / 1000;
  const keys = [
    ...Array.from(code, (character) => ({ key: character, text: character })),
    { key: 'Enter', text: '\r' },
  ];
  await Promise.all(
    keys.flatMap(({ key, text }, index) => {
      const timestamp = started + index * SCANNER_KEY_SECONDS;
      return [
        browser.send('Input.dispatchKeyEvent', { type: 'keyDown', key, text, timestamp }),
        browser.send('Input.dispatchKeyEvent', {
          type: 'keyUp',
          key,
          timestamp: timestamp + SCANNER_KEY_SECONDS / 2,
        }),
      ];
    }),
  );
  await browser.detach();
  // No hand is on the next key sooner; a quicker Enter would be the scanner's own second one, which the till swallows.
  await page.waitForTimeout(HAND_MS);
}

/** Enter with nothing typed. For a moment the till takes it for a bounce of the one that opened the payment, and shows when not. */
export async function payExactCash(page: Page): Promise<void> {
  await expect(page.getByTestId('tender-exact')).toHaveAttribute('aria-keyshortcuts', 'Enter');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('change')).toBeVisible();
}

/** A whole sale of one thing that nobody has to be old for. */
export async function sellForExactCash(page: Page, code: string): Promise<void> {
  await scan(page, code);
  await expect(page.getByTestId('sale-line')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await payExactCash(page);
}

/** Types the birth date into the panel that asks for it. */
export async function giveBirthDate(page: Page, digits: string): Promise<void> {
  await expect(page.getByTestId('age-panel')).toBeVisible();
  await page.keyboard.type(digits, { delay: 60 });
  await page.keyboard.press('Enter');
}

export function line(page: Page, sku: string): Locator {
  return page.locator(`[data-testid="sale-line"][data-sku="${sku}"]`);
}

/** The badge as a machine reads it: state and number of waiting events. */
export async function expectBadge(page: Page, state: RegExp, waiting: number): Promise<void> {
  const badge = page.getByTestId('sync-badge');
  await expect(badge).toHaveAttribute('data-state', state);
  await expect(badge).toHaveAttribute('data-waiting', String(waiting));
}
