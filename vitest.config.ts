import { defineConfig, type TestProjectInlineConfiguration, type ViteUserConfig } from 'vitest/config';
import { canRunKafka } from './tools/kafka/jars.ts';

const KAFKA_TESTS = '**/*.kafka.test.ts';
/** They have a configuration of their own, in test/compose. */
const COMPOSE_TESTS = '**/*.compose.test.ts';

const plain: TestProjectInlineConfiguration = {
  test: {
    name: 'plain',
    include: [
      '{packages,services}/*/test/**/*.test.ts',
      '{gateway,tui,cli,examples,bench,test,tools}/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', KAFKA_TESTS, COMPOSE_TESTS],
    globalSetup: './tools/postgres/global-setup.ts',
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    sequence: { groupOrder: 1 },
  },
};

/** Those that need a broker: after all others and one at a time, since a broker takes a core of its own. */
const kafka: TestProjectInlineConfiguration = {
  test: {
    name: 'kafka',
    include: [KAFKA_TESTS],
    globalSetup: './tools/kafka/shared-broker.ts',
    pool: 'forks',
    maxWorkers: 1,
    // A broker that was killed takes its time to be let in again.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    sequence: { groupOrder: 2 },
  },
};

export default defineConfig(async (): Promise<ViteUserConfig> => {
  const able = await canRunKafka();
  if (!able.ok && process.env.CI === 'true') throw new Error(`the Kafka tests cannot run: ${able.reason}`);
  return {
    test: {
      allowOnly: false,
      reporters: ['default', ['./tools/strict-reporter.ts', { kafkaMissing: able.ok ? null : able.reason }]],
      projects: able.ok ? [plain, kafka] : [plain],
    },
  };
});
