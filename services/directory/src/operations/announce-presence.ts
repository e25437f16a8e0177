import { DONE, type Operation, signedOperation } from '@secure-chat/service-kit/operation';
import { Ok } from '@secure-chat/wire/api';
import type { Presence } from '../presence.ts';

/** wire contract: `POST /presence`. */
export const announcePresence = (presence: Presence): Operation =>
  signedOperation({
    method: 'POST',
    path: '/presence',
    response: Ok,
    handle({ caller }) {
      presence.touch(caller.username);
      return DONE;
    },
  });
