import type { Harness } from '../src/contract/harness.ts';
import { startWriterProcess } from '../src/contract/writer-process.ts';
import { type KafkaSecurity, NO_SECURITY } from '../src/kafka/security.ts';
import { type KafkaLog, openKafka } from './open-kafka.ts';

export interface KafkaPlace {
  /** `host:port,host:port`. */
  readonly bootstrap: string;
  readonly security?: KafkaSecurity;
}

/** The brokers of this run. Closing the interface closes the whole instance: each has connections of its own. */
export function kafkaHarness<T extends { close(): Promise<void> }>(
  place: () => KafkaPlace,
  pick: (log: KafkaLog) => T,
  writer: URL,
): Harness<T> {
  return async () => {
    const { bootstrap, security = NO_SECURITY } = place();
    return {
      async open() {
        const log = openKafka(bootstrap, {}, security);
        return { ...pick(log), close: log.close };
      },
      startWriter: async (topic) => startWriterProcess(writer, [bootstrap, topic, JSON.stringify(security)]),
      // Each topic has a name that no other test has, and goes with the broker.
      remove: async () => {},
    };
  };
}
