import type { Completeness } from './completeness.ts';
import type { StoredMessage } from './profile/history.ts';
import type { Profile } from './profile/profile.ts';

/** Shows what has been missing for long enough, when its time has come. */
export interface Reveals {
  /** There may be a new time. */
  schedule(): void;
  stop(): void;
}

export function createReveals(options: {
  profile: Profile;
  completeness: Completeness;
  now: () => number;
  onRevealed: (messages: readonly StoredMessage[]) => void;
}): Reveals {
  const { profile, completeness, now, onRevealed } = options;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function reveal(): void {
    onRevealed(profile.transaction(completeness.reveal));
    schedule();
  }

  function schedule(): void {
    clearTimeout(timer);
    if (stopped) return;
    const at = completeness.nextReveal();
    if (at !== null) timer = setTimeout(reveal, Math.max(0, at - now())).unref();
  }

  return {
    schedule,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
