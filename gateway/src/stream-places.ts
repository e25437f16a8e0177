import { AppError } from '@secure-chat/service-kit/app-error';
import type { Caller } from '@secure-chat/service-kit/internal-identity';
import { STREAM_SILENT_MS, STREAMS_PER_USER_MAX } from '@secure-chat/wire/limits';

/** How many sessions of a user may have a stream here. */
export interface StreamPlaces {
  /** For each stream that is to be opened. Throws `too_many`; a session that has one already may always have another. */
  enter(caller: Caller): void;
  /** Once for each that entered. */
  leave(caller: Caller): void;
}

export function createStreamPlaces(max = STREAMS_PER_USER_MAX): StreamPlaces {
  /** By user: of each session how many. */
  const users = new Map<string, Map<string, number>>();
  return {
    enter({ username, sessionId }) {
      const sessions = users.get(username) ?? new Map<string, number>();
      const count = sessions.get(sessionId) ?? 0;
      // One whose client has gone ends as silent.
      if (count === 0 && sessions.size >= max)
        throw new AppError('too_many', { retryAfter: STREAM_SILENT_MS / 1000 });
      sessions.set(sessionId, count + 1);
      users.set(username, sessions);
    },
    leave({ username, sessionId }) {
      const sessions = users.get(username);
      const left = (sessions?.get(sessionId) ?? 1) - 1;
      if (left > 0) sessions?.set(sessionId, left);
      else sessions?.delete(sessionId);
      if (sessions?.size === 0) users.delete(username);
    },
  };
}
