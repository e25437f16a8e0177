import { type Alarm, createAlarm } from './alarm.ts';
import type { Profile } from './profile/profile.ts';

/** Deletes messages when their time is over: soon after, and at the start what was over while nothing ran. */
export function createDisappearing(options: {
  profile: Profile;
  now: () => number;
  /** Of these contacts some are gone. */
  onDeleted: (contacts: readonly number[]) => void;
}): Alarm {
  const { profile, now, onDeleted } = options;
  const { history } = profile;

  function sweep(): void {
    const due = history.due(now());
    if (due.length === 0) return;
    profile.transaction(() => history.remove(due.map(({ id }) => id)));
    profile.sweep();
    onDeleted([...new Set(due.map(({ contact }) => contact))]);
  }

  return createAlarm({ now, next: history.nextDeletion, ring: sweep });
}
