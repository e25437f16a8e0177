import { DONE, type Operation, openOperation } from '@secure-chat/service-kit/operation';
import { Ok } from '@secure-chat/wire/api';
import { PRESENCE_SEEN_PATH, PresenceSeen } from '@secure-chat/wire/internal-api';
import type { Presence } from '../presence.ts';

/** From a gateway: these users have a stream open. */
export const presenceSeen = (presence: Presence): Operation =>
  openOperation({
    method: 'POST',
    path: PRESENCE_SEEN_PATH,
    body: PresenceSeen,
    response: Ok,
    handle({ body }) {
      for (const username of body.usernames) presence.touch(username);
      return DONE;
    },
  });
