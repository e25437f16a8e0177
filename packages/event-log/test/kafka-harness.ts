import type { Harness } from '../src/contract/harness.ts';
import { startWriterProcess } from '../src/contract/writer-process.ts';
import { openKafkaEventLog } from '../src/kafka/open.ts';
import { kafkaOptions } from './kafka-options.ts';

type KafkaEventLog = ReturnType<typeof openKafkaEventLog>;

/** The brokers of this run. Closing the interface closes the whole instance: each has connections of its own. */
export function kafkaHarness<T extends { close(): Promise<void> }>(
  bootstrap: string,
  pick: (log: KafkaEventLog) => T,
  writer: URL,
): Harness<T> {
  return async () => ({
    async open() {
      const log = openKafkaEventLog(kafkaOptions(bootstrap));
      return { ...pick(log), close: log.close };
    },
    startWriter: async (topic) => startWriterProcess(writer, [bootstrap, topic]),
    // Each topic has a name that no other test has, and goes with the broker.
    remove: async () => {},
  });
}
