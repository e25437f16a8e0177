import { existsSync } from 'node:fs';
import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { brokerUnderTest } from '../../test/kafka/broker-under-test.ts';
import { type Broker, type KafkaCluster, startCluster } from './cluster.ts';

type Addresses = readonly { readonly host: string; readonly port: number }[];

const clientOf = (addresses: Addresses): Kafka =>
  new Kafka({
    brokers: addresses.map(({ host, port }) => `${host}:${port}`),
    logLevel: logLevel.NOTHING,
    requestTimeout: 2_000,
    retry: { retries: 0 },
  });

async function write(addresses: Addresses, topic: string, value: string): Promise<string | undefined> {
  const producer = clientOf(addresses).producer();
  await producer.connect();
  try {
    const [outcome] = await producer.send({ topic, messages: [{ value }], acks: -1 });
    return outcome?.baseOffset;
  } finally {
    await producer.disconnect();
  }
}

const created = async (addresses: Addresses, topic: string): Promise<void> => {
  const admin = clientOf(addresses).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
  await admin.disconnect();
};

test('the broker that all share takes records', async () => {
  const { brokers } = brokerUnderTest();
  const topic = `runner-${process.pid}`;
  await created(brokers, topic);
  expect(await write(brokers, topic, 'first')).toBe('0');
});

describe('one broker', () => {
  let cluster: KafkaCluster;
  let broker: Broker;
  beforeAll(async () => {
    cluster = await startCluster({
      brokers: 1,
      properties: ['broker.session.timeout.ms=3000', 'broker.heartbeat.interval.ms=500'],
    });
    const [first] = cluster.brokers;
    if (!first) throw new Error('a cluster without a broker');
    broker = first;
    await created(cluster.bootstrap, 'kept');
  });
  afterAll(() => cluster?.stop());

  test('that was killed keeps its records, its port and its offsets over a restart', async () => {
    expect(await write(cluster.bootstrap, 'kept', 'before')).toBe('0');
    const pid = broker.pid();
    await broker.kill();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    await broker.restart();
    const offset = await vi.waitFor(() => write(cluster.bootstrap, 'kept', 'after'), { timeout: 30_000 });
    expect(offset).toBe('1');
  });

  test('that is paused answers nobody until it is resumed', async () => {
    broker.pause();
    await expect(write([broker], 'kept', 'while paused')).rejects.toThrow();
    broker.resume();
    await vi.waitFor(() => write([broker], 'kept', 'resumed'), { timeout: 30_000 });
  });

  test('that was paused is stopped all the same, and its data is gone', async () => {
    broker.pause();
    const pid = broker.pid();
    await cluster.stop();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(existsSync(dirname(broker.logFile))).toBe(false);
  });
});

describe('three brokers', () => {
  let cluster: KafkaCluster;
  beforeAll(async () => {
    cluster = await startCluster({
      brokers: 3,
      properties: ['broker.session.timeout.ms=3000', 'broker.heartbeat.interval.ms=500'],
    });
  });
  afterAll(() => cluster?.stop());

  test('make three replicas of a topic, and take records while one of them is down', async () => {
    const { bootstrap, brokers } = cluster;
    await created(bootstrap, 'replicated');
    const admin = clientOf(bootstrap).admin();
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata({ topics: ['replicated'] });
    await admin.disconnect();
    const partition = topics[0]?.partitions[0];
    expect(partition?.replicas).toHaveLength(3);
    const leader = brokers.find(({ id }) => id === partition?.leader);
    await leader?.kill();
    const others = bootstrap.filter(({ port }) => port !== leader?.port);
    await vi.waitFor(() => write(others, 'replicated', 'without the leader'), { timeout: 30_000 });
    await leader?.restart();
  });
});

test('a broker that does not start says why, and leaves nothing behind', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'secure-chat-no-broker-'));
  vi.stubEnv('TMPDIR', folder);
  const starting = startCluster({ brokers: 1, properties: ['num.io.threads=0'] });
  await expect(starting).rejects.toThrow(/broker 1 could not .*num\.io\.threads/s);
  vi.unstubAllEnvs();
  // Fails where anything is in it.
  await rmdir(folder);
});
