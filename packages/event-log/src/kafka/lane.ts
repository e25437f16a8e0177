import { fetchV15 } from '@platformatic/kafka';
import type { Cluster } from './cluster.ts';
import { ERROR, isElsewhere, isSessionLost } from './error-codes.ts';
import type { Fetcher, Follower } from './follower.ts';
import { recordsFrom } from './records.ts';

/** Milliseconds beyond a poll's wait for its answer: a broker that was stopped accepts connections, and answers nothing. */
const SLACK_MS = 2_000;
/** Bytes of one answer, and of one topic in it. */
const ANSWER_BYTES = 8 * 1024 * 1024;
const TOPIC_BYTES = 256 * 1024;

export interface LaneOptions {
  readonly cluster: Cluster;
  readonly node: number;
  /** Milliseconds that the broker waits for a first record. */
  readonly waitMs: number;
  /** With a session the broker remembers the topics, and each poll names only what changed. */
  readonly session: boolean;
  /** After each answer; the lane is between two polls. */
  readonly onRound: () => void;
  /** The lane has let go of them: they may be led elsewhere or be gone; or, out of range, begin later or end before. */
  readonly onLost: (followers: readonly Follower[], reason: 'moved' | 'out of range') => void;
  /** The broker did not answer; all topics are lost. */
  readonly onTrouble: (error: unknown) => void;
}

/** One connection, one fetch in flight, one fetch session. */
export interface Lane extends Fetcher {
  readonly size: number;
  followers(): Iterable<Follower>;
  close(): void;
}

/**
 * What the stock consumers do not do: follow thousands of topics at offsets of one's own, with topics coming and going at
 * any time. An incremental fetch session (KIP-227) names only the topics whose offset moved, that are new, or that are given up,
 * so a poll costs what happened and not what is followed. Topics go by their id: one that was deleted and made again is another.
 */
export function createLane(options: LaneOptions): Lane {
  const { cluster, node, waitMs, session } = options;
  const link = cluster.linkTo(node, waitMs + SLACK_MS);
  const topics = new Map<string, Follower>();
  /** To be named in the next poll. */
  let dirty = new Set<Follower>();
  /** Ids that the session still has, and should not. */
  const forgotten = new Set<string>();
  let sessionId = 0;
  let epoch = 0;
  let running = false;
  let polling = false;
  let closed = false;

  function reset(): void {
    sessionId = 0;
    epoch = 0;
    forgotten.clear();
    dirty = new Set(topics.values());
  }

  async function loop(): Promise<void> {
    running = true;
    // What is added in the same turn is in the first poll.
    await Promise.resolve();
    while (topics.size > 0 && !closed) {
      try {
        take(await poll());
        // Listeners that only yield are through by then, and need not leave the session.
        await new Promise(setImmediate);
        suspendBusy();
        options.onRound();
      } catch (error) {
        if (closed) break;
        reset();
        options.onTrouble(error);
        letGo([...topics.values()], 'moved');
      }
    }
    running = false;
    link.drop();
    reset();
  }

  async function poll(): Promise<readonly fetchV15.FetchResponseTopic[]> {
    const isNew = !session || epoch === 0;
    const asked = [...(isNew ? topics.values() : dirty)].map(wanted);
    const given = isNew ? [] : [...forgotten].map((topic) => ({ topic, partitions: [0] }));
    dirty.clear();
    forgotten.clear();
    const [id, turn] = session ? [sessionId, epoch] : [0, -1];
    polling = true;
    const answer = await link
      .ask((connection) =>
        fetchV15.api.async(connection, waitMs, 1, ANSWER_BYTES, 0, id, turn, asked, given, ''),
      )
      .finally(() => {
        polling = false;
      });
    if (isSessionLost(answer.errorCode)) {
      reset();
      return [];
    }
    if (answer.errorCode !== ERROR.none) throw new Error(`Fetch: error ${answer.errorCode}`);
    if (session) {
      sessionId = answer.sessionId;
      // Without an id the broker has no slot for another session: every poll names all topics then.
      epoch = sessionId === 0 ? 0 : epoch + 1;
    }
    return answer.responses;
  }

  function take(responses: readonly fetchV15.FetchResponseTopic[]): void {
    const moved: Follower[] = [];
    const outOfRange: Follower[] = [];
    for (const { topicId, partitions } of responses) {
      const follower = topics.get(topicId);
      const [partition] = partitions;
      // Given up while the poll was in flight, or come since: what another follower of the topic was answered is not for it.
      if (!follower || !partition || dirty.has(follower)) continue;
      if (partition.errorCode === ERROR.offsetOutOfRange) outOfRange.push(follower);
      else if (isElsewhere(partition.errorCode)) moved.push(follower);
      else if (partition.errorCode !== ERROR.none)
        throw new Error(`Fetch of ${follower.topic}: error ${partition.errorCode}`);
      else handOver(follower, partition);
    }
    letGo(moved, 'moved');
    letGo(outOfRange, 'out of range');
  }

  function handOver(follower: Follower, partition: fetchV15.FetchResponsePartition): void {
    const { records, next } = recordsFrom(partition.records, follower.position);
    follower.lag = Math.max(0, Number(partition.highWatermark) - next);
    if (next === follower.position) return;
    follower.position = next;
    dirty.add(follower);
    follower.deliver(records, next);
    if (follower.ended) dirty.delete(follower);
  }

  /** A topic whose listener is busy leaves, or the broker would answer with its records again and again. */
  function suspendBusy(): void {
    for (const follower of [...dirty]) if (follower.busy) lane.remove(follower);
  }

  function letGo(followers: readonly Follower[], reason: 'moved' | 'out of range'): void {
    if (followers.length === 0) return;
    for (const follower of followers) lane.remove(follower);
    options.onLost(followers, reason);
  }

  const lane: Lane = {
    get size() {
      return topics.size;
    },
    get polling() {
      return polling;
    },
    has: (topicId) => topics.has(topicId),
    followers: () => topics.values(),
    add(follower) {
      follower.lane = lane;
      topics.set(follower.topicId, follower);
      dirty.add(follower);
      forgotten.delete(follower.topicId);
      if (!running) void loop();
    },
    remove(follower) {
      if (follower.lane !== lane) return;
      follower.lane = null;
      topics.delete(follower.topicId);
      dirty.delete(follower);
      forgotten.add(follower.topicId);
    },
    close() {
      closed = true;
      link.drop();
    },
  };
  return lane;
}

const wanted = ({ topicId, epoch, position }: Follower): fetchV15.FetchRequestTopic => ({
  topicId,
  partitions: [
    {
      partition: 0,
      currentLeaderEpoch: epoch,
      fetchOffset: BigInt(position),
      lastFetchedEpoch: -1,
      partitionMaxBytes: TOPIC_BYTES,
    },
  ],
});
