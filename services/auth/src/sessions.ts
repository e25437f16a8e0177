import { randomBytes } from 'node:crypto';
import type { Events } from '@secure-chat/event-log/events';
import type { Knex } from '@secure-chat/service-kit/database';
import { type Seal, sessionKeyPlace } from '@secure-chat/service-kit/seal';
import type { Codec, SessionRecord } from '@secure-chat/wire/events';
import { SESSION_IDLE_MS, SESSION_LIFE_MS, SESSIONS_MAX } from '@secure-chat/wire/limits';
import { foldName, SESSIONS_TOPIC } from '@secure-chat/wire/names';
import { createGate, type Gate } from './gate.ts';

/** Sessions ended in one sweep's query. */
const SWEEP_ROWS = 500;

export interface OpenedSession {
  readonly sessionId: string;
  /** 64 lower-case hex digits; it stands nowhere in the clear. */
  readonly sessionKey: string;
}

/** Times in milliseconds since the epoch. */
export interface SessionOfUser {
  readonly sessionId: string;
  readonly openedAt: number;
  /** Of the last signed request that a gateway reported; of the login before the first. */
  readonly seenAt: number;
  /** What the login said of itself. */
  readonly client: string;
}

/** What a login asks for. */
export interface SessionWish {
  /** The only kind of signatures that the session takes: v1 by default. */
  readonly signatures?: 'v1' | 'v2' | undefined;
  readonly client?: string | undefined;
}

/**
 * Sessions: owned here, followed by every gateway through `chat.sessions`. Who opens sessions of a user, or ends those of a list,
 * does so in the user's turn: a session that ends between its row and its record would live on at gateways.
 */
export interface Sessions {
  /** Resolves when the session counts on every gateway that asks. The user's 33rd ends the one unused for longest. */
  open(username: string, wish?: SessionWish): Promise<OpenedSession>;
  close(sessionId: string): Promise<void>;
  closeOthers(username: string, sessionId: string): Promise<void>;
  closeAllOf(username: string): Promise<void>;
  /** The one unused for longest comes last. */
  of(username: string): Promise<SessionOfUser[]>;
  /** Gateways saw signed requests of these sessions since they last said so. */
  seen(sessionIds: readonly string[]): Promise<void>;
  /** Ends the sessions without a signed request for 24 h, and those of 30 days ago; resolves to how many. */
  closeOverdue(): Promise<number>;
}

interface SessionRow {
  session_id: string;
  folded_name: string;
  opened_at: number;
  seen_at: number;
  client: string;
}

export interface SessionsParts {
  readonly database: Knex;
  readonly events: Events;
  readonly codec: Codec<SessionRecord>;
  readonly seal: Seal;
  readonly clock: () => number;
  /** Sessions open and end through it, so that sealing anew knows of all that did before. */
  readonly gate?: Gate;
}

export function createSessions(parts: SessionsParts): Sessions {
  const { database, events, codec, seal, clock, gate = createGate() } = parts;
  const rows = () => database<SessionRow>('sessions');

  const close = async (sessionId: string): Promise<void> => {
    // The tombstone first: a crash in between leaves a row that the sweep ends again, never a session that lives on.
    await events.publish(SESSIONS_TOPIC, sessionId, null);
    await rows().where({ session_id: sessionId }).delete();
  };
  const closeAll = async (sessions: readonly Pick<SessionOfUser, 'sessionId'>[]): Promise<void> => {
    await Promise.all(sessions.map(({ sessionId }) => close(sessionId)));
  };

  const of = async (username: string): Promise<SessionOfUser[]> => {
    const found = await rows()
      .where({ folded_name: foldName(username) })
      .orderBy([
        { column: 'seen_at', order: 'desc' },
        { column: 'opened_at', order: 'desc' },
        { column: 'session_id' },
      ]);
    return found.map(({ session_id, opened_at, seen_at, client }) => ({
      sessionId: session_id,
      openedAt: opened_at,
      seenAt: seen_at,
      client,
    }));
  };

  const sessions: Sessions = {
    async open(username, { signatures = 'v1', client = '' } = {}) {
      await closeAll((await of(username)).slice(SESSIONS_MAX - 1));
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
        client,
      });
      await events.publish(SESSIONS_TOPIC, sessionId, record);
      return { sessionId, sessionKey };
    },
    close,
    async closeOthers(username, sessionId) {
      await closeAll((await of(username)).filter((session) => session.sessionId !== sessionId));
    },
    async closeAllOf(username) {
      await closeAll(await of(username));
    },
    of,
    async seen(sessionIds) {
      await rows().whereIn('session_id', sessionIds).update({ seen_at: clock() });
    },
    async closeOverdue() {
      const now = clock();
      const over = await rows()
        .where('seen_at', '<', now - SESSION_IDLE_MS)
        .orWhere('opened_at', '<', now - SESSION_LIFE_MS)
        .limit(SWEEP_ROWS)
        .select('session_id');
      for (const row of over) await close(row.session_id);
      return over.length;
    },
  };
  return {
    ...sessions,
    open: (username, wish) => gate.pass(() => sessions.open(username, wish)),
    close: (sessionId) => gate.pass(() => sessions.close(sessionId)),
    closeOthers: (username, sessionId) => gate.pass(() => sessions.closeOthers(username, sessionId)),
    closeAllOf: (username) => gate.pass(() => sessions.closeAllOf(username)),
    closeOverdue: () => gate.pass(() => sessions.closeOverdue()),
  };
}
