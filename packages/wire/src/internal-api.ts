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
/** To the directory: these users have a stream open. */
export const PRESENCE_SEEN_PATH = '/internal/presence';
export const PresenceSeen = Type.Object({
  usernames: Type.Array(Username, { maxItems: PRESENCE_SEEN_MAX }),
});

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
