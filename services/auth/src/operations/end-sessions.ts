import { AppError } from '@secure-chat/service-kit/app-error';
import { DONE, type Operation, signedOperation } from '@secure-chat/service-kit/operation';
import { EndSessionsRequest, Ok } from '@secure-chat/wire/api';
import { foldName } from '@secure-chat/wire/names';
import type { InTurn } from '../in-turn.ts';
import type { Sessions } from '../sessions.ts';

export interface EndSessionsParts {
  readonly sessions: Pick<Sessions, 'of' | 'close' | 'closeOthers'>;
  readonly inTurn: InTurn;
}

/** protocol: `POST /chat/auth/sessions/end`. Of a session of somebody else it says what it says of one that never was. */
export const endSessions = ({ sessions, inTurn }: EndSessionsParts): Operation =>
  signedOperation({
    method: 'POST',
    path: '/chat/auth/sessions/end',
    body: EndSessionsRequest,
    response: Ok,
    handle: ({ caller, body }) =>
      inTurn(foldName(caller.username), async () => {
        const sessionId = 'session-id' in body ? body['session-id'] : null;
        if (sessionId !== null && 'others' in body) throw new AppError('bad_request');
        if (sessionId === null) {
          await sessions.closeOthers(caller.username, caller.sessionId);
          return DONE;
        }
        const own = await sessions.of(caller.username);
        if (!own.some((session) => session.sessionId === sessionId))
          throw new AppError('not_found', { message: 'You have no such session.' });
        await sessions.close(sessionId);
        return DONE;
      }),
  });
