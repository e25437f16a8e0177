import { DONE, type Operation, openOperation } from '@secure-chat/service-kit/operation';
import { Ok } from '@secure-chat/wire/api';
import { SESSIONS_SEEN_PATH, SessionsSeen } from '@secure-chat/wire/internal-api';
import type { Sessions } from '../sessions.ts';

/** From a gateway: these sessions are in use. */
export const sessionsSeen = (sessions: Sessions): Operation =>
  openOperation({
    method: 'POST',
    path: SESSIONS_SEEN_PATH,
    body: SessionsSeen,
    response: Ok,
    async handle({ body }) {
      await sessions.seen(body.sessionIds);
      return DONE;
    },
  });
