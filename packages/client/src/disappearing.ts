import type { Profile } from './profile/profile.ts';

/** The longest that a timer of Node holds, in milliseconds. */
const TIMEOUT_MAX_MS = 2 ** 31 - 1;

/** Deletes messages when their time is over: soon after, and at the start what was over while nothing ran. */
export interface Disappearing {
  /** There may be a new time. */
  schedule(): void;
  stop(): void;
}

export function createDisappearing(options: {
  profile: Profile;
  now: () => number;
  /** Of these contacts some are gone. */
  onDeleted: (contacts: readonly number[]) => void;
}): Disappearing {
  const { profile, now, onDeleted } = options;
  const { history } = profile;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function sweep(): void {
    const due = history.due(now());
    if (due.length > 0) {
      profile.transaction(() => history.remove(due.map(({ id }) => id)));
      profile.sweep();
      onDeleted([...new Set(due.map(({ contact }) => contact))]);
    }
    schedule();
  }

  function schedule(): void {
    clearTimeout(timer);
    if (stopped) return;
    const at = history.nextDeletion();
    if (at !== null) timer = setTimeout(sweep, Math.min(Math.max(0, at - now()), TIMEOUT_MAX_MS)).unref();
  }

  return {
    schedule,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
