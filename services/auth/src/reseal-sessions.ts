import type { Events } from '@secure-chat/event-log/events';
import { followRecords } from '@secure-chat/event-log/follow-records';
import type { Logger } from '@secure-chat/service-kit/logger';
import { type Seal, sessionKeyPlace } from '@secure-chat/service-kit/seal';
import type { Codec, SessionRecord } from '@secure-chat/wire/events';
import { SESSIONS_TOPIC } from '@secure-chat/wire/names';
import type { Gate } from './gate.ts';
import type { Resealed } from './resealed.ts';

/** Records published together, in one flush of the log. Meanwhile nobody opens or ends a session. */
const BATCH = 100;

export interface ResealSessionsParts {
  readonly events: Events;
  readonly codec: Codec<SessionRecord>;
  readonly seal: Seal;
  readonly gate: Gate;
  readonly logger: Logger;
}

/**
 * Publishes each record of `chat.sessions` that is not under the newest key once more, under that, in batches; resolves when
 * none is left. The topic is the truth: a session that has ended stays ended, since none ends between the look at the topic's
 * end and the publishing.
 */
export async function resealSessions(
  { events, codec, seal, gate, logger }: ResealSessionsParts,
  onBatch: (batch: Resealed) => void,
  signal: AbortSignal,
): Promise<void> {
  const stale = new Map<string, SessionRecord>();
  const topic = { events, topic: SESSIONS_TOPIC, codec, logger };
  const subscription = await followRecords(topic, ({ key, record }) => {
    if (record === null || seal.isCurrent(record.sealedKey)) stale.delete(key);
    else stale.set(key, record);
  });

  const publish = async (key: string, record: SessionRecord): Promise<boolean> => {
    const sessionKey = seal.open(record.sealedKey, sessionKeyPlace(key));
    if (sessionKey === null) return false;
    const sealedKey = seal.seal(sessionKey, sessionKeyPlace(key));
    await events.publish(SESSIONS_TOPIC, key, await codec.encode({ ...record, sealedKey }));
    return true;
  };
  const next = async (): Promise<boolean> => {
    await subscription.caughtUp();
    const batch = [...stale].slice(0, BATCH);
    const published = await Promise.all(batch.map(([key, record]) => publish(key, record)));
    for (const [key] of batch) stale.delete(key);
    const resealed = published.filter((isOpen) => isOpen).length;
    onBatch({ resealed, unreadable: batch.length - resealed });
    return batch.length > 0;
  };

  try {
    do signal.throwIfAborted();
    while (await gate.alone(next));
  } finally {
    await subscription.close();
  }
}
