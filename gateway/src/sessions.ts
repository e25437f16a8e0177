import type { KeyObject } from 'node:crypto';
import { importSessionKey } from '@secure-chat/crypto/request-signature';
import type { Events } from '@secure-chat/event-log/events';
import type { Logger } from '@secure-chat/service-kit/logger';
import { type Seal, sessionKeyPlace } from '@secure-chat/service-kit/seal';
import { sessionCodec } from '@secure-chat/wire/events';
import { SESSIONS_TOPIC } from '@secure-chat/wire/names';

export interface Session {
  readonly sessionId: string;
  readonly username: string;
  readonly key: KeyObject;
  /** Grows with every session that this gateway learnt of. */
  readonly serial: number;
}

/** The gateway's table of open sessions, rebuilt from `chat.sessions`. */
export interface Sessions {
  get(sessionId: string): Session | undefined;
  /** Oldest first; sessions that come in meanwhile are met at the end. */
  all(): Iterable<Session>;
  /** The serial of the newest session. */
  lastSerial(): number;
  /** Ends a session here before the log says so. */
  remove(sessionId: string): void;
  /** Resolves when every session opened or closed before the call is known here. */
  caughtUp(): Promise<void>;
  readonly failed: Promise<never>;
  close(): Promise<void>;
}

/** Follows `chat.sessions`. Resolves when every open session is in the table. */
export async function followSessions(events: Events, seal: Seal, logger: Logger): Promise<Sessions> {
  const table = new Map<string, Session>();
  let serial = 0;

  const subscription = await events.subscribe(SESSIONS_TOPIC, ({ key, value, offset }) => {
    if (value === null) {
      table.delete(key);
      return;
    }
    const record = sessionCodec.decode(value);
    const sessionKey = record && seal.open(record.sealedKey, sessionKeyPlace(key));
    if (!record || !sessionKey || record.sessionId !== key) {
      logger.error({ topic: SESSIONS_TOPIC, offset }, 'a record was set aside');
      return;
    }
    serial += 1;
    table.set(key, { sessionId: key, username: record.username, key: importSessionKey(sessionKey), serial });
  });
  await subscription.caughtUp();

  return {
    get: (sessionId) => table.get(sessionId),
    all: () => table.values(),
    lastSerial: () => serial,
    remove: (sessionId) => void table.delete(sessionId),
    caughtUp: () => subscription.caughtUp(),
    failed: subscription.failed,
    close: () => subscription.close(),
  };
}
