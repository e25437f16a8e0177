import type { Codec } from '@secure-chat/wire/events';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type KafkaCluster, startCluster } from '../../../tools/kafka/cluster.ts';
import { refusal, uniqueTopic } from '../src/contract/values.ts';
import { followRecords } from '../src/follow-records.ts';
import { startLoad } from './kafka-load.ts';
import { openKafka } from './open-kafka.ts';

const TOPICS = 60;
/** Milliseconds: of a broker's session. The default, 9 s, only makes the tests longer. */
const PROPERTIES = ['broker.session.timeout.ms=3000', 'broker.heartbeat.interval.ms=500'];
/** How long a broker is stopped: longer than its session, and than every time-out of ours. */
const STOPPED_MS = 20_000;
/** Milliseconds in which what is awaited has to happen: a bound, not an expectation. */
const SOON = { timeout: 60_000, interval: 20 };
/** Values do not matter. */
const ANY: Codec<Uint8Array> = { encode: async (value) => value, decode: async (value) => value };
const NONE = { missing: [], twice: [], disordered: [] };

type Fault = (broker: KafkaCluster['brokers'][number]) => Promise<void>;

const killed: Fault = async (broker) => {
  await broker.kill();
  await broker.restart();
};
const stopped: Fault = async (broker) => {
  await broker.pause();
  await new Promise((resolve) => setTimeout(resolve, STOPPED_MS));
  await broker.resume();
};
const restarted: Fault = async (broker) => {
  await broker.stop();
  await broker.restart();
};

/** Moves every partition of the topic of cursors to one broker: the coordinators live on elsewhere. */
async function moveCursors({ bootstrap }: KafkaCluster, node: number): Promise<void> {
  const brokers = bootstrap.map(({ host, port }) => `${host}:${port}`);
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const topic = '__consumer_offsets';
    const partitions = async () =>
      (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]?.partitions ?? [];
    const partitionAssignment = (await partitions()).map(({ partitionId }) => ({
      partition: partitionId,
      replicas: [node],
    }));
    await admin.alterPartitionReassignments({ topics: [{ topic, partitionAssignment }] });
    await vi.waitFor(
      async () =>
        expect((await partitions()).map(({ leader }) => leader)).toEqual(partitionAssignment.map(() => node)),
      SOON,
    );
  } finally {
    await admin.disconnect();
  }
}

describe.each([
  { brokers: 1, replicas: { replicationFactor: 1, minInsyncReplicas: 1 } },
  { brokers: 3, replicas: { replicationFactor: 3, minInsyncReplicas: 2 } },
] as const)('with $brokers broker(s), one of them failing under load', { timeout: 240_000 }, (setting) => {
  let cluster: KafkaCluster;
  beforeAll(async () => {
    cluster = await startCluster({ brokers: setting.brokers, properties: PROPERTIES });
  }, 120_000);
  afterAll(() => cluster.stop(), 60_000);

  const open = () =>
    openKafka(cluster.bootstrap.map(({ host, port }) => `${host}:${port}`).join(), setting.replicas);

  it.each([
    ['killed and started again', killed],
    ['stopped for 20 s', stopped],
    ['shut down and started again', restarted],
  ])('%s: no acknowledged record is lost, none comes twice, each topic keeps its order', async (_, fail) => {
    const [writer, reader] = [open(), open()];
    try {
      const topics = Array.from({ length: TOPICS }, uniqueTopic);
      await writer.mailboxes.create(topics);
      const load = await startLoad({ writer: writer.mailboxes, reader: reader.mailboxes, topics });
      await load.acknowledged(2_000);
      const [first, second] = cluster.brokers;
      const broker = second ?? first;
      if (!broker) throw new Error('no broker');
      await fail(broker);
      await load.acknowledged(2_000);
      await load.stop();
      await vi.waitFor(() => expect(load.findings().missing).toEqual([]), SOON);
      expect(load.findings()).toEqual(NONE);
    } finally {
      await Promise.all([writer.close(), reader.close()]);
    }
  });

  it('lets who starts wait for brokers that are away, and nobody else', async () => {
    const log = open();
    try {
      const topic = uniqueTopic();
      const logger = { warn: () => {}, error: () => {} };
      const follow = (seen: string[]) =>
        followRecords({ events: log.events, topic, codec: ANY, logger }, ({ key }) => void seen.push(key));
      const seen: string[] = [];
      const [present, starting] = [await follow([]), await follow(seen)];
      await log.events.publish(topic, 'a', null);
      await present.caughtUp();
      await Promise.all(cluster.brokers.map((broker) => broker.kill()));
      const caughtUp = starting.caughtUp();
      const subscribed = follow([]);
      // Who has caught up once is refused, after what the other one was asked before.
      expect(await refusal(present.caughtUp())).toBe('unavailable');
      await Promise.all(cluster.brokers.map((broker) => broker.restart()));
      await caughtUp;
      expect(seen).toEqual(['a']);
      await (await subscribed).caughtUp();
    } finally {
      await log.close();
    }
  });

  it('finds cursors whose coordinator has moved while the one before lives', async () => {
    const log = open();
    try {
      const topics = Array.from({ length: TOPICS }, uniqueTopic);
      await log.mailboxes.create(topics);
      const move = async (cursor: number, node: number): Promise<void> => {
        for (const topic of topics) {
          await log.mailboxes.append(topic, Buffer.from('record'));
          await log.mailboxes.commit(topic, cursor);
        }
        await moveCursors(cluster, node);
        expect(await Promise.all(topics.map((topic) => log.mailboxes.cursor(topic)))).toEqual(
          topics.map(() => cursor),
        );
      };
      await move(1, 1);
      await move(2, cluster.brokers.length);
    } finally {
      await log.close();
    }
  });
});
