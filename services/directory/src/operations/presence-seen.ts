import { DONE, type Operation, openOperation } from '@secure-chat/service-kit/operation';
import { Ok } from '@secure-chat/wire/api';
import { PRESENCE_SEEN_PATH, PresenceSeen } from '@secure-chat/wire/internal-api';
import type { Presence } from '../presence.ts';
import { sessionSource } from './announce-presence.ts';

/** From a gateway: these users have a stream open, and those have closed their last one there. */
export const presenceSeen = (presence: Presence): Operation =>
  openOperation({
    method: 'POST',
    path: PRESENCE_SEEN_PATH,
    body: PresenceSeen,
    response: Ok,
    handle({ body: { gateway, usernames, left } }) {
      for (const username of usernames) presence.touch(username, `gateway ${gateway}`);
      for (const { username, sessionId } of left) {
        presence.leave(username, `gateway ${gateway}`);
        presence.leave(username, sessionSource(sessionId));
      }
      return DONE;
    },
  });
