import type { Violation } from './checker.ts';

/** Beginnings of what a service unit tells of its process, after its name. */
export const TOLD = {
  ended: 'ended by itself: ',
  notStarted: 'did not start: ',
  notEnded: 'did not end: ',
} as const;
/** Goes on so when the process has ended; else it was only late to be ready, as a gateway is whose auth is down. */
const ENDED = 'ended: ';

/** What services did that they must not, of all that was told. Those that were only late are started again. */
export const misbehaved = (told: readonly string[]): Violation[] =>
  told.flatMap((what): Violation[] => {
    if (what.includes(` ${TOLD.notEnded}`)) return [{ kind: 'did not end', what }];
    const ended = [TOLD.ended, `${TOLD.notStarted}${ENDED}`].some((how) => what.includes(` ${how}`));
    return ended ? [{ kind: 'ended by itself', what }] : [];
  });
