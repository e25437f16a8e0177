import { type Operation, signedOperation } from '@secure-chat/service-kit/operation';
import { Sessions as SessionsAnswer } from '@secure-chat/wire/api';
import { formatTimestamp } from '@secure-chat/wire/timestamps';
import type { Sessions } from '../sessions.ts';

/** protocol: `GET /chat/auth/sessions`. */
export const listSessions = (sessions: Pick<Sessions, 'of'>): Operation =>
  signedOperation({
    method: 'GET',
    path: '/chat/auth/sessions',
    response: SessionsAnswer,
    async handle({ caller }) {
      const found = await sessions.of(caller.username);
      return {
        value: {
          sessions: found.map(({ sessionId, openedAt, seenAt, client }) => ({
            'session-id': sessionId,
            opened_at: formatTimestamp(openedAt),
            seen_at: formatTimestamp(seenAt),
            current: sessionId === caller.sessionId,
            client,
          })),
        },
      };
    },
  });
