import type { Harness } from '../src/contract/harness.ts';
import { startWriterProcess } from '../src/contract/writer-process.ts';
import { type KafkaLog, openKafka } from './open-kafka.ts';

/** The brokers of this run. Closing the interface closes the whole instance: each has connections of its own. */
export function kafkaHarness<T extends { close(): Promise<void> }>(
  bootstrap: string,
  pick: (log: KafkaLog) => T,
  writer: URL,
): Harness<T> {
  return async () => ({
    async open() {
      const log = openKafka(bootstrap);
      return { ...pick(log), close: log.close };
    },
    startWriter: async (topic) => startWriterProcess(writer, [bootstrap, topic]),
    // Each topic has a name that no other test has, and goes with the broker.
    remove: async () => {},
  });
}
