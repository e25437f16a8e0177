import type { StartTimer } from '../terminal/keys.ts';
import type { Shown } from './shown.ts';
import type { Notice } from './state.ts';

/** Milliseconds that an answer stands: three rows are read twice in that time, and then the conversation has the room again. */
export const NOTICE_MS = 15_000;

/** Takes away what was only to be known: after a while, or with the next key. Errors and warnings stay. */
export interface Fading {
  /** The notice that is shown has been drawn. */
  look(): void;
  /** A key has done what it does; `before`: the notice that it was pressed under. */
  pressed(before: Notice | null): void;
  stop(): void;
}

export const createFading = (
  { now, change }: Shown,
  { startTimer, redraw }: { readonly startTimer: StartTimer; readonly redraw: () => void },
): Fading => {
  let watched: Notice | null = null;
  let cancel = (): void => {};

  const leave = (notice: Notice | null): void => {
    if (notice?.kind === 'info' && now().notice === notice) change({ notice: null });
  };

  return {
    look: () => {
      const { notice } = now();
      if (notice === watched) return;
      cancel();
      watched = notice;
      cancel =
        notice?.kind === 'info'
          ? startTimer(() => {
              leave(notice);
              redraw();
            }, NOTICE_MS)
          : () => {};
    },
    pressed: leave,
    stop: () => cancel(),
  };
};
