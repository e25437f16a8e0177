import { listOffsetsV9 } from '@platformatic/kafka';
import { EventLogError } from '../errors.ts';
import type { Offset } from '../events.ts';
import type { Cluster } from './cluster.ts';
import { ERROR, isElsewhere } from './error-codes.ts';
import { createRequests, type Outcome } from './requests.ts';

/** ListOffsets (protocol guide): the special timestamps. */
const LATEST = -1n;
const EARLIEST = -2n;
const TOPICS_PER_REQUEST = 1_000;
const REQUEST_MS = 3_000;
/** As a client, not a replica. */
const NO_REPLICA = -1;
const READ_UNCOMMITTED = 0;

/** Where topics begin and end. */
export interface Offsets {
  /** The offset that the next record will get, as far as it is durable. */
  head(topic: string, answerMs?: number): Promise<Offset>;
  /** The first record that is kept; the head when none is. */
  start(topic: string): Promise<Offset>;
  close(): void;
}

export function createOffsets(cluster: Cluster): Offsets {
  const requests = (timestamp: bigint) =>
    createRequests<'where', Offset>(cluster, {
      topicsPerRequest: TOPICS_PER_REQUEST,
      requestMs: REQUEST_MS,
      merge: (question) => question,
      async perform(link, questions) {
        const asked = [...questions.keys()].map((name) => ({
          name,
          partitions: [
            { partitionIndex: 0, currentLeaderEpoch: cluster.leaderOf(name)?.epoch ?? -1, timestamp },
          ],
        }));
        const answer = await link.ask((connection) =>
          listOffsetsV9.api.async(connection, NO_REPLICA, READ_UNCOMMITTED, asked),
        );
        return new Map(
          answer.topics.flatMap(({ name, partitions: [partition] }) =>
            partition ? [[name, outcomeOf(name, partition)] as const] : [],
          ),
        );
      },
    });
  const heads = requests(LATEST);
  const starts = requests(EARLIEST);
  return {
    head: (topic, answerMs) => heads.ask(topic, 'where', answerMs),
    start: (topic) => starts.ask(topic, 'where'),
    close() {
      heads.close();
      starts.close();
    },
  };
}

function outcomeOf(
  topic: string,
  { errorCode, offset }: { readonly errorCode: number; readonly offset: bigint },
): Outcome<Offset> {
  if (errorCode === ERROR.none) return { answer: Number(offset) };
  if (isElsewhere(errorCode)) return { retry: 'elsewhere', code: errorCode };
  return { error: new EventLogError('unavailable', `ListOffsets of ${topic}: error ${errorCode}`) };
}
