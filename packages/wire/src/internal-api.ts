import { Type } from 'typebox';
import { Username } from './username.ts';

/** Calls of the gateway to the services that no client can make. */

/** Session ids in one `POST /internal/sessions/seen`: 40 KB of body. */
export const SESSIONS_SEEN_MAX = 1_000;
/** To auth: these sessions signed requests since the gateway last said so. */
export const SESSIONS_SEEN_PATH = '/internal/sessions/seen';
export const SessionsSeen = Type.Object({
  sessionIds: Type.Array(Type.String({ maxLength: 64 }), { maxItems: SESSIONS_SEEN_MAX }),
});

/** Names in one `POST /internal/presence`: 35 KB of body. */
export const PRESENCE_SEEN_MAX = 1_000;
/** Of those who left, with their sessions: 43 KB. */
export const PRESENCE_LEFT_MAX = 500;
/** To the directory: these users have a stream open at this gateway, those have closed their last one there. */
export const PRESENCE_SEEN_PATH = '/internal/presence';
export const PresenceSeen = Type.Object({
  gateway: Type.String({ maxLength: 64 }),
  usernames: Type.Array(Username, { maxItems: PRESENCE_SEEN_MAX }),
  left: Type.Array(Type.Object({ username: Username, sessionId: Type.String({ maxLength: 64 }) }), {
    maxItems: PRESENCE_LEFT_MAX,
  }),
});
export type PresenceSeen = Type.Static<typeof PresenceSeen>;

/** A user's two mailboxes. */
export const MailboxKind = Type.Enum(['messages', 'keys']);
export type MailboxKind = Type.Static<typeof MailboxKind>;

/** To the relay: the client's socket took what a poll returned; the caller's cursor moves there. */
export const CURSOR_PATH = '/internal/cursor';
export const CursorCommit = Type.Object({ mailbox: MailboxKind, cursor: Type.Integer({ minimum: 0 }) });
export type CursorCommit = Type.Static<typeof CursorCommit>;

/** Header of a poll's answer, for the gateway alone: the cursor to commit once the answer was taken. */
export const CURSOR_HEADER = 'x-mailbox-cursor';

/**
 * Header of a 503 from a server that is closing, and of nothing else: the request was refused before any work was
 * done, so another instance may be asked.
 */
export const NOT_BEGUN_HEADER = 'x-not-begun';
