import { type Alarm, createAlarm } from './alarm.ts';
import type { Outbox } from './outbox.ts';
import type { Profile } from './profile/profile.ts';

/** Deletes messages when their time is over: soon after, and at the start what was over while nothing ran. */
export function createDisappearing(options: {
  profile: Profile;
  outbox: Outbox;
  now: () => number;
  /** Of these contacts some are gone. */
  onDeleted: (contacts: readonly number[]) => void;
}): Alarm {
  const { profile, outbox, now, onDeleted } = options;
  const { history } = profile;

  function sweep(): void {
    const due = history.due(now());
    if (due.length === 0) return;
    const ids = due.map(({ id }) => id);
    profile.transaction(() => {
      outbox.withdraw(ids);
      history.remove(ids);
    });
    profile.sweep();
    onDeleted([...new Set(due.map(({ contact }) => contact))]);
  }

  return createAlarm({ now, next: history.nextDeletion, ring: sweep });
}
