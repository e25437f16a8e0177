import { DONE, type Operation, signedOperation } from '@secure-chat/service-kit/operation';
import { Ok } from '@secure-chat/wire/api';
import type { Sessions } from '../sessions.ts';

/** wire contract: `POST /chat/auth/logout`. */
export const logout = (sessions: Sessions): Operation =>
  signedOperation({
    method: 'POST',
    path: '/chat/auth/logout',
    response: Ok,
    async handle({ caller }) {
      await sessions.close(caller.sessionId);
      return DONE;
    },
  });
