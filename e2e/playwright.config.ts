import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

/** `npm test` says which; run alone, Debian's is taken, else the one that Playwright itself has installed. */
const chromium = [process.env['HOLDFAST_CHROMIUM'] ?? '', '/usr/bin/chromium'].find(
  (file) => file !== '' && existsSync(file),
);

export default defineConfig({
  testDir: '.',
  // Two cores and one database process per test: side by side they would only wait for each other.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  outputDir: '../test-results',
  use: {
    viewport: { width: 1024, height: 768 },
    locale: 'en-US',
    trace: 'retain-on-failure',
    launchOptions: {
      ...(chromium === undefined ? {} : { executablePath: chromium }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--autoplay-policy=no-user-gesture-required',
      ],
    },
  },
});
