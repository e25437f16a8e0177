import { fetchV15 } from '@platformatic/kafka';
import { EventLogError } from '../errors.ts';
import type { Offset } from '../events.ts';
import type { MailboxRecord, ReadOptions } from '../mailboxes.ts';
import type { Cluster } from './cluster.ts';
import { ERROR, isElsewhere } from './error-codes.ts';
import type { Offsets } from './offsets.ts';
import { type FetchedRecord, recordsFrom } from './records.ts';
import { createRequests, type Outcome } from './requests.ts';

const TOPICS_PER_REQUEST = 500;
const REQUEST_MS = 3_000;
/** Bytes of one answer: bounds what is held while it is parsed. A topic that found no room asks again. */
const ANSWER_BYTES = 8 * 1024 * 1024;
/** Bytes of one topic in an answer. The first batch always comes whole. */
const TOPIC_BYTES = 1024 * 1024;
/** What a record costs in an answer beside its value, so that small values do not make a page too short. */
const RECORD_OVERHEAD = 32;

interface Page {
  readonly records: readonly FetchedRecord[];
  readonly next: Offset;
  readonly head: Offset;
  readonly outOfRange: boolean;
}

interface Question {
  readonly from: Offset;
  readonly maxBytes: number;
}

/** Reads that wait for nothing: what is there, page by page. Without a fetch session: each is a question of its own. */
export interface Fetches {
  read(topic: string, options: ReadOptions): Promise<MailboxRecord[]>;
  close(): void;
}

export function createFetches(cluster: Cluster, offsets: Offsets): Fetches {
  const requests = createRequests<Question, Page>(cluster, {
    topicsPerRequest: TOPICS_PER_REQUEST,
    requestMs: REQUEST_MS,
    merge: (a, b) => (a.from === b.from && a.maxBytes === b.maxBytes ? a : null),
    async perform(link, questions) {
      const byId = new Map<string, { topic: string; from: Offset }>();
      const asked: fetchV15.FetchRequestTopic[] = [];
      for (const [topic, { from, maxBytes }] of questions) {
        const leader = cluster.leaderOf(topic);
        if (!leader) continue;
        byId.set(leader.topicId, { topic, from });
        asked.push(wanted(leader.topicId, leader.epoch, from, maxBytes));
      }
      const answer = await link.ask((connection) =>
        fetchV15.api.async(connection, 0, 0, ANSWER_BYTES, 0, 0, -1, asked, [], ''),
      );
      const outcomes = new Map<string, Outcome<Page>>();
      for (const { topicId, partitions } of answer.responses) {
        const place = byId.get(topicId);
        const [partition] = partitions;
        if (place && partition) outcomes.set(place.topic, outcomeOf(place.topic, place.from, partition));
      }
      return outcomes;
    },
  });

  /** Where to go on when the offset is not there: at the first kept record, or nowhere beyond the head. */
  async function reposition(topic: string, from: Offset): Promise<Offset | null> {
    const start = await offsets.start(topic);
    return from < start ? start : null;
  }

  return {
    async read(topic, { from, limit, maxBytes }) {
      const records: MailboxRecord[] = [];
      let position = from;
      let bytes = 0;
      for (;;) {
        const left = Math.min(TOPIC_BYTES, maxBytes - bytes + RECORD_OVERHEAD * (limit - records.length));
        const page = await requests.ask(topic, { from: position, maxBytes: left });
        if (page.outOfRange) {
          const start = await reposition(topic, position);
          if (start === null) return records;
          position = start;
          continue;
        }
        for (const { offset, value } of page.records) {
          bytes += value?.byteLength ?? 0;
          if (records.length >= limit || (records.length > 0 && bytes > maxBytes)) return records;
          // A mailbox has no tombstones: whoever wrote one wrote nothing that decodes.
          records.push({ offset, value: value ?? new Uint8Array() });
        }
        position = page.next;
        const isFull = records.length >= limit || (records.length > 0 && bytes >= maxBytes);
        if (isFull || position >= page.head) return records;
      }
    },
    close: () => requests.close(),
  };
}

const wanted = (
  topicId: string,
  currentLeaderEpoch: number,
  from: Offset,
  partitionMaxBytes: number,
): fetchV15.FetchRequestTopic => ({
  topicId,
  partitions: [
    {
      partition: 0,
      currentLeaderEpoch,
      fetchOffset: BigInt(from),
      lastFetchedEpoch: -1,
      partitionMaxBytes,
    },
  ],
});

function outcomeOf(
  topic: string,
  from: Offset,
  { errorCode, highWatermark, records: batches }: fetchV15.FetchResponsePartition,
): Outcome<Page> {
  const head = Number(highWatermark);
  if (errorCode === ERROR.offsetOutOfRange)
    return { answer: { records: [], next: from, head, outOfRange: true } };
  if (isElsewhere(errorCode)) return { retry: 'elsewhere', code: errorCode };
  if (errorCode !== ERROR.none)
    return { error: new EventLogError('unavailable', `Fetch of ${topic}: error ${errorCode}`) };
  const { records, next } = recordsFrom(batches, from);
  // Others filled the answer.
  if (next === from && from < head) return { retry: 'here' };
  return { answer: { records, next, head, outOfRange: false } };
}
