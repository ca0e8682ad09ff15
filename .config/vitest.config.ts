import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: process.cwd(),
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two processes that compete for two cores are slower than one after the other, and their times mean nothing.
    maxWorkers: 2,
    setupFiles: process.env.CI ? ['.config/fixed-seed.ts'] : [],
  },
});
