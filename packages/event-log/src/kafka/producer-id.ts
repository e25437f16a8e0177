import { initProducerIdV4 } from '@platformatic/kafka';
import type { Cluster } from './cluster.ts';
import { ERROR } from './error-codes.ts';

/** Topics whose sequence is remembered under one producer id, some 20 MB. With more a new id begins. */
const TOPICS_MAX = 100_000;
/** Of transactions, which there are none of. */
const NO_TRANSACTION_MS = 60_000;

/**
 * An identity under which batches are numbered (KIP-98): a broker that gets one twice answers with the offset of the first
 * and writes it once.
 */
export interface ProducerId {
  readonly id: bigint;
  readonly epoch: number;
  /** The number of the topic's next record; `count` numbers are taken. */
  take(topic: string, count: number): number;
  /** The batch with that number was refused for good: its numbers are free. */
  giveBack(topic: string, sequence: number): void;
  /** It remembers as many topics as it may. */
  isFull(): boolean;
}

export async function requestProducerId(cluster: Cluster): Promise<ProducerId> {
  const answer = await cluster.askAny((connection) =>
    initProducerIdV4.api.async(connection, null, NO_TRANSACTION_MS, -1n, -1),
  );
  if (answer.errorCode !== ERROR.none) throw new Error(`InitProducerId: error ${answer.errorCode}`);
  const next = new Map<string, number>();
  return {
    id: answer.producerId,
    epoch: answer.producerEpoch,
    take(topic, count) {
      const sequence = next.get(topic) ?? 0;
      // Numbers are 31 bits and begin again at 0.
      next.set(topic, (sequence + count) % 2 ** 31);
      return sequence;
    },
    giveBack: (topic, sequence) => void next.set(topic, sequence),
    isFull: () => next.size >= TOPICS_MAX,
  };
}
