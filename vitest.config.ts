import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{src-*,hardware,box,scripts,bench}/**/*.test.{ts,tsx}'],
    // Two cores, and many of these tests start processes of their own.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
