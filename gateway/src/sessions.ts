import type { KeyObject } from 'node:crypto';
import { importSessionKey } from '@secure-chat/crypto/request-signature';
import type { Events } from '@secure-chat/event-log/events';
import { followRecords } from '@secure-chat/event-log/follow-records';
import type { Logger } from '@secure-chat/service-kit/logger';
import { type Seal, sessionKeyPlace } from '@secure-chat/service-kit/seal';
import type { Codec, SessionRecord } from '@secure-chat/wire/events';
import { SESSIONS_TOPIC } from '@secure-chat/wire/names';

export interface Session {
  readonly sessionId: string;
  readonly username: string;
  readonly key: KeyObject;
  /** The kind of its request signatures; the other kind is refused. */
  readonly signatures: 'v1' | 'v2';
  /** Grows with every session that this gateway learnt of. */
  readonly serial: number;
}

/** The gateway's table of open sessions, rebuilt from `chat.sessions`. */
export interface Sessions {
  get(sessionId: string): Session | undefined;
  /** Oldest first; sessions that come in meanwhile are met at the end. */
  all(): Iterable<Session>;
  count(): number;
  /** The serial of the newest session. */
  lastSerial(): number;
  /** Ends a session here before the log says so. */
  remove(sessionId: string): void;
  /** Resolves when every session opened or closed before the call is known here. */
  caughtUp(): Promise<void>;
  readonly failed: Promise<never>;
  close(): Promise<void>;
}

export interface SessionsParts {
  readonly events: Events;
  readonly codec: Codec<SessionRecord>;
  readonly seal: Seal;
  readonly logger: Logger;
  /** A session is over, whoever ended it. */
  readonly onEnd?: (sessionId: string) => void;
}

/** Follows `chat.sessions`. Resolves when every open session is in the table. */
export async function followSessions({
  events,
  codec,
  seal,
  logger,
  onEnd = () => {},
}: SessionsParts): Promise<Sessions> {
  const table = new Map<string, Session>();
  /** While the topic is read to its end: a log that is not compacted yet has records under service keys that are gone. */
  let unopened: Map<string, () => void> | null = new Map();
  let serial = 0;
  const end = (sessionId: string): void => {
    if (table.delete(sessionId)) onEnd(sessionId);
  };

  const topic = { events, topic: SESSIONS_TOPIC, codec, logger };
  const subscription = await followRecords(topic, ({ key, record }, setAside) => {
    if (record === null) {
      unopened?.delete(key);
      end(key);
      return;
    }
    // Sealed anew under another service key; nothing else of a session ever changes.
    if (table.has(key)) return;
    const sessionKey = seal.open(record.sealedKey, sessionKeyPlace(key));
    if (!sessionKey || record.sessionId !== key) {
      unopened?.set(key, setAside);
      if (!unopened) setAside();
      return;
    }
    unopened?.delete(key);
    serial += 1;
    table.set(key, {
      sessionId: key,
      username: record.username,
      key: importSessionKey(sessionKey),
      signatures: record.signatures === 'v2' ? 'v2' : 'v1',
      serial,
    });
  });
  await subscription.caughtUp();
  for (const setAside of unopened.values()) setAside();
  unopened = null;

  return {
    get: (sessionId) => table.get(sessionId),
    all: () => table.values(),
    count: () => table.size,
    lastSerial: () => serial,
    remove: end,
    caughtUp: () => subscription.caughtUp(),
    failed: subscription.failed,
    close: () => subscription.close(),
  };
}
