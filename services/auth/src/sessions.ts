import { randomBytes } from 'node:crypto';
import type { Events } from '@secure-chat/event-log/events';
import type { Knex } from '@secure-chat/service-kit/database';
import { type Seal, sessionKeyPlace } from '@secure-chat/service-kit/seal';
import type { Codec, SessionRecord } from '@secure-chat/wire/events';
import { SESSION_IDLE_MS } from '@secure-chat/wire/limits';
import { foldName, SESSIONS_TOPIC } from '@secure-chat/wire/names';

/** Sessions ended in one sweep's query. */
const SWEEP_ROWS = 500;

export interface OpenedSession {
  readonly sessionId: string;
  /** 64 lower-case hex digits; it stands nowhere in the clear. */
  readonly sessionKey: string;
}

/** Sessions: owned here, followed by every gateway through `chat.sessions`. */
export interface Sessions {
  /** Resolves when the session counts on every gateway that asks, with signatures of this kind and no other. */
  open(username: string, signatures?: 'v1' | 'v2'): Promise<OpenedSession>;
  close(sessionId: string): Promise<void>;
  /** Gateways saw signed requests of these sessions since they last said so. */
  seen(sessionIds: readonly string[]): Promise<void>;
  /** Ends the sessions without a signed request for 24 h; resolves to how many. */
  closeIdle(): Promise<number>;
}

interface SessionRow {
  session_id: string;
  folded_name: string;
  opened_at: number;
  seen_at: number;
}

export interface SessionsParts {
  readonly database: Knex;
  readonly events: Events;
  readonly codec: Codec<SessionRecord>;
  readonly seal: Seal;
  readonly clock: () => number;
}

export function createSessions({ database, events, codec, seal, clock }: SessionsParts): Sessions {
  const rows = () => database<SessionRow>('sessions');

  const close = async (sessionId: string): Promise<void> => {
    // The tombstone first: a crash in between leaves a row that the sweep ends again, never a session that lives on.
    await events.publish(SESSIONS_TOPIC, sessionId, null);
    await rows().where({ session_id: sessionId }).delete();
  };

  return {
    async open(username, signatures = 'v1') {
      const sessionId = randomBytes(16).toString('base64url');
      const sessionKey = randomBytes(32).toString('hex');
      const now = clock();
      const sealedKey = seal.seal(sessionKey, sessionKeyPlace(sessionId));
      const record = await codec.encode({ sessionId, username, sealedKey, openedAt: now, signatures });
      await rows().insert({
        session_id: sessionId,
        folded_name: foldName(username),
        opened_at: now,
        seen_at: now,
      });
      await events.publish(SESSIONS_TOPIC, sessionId, record);
      return { sessionId, sessionKey };
    },
    close,
    async seen(sessionIds) {
      await rows().whereIn('session_id', sessionIds).update({ seen_at: clock() });
    },
    async closeIdle() {
      const idle = await rows()
        .where('seen_at', '<', clock() - SESSION_IDLE_MS)
        .limit(SWEEP_ROWS)
        .select('session_id');
      for (const row of idle) await close(row.session_id);
      return idle.length;
    },
  };
}
