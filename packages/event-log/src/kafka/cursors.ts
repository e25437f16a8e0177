import { offsetCommitV9, offsetFetchV9 } from '@platformatic/kafka';
import { EventLogError } from '../errors.ts';
import type { Offset } from '../events.ts';
import type { Coordinators } from './coordinators.ts';
import { ERROR, isCoordinatorElsewhere, isElsewhere } from './error-codes.ts';
import type { Link } from './link.ts';
import { createRequests, type Outcome } from './requests.ts';

/** 500 take 9 to 77 ms; 20,000 in one request failed. */
const TOPICS_PER_REQUEST = 1_000;
const REQUEST_MS = 3_000;
/** OffsetCommit of someone who is no member of the group (protocol guide): no generation, no member. */
const NO_GENERATION = -1;
const NO_MEMBER = '';

/**
 * Durable cursors: the group offsets of groups that have no members. What the stock clients do not do: commit for topics
 * that they do not consume, and for many topics in one request.
 *
 * Each cursor carries the id of its topic: the coordinator may still hold that of a topic of the same name that was deleted.
 */
export interface Cursors {
  /** 0 for a topic that has none. */
  cursor(topic: string, topicId: string): Promise<Offset>;
  /** Moves it forward; a lower one than the present changes nothing. */
  commit(topic: string, topicId: string, cursor: Offset): Promise<void>;
  close(): void;
}

interface Question {
  readonly topicId: string;
  /** Null asks where it is. */
  readonly cursor: Offset | null;
}

export function createCursors(coordinators: Coordinators): Cursors {
  const fetches = createRequests<Question, Offset>(coordinators, {
    topicsPerRequest: TOPICS_PER_REQUEST,
    requestMs: REQUEST_MS,
    merge: (a, b) => (a.topicId === b.topicId ? a : null),
    perform: (link, questions) => askCursors(link, questions, coordinators),
  });

  const commits = createRequests<Question, null>(coordinators, {
    topicsPerRequest: TOPICS_PER_REQUEST,
    requestMs: REQUEST_MS,
    merge: (a, b) =>
      a.topicId === b.topicId ? { topicId: a.topicId, cursor: Math.max(a.cursor ?? 0, b.cursor ?? 0) } : null,
    async perform(link, questions) {
      const outcomes = new Map<string, Outcome<null>>();
      const forward: offsetCommitV9.OffsetCommitRequestTopic[] = [];
      for (const [topic, present] of await askCursors(link, questions, coordinators)) {
        const { cursor = null, topicId = '' } = questions.get(topic) ?? {};
        if (!('answer' in present)) outcomes.set(topic, present);
        else if (cursor === null || present.answer >= cursor) outcomes.set(topic, { answer: null });
        else forward.push(moved(topic, topicId, cursor));
      }
      const [first] = forward;
      if (!first) return outcomes;
      const group = coordinators.groupOf(first.name);
      const answer = await link.ask((connection) =>
        offsetCommitV9.api.async(connection, group, NO_GENERATION, NO_MEMBER, null, forward),
      );
      for (const { name, partitions } of answer.topics)
        outcomes.set(name, outcomeOf('OffsetCommit', name, partitions[0]?.errorCode, null));
      return outcomes;
    },
  });

  return {
    cursor: (topic, topicId) => fetches.ask(topic, { topicId, cursor: null }),
    async commit(topic, topicId, cursor) {
      await commits.ask(topic, { topicId, cursor });
    },
    close() {
      fetches.close();
      commits.close();
    },
  };
}

const moved = (name: string, topicId: string, cursor: Offset): offsetCommitV9.OffsetCommitRequestTopic => ({
  name,
  partitions: [
    {
      partitionIndex: 0,
      committedOffset: BigInt(cursor),
      committedLeaderEpoch: -1,
      committedMetadata: topicId,
    },
  ],
});

async function askCursors(
  link: Link,
  questions: ReadonlyMap<string, Question>,
  coordinators: Coordinators,
): Promise<Map<string, Outcome<Offset>>> {
  const topics = [...questions.keys()];
  const groupId = coordinators.groupOf(topics[0] ?? '');
  const asked = topics.map((name) => ({ name, partitionIndexes: [0] }));
  const answer = await link.ask((connection) =>
    offsetFetchV9.api.async(connection, [{ groupId, memberId: null, memberEpoch: -1, topics: asked }], false),
  );
  const outcomes = new Map<string, Outcome<Offset>>();
  for (const { errorCode: groupError, topics: answered } of answer.groups) {
    if (groupError !== ERROR.none)
      return new Map(topics.map((topic) => [topic, outcomeOf('OffsetFetch', topic, groupError, 0)]));
    for (const { name, partitions } of answered) {
      const [partition] = partitions;
      const own = partition?.metadata === questions.get(name)?.topicId;
      const cursor = own ? Math.max(0, Number(partition?.committedOffset ?? 0)) : 0;
      outcomes.set(name, outcomeOf('OffsetFetch', name, partition?.errorCode, cursor));
    }
  }
  return outcomes;
}

function outcomeOf<Answer>(
  request: string,
  topic: string,
  errorCode: number | undefined,
  answer: Answer,
): Outcome<Answer> {
  if (errorCode === ERROR.none) return { answer };
  // A broker that leaves it out knows nothing of it.
  const code = errorCode ?? ERROR.unknownTopicOrPartition;
  if (isCoordinatorElsewhere(code) || isElsewhere(code)) return { retry: 'elsewhere', code };
  return { error: new EventLogError('unavailable', `${request} of ${topic}: error ${errorCode}`) };
}
