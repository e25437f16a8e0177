import type { EventSubscription, Events } from '@secure-chat/event-log/events';
import { followRecords } from '@secure-chat/event-log/follow-records';
import type { Logger } from '@secure-chat/service-kit/logger';
import type { Codec, PresenceRecord } from '@secure-chat/wire/events';
import { foldName, PRESENCE_TOPIC } from '@secure-chat/wire/names';
import { encodeStreamEvent } from '@secure-chat/wire/stream-events';

/** Milliseconds for which changes are collected: a quarter of the second within which a client hears of one. */
const COLLECT_MS = 250;

/** Folded names to the event that says whether the user is online now. */
export type PresenceEvents = ReadonlyMap<string, string>;

export interface PresenceOptions {
  readonly events: Events;
  readonly codec: Codec<PresenceRecord>;
  readonly logger: Logger;
  /** Users came or went since the last call; the newest state of each. */
  onChange(changes: PresenceEvents): void;
}

export interface Presence {
  /** The present state of a user, as an event; undefined for one who was never online. */
  eventOf(foldedName: string): string | undefined;
  readonly failed: EventSubscription['failed'];
  close(): Promise<void>;
}

/** Follows `chat.presence`. Resolves when everybody's state so far is known. */
export async function followPresence({
  events,
  codec,
  logger,
  onChange,
}: PresenceOptions): Promise<Presence> {
  const online = new Map<string, { readonly username: string; readonly online: boolean }>();
  let changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  const eventOf = (foldedName: string): string | undefined => {
    const state = online.get(foldedName);
    return state && encodeStreamEvent('presence', state);
  };
  const flush = (): void => {
    timer = undefined;
    const changes = new Map<string, string>();
    for (const foldedName of changed) {
      const event = eventOf(foldedName);
      if (event !== undefined) changes.set(foldedName, event);
    }
    changed = new Set();
    onChange(changes);
  };

  const topic = { events, topic: PRESENCE_TOPIC, codec, logger };
  const subscription = await followRecords(topic, ({ key, record }) => {
    // Of a deleted account there is no record: who knew it learns that it is not there.
    const state = record ?? online.get(key);
    if (!state) return;
    const foldedName = foldName(state.username);
    const isOnline = record?.online ?? false;
    // A directory that starts says again who is online.
    if (online.get(foldedName)?.online === isOnline) return;
    online.set(foldedName, { username: state.username, online: isOnline });
    changed.add(foldedName);
    timer ??= setTimeout(flush, COLLECT_MS).unref();
  });
  await subscription.caughtUp();

  return {
    eventOf,
    failed: subscription.failed,
    close() {
      clearTimeout(timer);
      return subscription.close();
    },
  };
}
