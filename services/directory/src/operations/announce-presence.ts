import { DONE, type Operation, signedOperation } from '@secure-chat/service-kit/operation';
import { Ok } from '@secure-chat/wire/api';
import type { Presence } from '../presence.ts';

/** What a session that announces itself is called among those who vouch for its user. */
export const sessionSource = (sessionId: string): string => `session ${sessionId}`;

/** wire contract: `POST /presence`. */
export const announcePresence = (presence: Presence): Operation =>
  signedOperation({
    method: 'POST',
    path: '/presence',
    response: Ok,
    handle({ caller }) {
      presence.touch(caller.username, sessionSource(caller.sessionId));
      return DONE;
    },
  });
