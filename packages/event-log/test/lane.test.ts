import { Connection, fetchV15 } from '@platformatic/kafka';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createCluster } from '../src/kafka/cluster.ts';
import { createFollower, type Follower } from '../src/kafka/follower.ts';
import { createLane } from '../src/kafka/lane.ts';

const TOPIC_ID = '11111111-2222-3333-4444-555555555555';

/** A poll in flight: the offset that it asks for, and what answers it with all records from there up to a head. */
interface Poll {
  readonly from: number;
  answer(head: number): void;
}

/** The polls of all lanes, one after the other, to be answered by hand. */
function pollsByHand(): { next(): Promise<Poll> } {
  const polls: Poll[] = [];
  const spy = vi
    .spyOn(fetchV15.api, 'async')
    .mockImplementation((_connection, _wait, _min, _max, _isolation, _session, _epoch, [topic]) => {
      const from = Number(topic?.partitions[0]?.fetchOffset);
      return new Promise((resolve) => {
        polls.push({ from, answer: (head) => resolve(recordsUpTo(from, head)) });
      });
    });
  onTestFinished(() => spy.mockRestore());
  return {
    async next() {
      await vi.waitFor(() => expect(polls).not.toHaveLength(0));
      const poll = polls.shift();
      if (!poll) throw new Error('no poll is in flight');
      return poll;
    },
  };
}

function recordsUpTo(from: number, head: number): fetchV15.FetchResponse {
  const records = Array.from({ length: head - from }, (_, offsetDelta) => ({
    length: 0,
    attributes: 0,
    timestampDelta: 0n,
    offsetDelta,
    key: null,
    value: Buffer.from('x'),
    headers: [],
  }));
  const batch = {
    firstOffset: BigInt(from),
    length: 0,
    partitionLeaderEpoch: 0,
    magic: 2,
    crc: 0,
    attributes: 0,
    lastOffsetDelta: head - from - 1,
    firstTimestamp: 0n,
    maxTimestamp: 0n,
    producerId: -1n,
    producerEpoch: -1,
    firstSequence: -1,
    records,
  };
  const partition = {
    partitionIndex: 0,
    errorCode: 0,
    highWatermark: BigInt(head),
    lastStableOffset: BigInt(head),
    logStartOffset: 0n,
    abortedTransactions: [],
    preferredReadReplica: -1,
    records: [batch],
  };
  return {
    throttleTimeMs: 0,
    errorCode: 0,
    sessionId: 0,
    responses: [{ topicId: TOPIC_ID, partitions: [partition] }],
  };
}

function openLane() {
  const address = { host: '127.0.0.1', port: 1 };
  const cluster = createCluster([address], () => Promise.reject(new Error('nobody dials')));
  const connection = new Connection('test');
  const lane = createLane({
    cluster: { ...cluster, linkTo: () => ({ ask: (question) => question(connection), drop() {} }) },
    node: 0,
    waitMs: 10,
    session: false,
    onRound() {},
    onLost() {},
    onTrouble() {},
  });
  onTestFinished(() => lane.close());
  return lane;
}

function follow(from: number): { readonly follower: Follower; readonly seen: number[] } {
  const seen: number[] = [];
  const listener = (records: readonly { readonly offset: number }[]): void => {
    seen.push(...records.map(({ offset }) => offset));
  };
  const options = { topic: 't', topicId: TOPIC_ID, from, listener, onReady() {}, onEnd() {} };
  return { follower: createFollower(options), seen };
}

describe('a lane', () => {
  it('gives the answer to a poll to nobody who came after it was asked', async () => {
    const polls = pollsByHand();
    const lane = openLane();
    const [late, early] = [follow(5), follow(0)];
    lane.add(late.follower);
    const asked = await polls.next();
    expect(asked.from).toBe(5);
    // The one goes to another lane, and one who wants older records of the same topic takes its place.
    lane.remove(late.follower);
    lane.add(early.follower);
    asked.answer(8);
    const again = await polls.next();
    expect(early.seen).toEqual([]);
    expect(again.from).toBe(0);
    again.answer(8);
    expect((await polls.next()).from).toBe(8);
    expect(early.seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(late.seen).toEqual([]);
  });
});
