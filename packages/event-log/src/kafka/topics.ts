import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type Admin, type Kafka } from 'kafkajs';
import { EventLogError } from '../errors.ts';
import { VALUE_MAX } from '../limits.ts';
import type { Cluster } from './cluster.ts';
import type { Address } from './dial.ts';
import type { Offsets } from './offsets.ts';
import { BrokerRefusal } from './refusal.ts';
import { type KafkaSecurity, kafkajsSecurityOf } from './security.ts';

/** Topics of one request: brokers make 1,000 in 3 s, at replication 3 in 8. */
const TOPICS_PER_REQUEST = 500;
/** Milliseconds for the controller to make or remove one request's topics. */
const CONTROLLER_MS = 30_000;
const CONNECT_MS = 2_000;
/** Milliseconds in which a new topic has to become writable: twice what 1,000 at replication 3 took. */
const WRITABLE_MS = 20_000;
/** Milliseconds between two looks whether a deleted topic is gone. */
const GONE_MS = 20;
/** Bytes of a batch: the largest value, with what Kafka puts around it. */
const MESSAGE_BYTES = VALUE_MAX + 16 * 1024;
/** Milliseconds for which compaction leaves a record alone: a follower that reads from the start is through by then. */
const COMPACTION_LAG_MS = 60 * 60_000;

/** How topics are made. What exists is left as it is. */
export interface TopicSettings {
  readonly replicationFactor: number;
  /** Replicas that have to have a record before it counts as written. */
  readonly minInsyncReplicas: number;
  /** Milliseconds after which a record of a mailbox is dropped, read or not; -1 for never. */
  readonly retentionMs: number;
  /** After so many milliseconds or bytes a segment is closed: only closed ones are freed or compacted. */
  readonly segmentMs: number;
  /** At least 2 MiB: a batch has to fit into a segment. */
  readonly segmentBytes: number;
}

export type TopicKind = 'mailbox' | 'events';

/** Makes and removes topics, by kafkajs's admin client. */
export interface Topics {
  /** Makes those that do not exist. Resolves when records can be appended to all that were made. */
  create(topics: readonly string[], kind: TopicKind): Promise<void>;
  /** Removes those that exist. Resolves when their leaders refuse them. */
  delete(topics: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export function createTopics(
  bootstrap: readonly Address[],
  settings: TopicSettings,
  cluster: Cluster,
  offsets: Offsets,
  security: KafkaSecurity,
): Topics {
  const kafka = new kafkajs.Kafka({
    ...kafkajsSecurityOf(security),
    clientId: 'secure-chat',
    brokers: bootstrap.map(({ host, port }) => `${host}:${port}`),
    connectionTimeout: CONNECT_MS,
    requestTimeout: CONTROLLER_MS + 1_000,
    // What goes wrong is thrown.
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000 },
  });
  let connected: Promise<Admin> | undefined;

  function admin(): Promise<Admin> {
    connected ??= connect(kafka).catch((error: unknown) => {
      connected = undefined;
      throw error;
    });
    return connected;
  }

  async function control<T>(action: (admin: Admin) => Promise<T>): Promise<T> {
    try {
      return await action(await admin());
    } catch (error) {
      throw new EventLogError('unavailable', 'The brokers did not make or remove topics', { cause: error });
    }
  }

  /** All that exist of them, as far as the broker that answers knows. */
  async function existing(topics: readonly string[]): Promise<string[]> {
    try {
      const missing = await cluster.locate(topics);
      return topics.filter((topic) => !missing.has(topic));
    } catch (error) {
      if (error instanceof BrokerRefusal) throw error.unavailable();
      const why = error instanceof Error ? error.message : String(error);
      throw new EventLogError('unavailable', `No broker answers (${why})`, { cause: error });
    }
  }

  async function createSlice(topics: readonly string[], kind: TopicKind): Promise<void> {
    const present = new Set(await existing(topics));
    const missing = topics.filter((topic) => !present.has(topic));
    if (missing.length === 0) return;
    const numPartitions = 1;
    const { replicationFactor } = settings;
    const configEntries = entriesOf(kind === 'mailbox' ? mailboxConfig(settings) : eventsConfig(settings));
    await control((client) =>
      client
        .createTopics({
          topics: missing.map((topic) => ({ topic, numPartitions, replicationFactor, configEntries })),
          waitForLeaders: false,
          timeout: CONTROLLER_MS,
        })
        .catch(rejectUnless('TOPIC_ALREADY_EXISTS')),
    );
    // A leader that tells the head of its log takes records.
    await Promise.all(missing.map((topic) => offsets.head(topic, WRITABLE_MS)));
  }

  async function untilGone(topic: string): Promise<void> {
    const deadline = Date.now() + WRITABLE_MS;
    for (;;) {
      const head = await offsets.head(topic).catch((error: unknown) => {
        if (error instanceof EventLogError && error.code === 'topic_missing') return null;
        throw error;
      });
      if (head === null) return;
      if (Date.now() > deadline) throw new EventLogError('unavailable', `${topic} is still being removed`);
      await delay(GONE_MS);
    }
  }

  return {
    async create(topics, kind) {
      for (const slice of slices([...new Set(topics)])) await createSlice(slice, kind);
    },
    async delete(topics) {
      for (const slice of slices([...new Set(topics)])) {
        const present = await existing(slice);
        if (present.length === 0) continue;
        await control((client) =>
          client
            .deleteTopics({ topics: present, timeout: CONTROLLER_MS })
            .catch(rejectUnless('UNKNOWN_TOPIC_OR_PARTITION')),
        );
        await Promise.all(present.map(untilGone));
      }
    },
    async close() {
      const client = await connected?.catch(() => undefined);
      await client?.disconnect();
    },
  };
}

async function connect(kafka: Kafka): Promise<Admin> {
  const admin = kafka.admin();
  await admin.connect();
  return admin;
}

function slices(topics: readonly string[]): string[][] {
  const parts: string[][] = [];
  for (let first = 0; first < topics.length; first += TOPICS_PER_REQUEST)
    parts.push(topics.slice(first, first + TOPICS_PER_REQUEST));
  return parts;
}

/** Another instance made, or removed, the same topic a moment ago. */
const rejectUnless =
  (expected: string) =>
  (error: unknown): void => {
    const errors: readonly unknown[] =
      error instanceof kafkajs.KafkaJSAggregateError ? error.errors : [error];
    if (!errors.every((each) => each instanceof Error && 'type' in each && each.type === expected))
      throw error;
  };

const mailboxConfig = (settings: TopicSettings): Record<string, string | number> => ({
  ...commonConfig(settings),
  'cleanup.policy': 'delete',
  'retention.ms': settings.retentionMs,
  'retention.bytes': -1,
});

const eventsConfig = (settings: TopicSettings): Record<string, string | number> => ({
  ...commonConfig(settings),
  'cleanup.policy': 'compact',
  'min.compaction.lag.ms': COMPACTION_LAG_MS,
});

const commonConfig = (settings: TopicSettings): Record<string, string | number> => ({
  'min.insync.replicas': settings.minInsyncReplicas,
  'segment.ms': settings.segmentMs,
  'segment.bytes': settings.segmentBytes,
  // One entry of 8 bytes for every 4 KiB: enough for 32 MiB. The default maps 10 MiB for each of two files.
  'segment.index.bytes': 64 * 1024,
  'max.message.bytes': MESSAGE_BYTES,
  // A record stamped by a clock that goes ahead would be refused.
  'message.timestamp.type': 'LogAppendTime',
});

const entriesOf = (config: Record<string, string | number>): { name: string; value: string }[] =>
  Object.entries(config).map(([name, value]) => ({ name, value: String(value) }));
