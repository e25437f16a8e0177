import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{packages,services}/*/test/**/*.test.ts', '{gateway,tui,bench,test}/**/*.test.ts'],
    globalSetup: './tools/postgres/global-setup.ts',
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    allowOnly: false,
    reporters: ['default', './tools/strict-reporter.ts'],
  },
});
