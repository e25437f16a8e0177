import { deleteRecordsV2 } from '@platformatic/kafka';
import { EventLogError } from '../errors.ts';
import type { Offset } from '../events.ts';
import type { Cluster } from './cluster.ts';
import { ERROR, isAgain } from './error-codes.ts';
import { createRequests, type Outcome } from './requests.ts';

const TOPICS_PER_REQUEST = 500;
/** Milliseconds in which all replicas have to drop the records: the first time on three brokers took 700. */
const REPLICAS_MS = 10_000;

/** Lets the log drop records (DeleteRecords), many topics in one request. The disk is freed a segment at a time. */
export interface Trims {
  trim(topic: string, before: Offset): Promise<void>;
  close(): void;
}

export function createTrims(cluster: Cluster): Trims {
  const requests = createRequests<Offset, null>(cluster, {
    topicsPerRequest: TOPICS_PER_REQUEST,
    requestMs: REPLICAS_MS + 1_000,
    merge: Math.max,
    async perform(link, questions) {
      const asked = [...questions].map(([name, before]) => ({
        name,
        partitions: [{ partitionIndex: 0, offset: BigInt(before) }],
      }));
      const answer = await link.ask((connection) =>
        deleteRecordsV2.api.async(connection, asked, REPLICAS_MS),
      );
      return new Map(
        answer.topics.map(({ name, partitions }) => [name, outcomeOf(name, partitions[0]?.errorCode)]),
      );
    },
  });
  return {
    async trim(topic, before) {
      await requests.ask(topic, before);
    },
    close: () => requests.close(),
  };
}

function outcomeOf(topic: string, errorCode = -1): Outcome<null> {
  // Out of range: the log begins later already, or ends before; either way nothing is to be dropped.
  if (errorCode === ERROR.none || errorCode === ERROR.offsetOutOfRange) return { answer: null };
  if (isAgain(errorCode)) return { retry: 'elsewhere', code: errorCode };
  return { error: new EventLogError('unavailable', `DeleteRecords of ${topic}: error ${errorCode}`) };
}
