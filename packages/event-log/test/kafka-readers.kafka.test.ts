import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type KafkaCluster, startCluster } from '../../../tools/kafka/cluster.ts';
import { bytes, gate, text, uniqueTopic } from '../src/contract/values.ts';
import { type KafkaLog, openKafka } from './open-kafka.ts';

/** Bounds, not expectations. */
const SOON = { timeout: 30_000, interval: 5 };
/** Two slots for fetch sessions: the third lane gets none. */
const PROPERTIES = ['max.incremental.fetch.session.cache.slots=2'];
const WAITING = 10_000;
const OTHERS = 250;

describe('readers on Kafka', { timeout: 120_000 }, () => {
  let cluster: KafkaCluster;
  let log: KafkaLog;
  beforeAll(async () => {
    cluster = await startCluster({ brokers: 1, properties: PROPERTIES });
    log = openKafka(cluster.bootstrap.map(({ host, port }) => `${host}:${port}`).join());
  }, 120_000);
  afterAll(async () => {
    await log.close();
    await cluster.stop();
  }, 60_000);

  async function newTopics(count: number): Promise<string[]> {
    const topics = Array.from({ length: count }, uniqueTopic);
    await log.mailboxes.create(topics);
    return topics;
  }

  it('read on where the broker has no room for their fetch session', async () => {
    // Three lanes: two sessions, one without.
    const topics = await newTopics(OTHERS);
    const seen = new Map<string, number[]>(topics.map((topic) => [topic, []]));
    for (const topic of topics)
      await log.mailboxes.follow(topic, 0, (batch) => {
        seen.get(topic)?.push(...batch.map(({ offset }) => offset));
      });
    for (let round = 0; round < 3; round++) {
      await Promise.all(topics.map((topic) => log.mailboxes.append(topic, bytes('x'))));
      await vi.waitFor(() => expect([...seen.values()].flat()).toHaveLength((round + 1) * OTHERS), SOON);
    }
    expect([...seen.values()].every((offsets) => offsets.join() === '0,1,2')).toBe(true);
  });

  it('are not held up by one with 10,000 records waiting, of which no more than a page is held', async () => {
    const [slow = '', ...others] = await newTopics(OTHERS);
    const value = Buffer.alloc(4 * 1024, 'x');
    await Promise.all(Array.from({ length: WAITING }, () => log.mailboxes.append(slow, value)));
    const before = process.memoryUsage().arrayBuffers;
    const held = gate();
    const batches: number[] = [];
    await log.mailboxes.follow(slow, 0, async (batch) => {
      batches.push(batch.length);
      await held.opened;
    });
    const seen: string[] = [];
    for (const topic of others)
      await log.mailboxes.follow(topic, 0, (batch) => {
        seen.push(...batch.map((record) => text(record.value)));
      });
    await vi.waitFor(() => expect(batches).toHaveLength(1), SOON);
    for (let round = 1; round <= 10; round++) {
      await Promise.all(others.map((topic) => log.mailboxes.append(topic, bytes('x'))));
      await vi.waitFor(() => expect(seen).toHaveLength(round * others.length), SOON);
    }
    expect(batches).toHaveLength(1);
    // 40 MB wait; a page of 256 KiB, what is in flight, and what is not collected yet.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * 1024 * 1024);
    held.open();
    await vi.waitFor(() => expect(batches.reduce((sum, count) => sum + count, 0)).toBe(WAITING), SOON);
  });

  it('go on at the first record that is kept when what they wait for is trimmed meanwhile', async () => {
    const [topic = ''] = await newTopics(1);
    const held = gate();
    const offsets: number[] = [];
    const value = Buffer.alloc(64 * 1024);
    await Promise.all(Array.from({ length: 40 }, () => log.mailboxes.append(topic, value)));
    await log.mailboxes.follow(topic, 0, async (batch) => {
      offsets.push(...batch.map(({ offset }) => offset));
      await held.opened;
    });
    await vi.waitFor(() => expect(offsets).not.toEqual([]), SOON);
    expect(offsets.at(-1)).toBeLessThan(30);
    await log.mailboxes.trim(topic, 39);
    held.open();
    await vi.waitFor(() => expect(offsets.at(-1)).toBe(39), SOON);
    expect(offsets.filter((offset) => offset > 30)).toEqual([39]);
    await log.mailboxes.append(topic, bytes('live'));
    await vi.waitFor(() => expect(offsets.at(-1)).toBe(40), SOON);
  });

  it('ends who follows a topic that is deleted, and nobody else', async () => {
    const [gone = '', kept = ''] = await newTopics(2);
    const seen: string[] = [];
    const ended = await log.mailboxes.follow(gone, 0, () => {});
    await log.mailboxes.follow(kept, 0, (batch) => {
      seen.push(...batch.map((record) => text(record.value)));
    });
    await log.mailboxes.delete([gone]);
    await expect(ended.failed).rejects.toMatchObject({ code: 'topic_missing' });
    await log.mailboxes.append(kept, bytes('still here'));
    await vi.waitFor(() => expect(seen).toEqual(['still here']), SOON);
  });
});
