import { defineConfig } from 'vitest/config';

/** `npm run test:compose`: apart from the other tests, because it needs docker. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/compose/*.compose.test.ts'],
    allowOnly: false,
    // The tests are one story: what comes after a failure says nothing.
    bail: 1,
    reporters: ['default', ['./tools/strict-reporter.ts', { kafkaMissing: null }]],
    // A first build compiles SQLite; a start waits for a broker and a registry.
    hookTimeout: 900_000,
    testTimeout: 300_000,
  },
});
