import { EventLogError } from '../errors.ts';
import { VALUE_MAX } from '../limits.ts';
import type { Mailboxes } from '../mailboxes.ts';
import { type Metrics, NO_METRICS } from '../metrics.ts';
import { createAccepted } from './accepted.ts';
import type { Brokers } from './brokers.ts';
import { createCoordinators } from './coordinators.ts';
import { createCursors } from './cursors.ts';
import { createFetches } from './fetches.ts';
import { createLanes } from './lanes.ts';
import { createProducer } from './producer.ts';
import { createTrims } from './trims.ts';

/** `Mailboxes` on Kafka: a topic of one partition each. */
export function createKafkaMailboxes(
  { cluster, offsets, topics, onTrouble }: Brokers,
  metrics: Metrics = NO_METRICS,
): Mailboxes {
  const producer = createProducer(cluster, 'mailboxes', metrics);
  const fetches = createFetches(cluster, offsets);
  const cursors = createCursors(createCoordinators(cluster));
  const trims = createTrims(cluster);
  const lanes = createLanes({ cluster, offsets, onTrouble, kind: 'mailboxes', metrics });
  const accepted = createAccepted();

  /** Throws `topic_missing`, `unavailable`. */
  async function topicIdOf(topic: string): Promise<string> {
    if (!cluster.leaderOf(topic)) await offsets.head(topic);
    const leader = cluster.leaderOf(topic);
    if (!leader) throw new EventLogError('unavailable', `${topic} has no leader at present`);
    return leader.topicId;
  }

  return {
    create: (names) => accepted.run(() => topics.create(names, 'mailbox')),
    delete: (names) => accepted.run(() => topics.delete(names)),
    append: (topic, value) =>
      accepted.run(async () => {
        if (value.byteLength > VALUE_MAX)
          throw new EventLogError('too_large', `A value has at most ${VALUE_MAX} bytes`);
        return producer.append(topic, { key: null, value: bufferOf(value) });
      }),
    read: (topic, options) => accepted.run(() => fetches.read(topic, options)),
    follow: (topic, from, listener) =>
      accepted.run(() =>
        lanes.follow(topic, from, (records) => {
          if (records.length === 0) return;
          // A mailbox has no tombstones: whoever wrote one wrote nothing that decodes.
          return listener(records.map(({ offset, value }) => ({ offset, value: value ?? new Uint8Array() })));
        }),
      ),
    head: (topic) => accepted.run(() => offsets.head(topic)),
    cursor: (topic) => accepted.run(async () => cursors.cursor(topic, await topicIdOf(topic))),
    commit: (topic, cursor) =>
      accepted.run(async () => {
        const head = await offsets.head(topic);
        await cursors.commit(topic, await topicIdOf(topic), Math.min(cursor, head));
      }),
    trim: (topic, before) =>
      accepted.run(async () => {
        const head = await offsets.head(topic);
        await trims.trim(topic, Math.min(before, head));
      }),
    async close() {
      await accepted.close();
      producer.close();
      lanes.close();
      fetches.close();
      cursors.close();
      trims.close();
    },
  };
}

const bufferOf = (value: Uint8Array): Buffer => Buffer.from(value.buffer, value.byteOffset, value.byteLength);
