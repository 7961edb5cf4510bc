import { defineConfig } from '@playwright/test';

const chromium = process.env['HOLDFAST_CHROMIUM'];

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
      executablePath: chromium === undefined || chromium === '' ? '/usr/bin/chromium' : chromium,
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
