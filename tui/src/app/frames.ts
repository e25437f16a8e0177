import type { Clock } from '../ui/ui.ts';

/** Milliseconds in which changes are collected: 60 pictures a second are as many as a screen shows. */
export const FRAME_MS = 16;

/** Milliseconds between two pictures of who comes and goes: on a large server somebody does at any moment, and nobody waits for it. */
export const CALM_MS = 1_000;

/** Brings what has changed to the screen: once for however many changes of a frame. */
export interface Frames {
  /** Something has changed. */
  ask(): void;
  /** Shows what has changed, if anything, now. */
  flush(): void;
  stop(): void;
}

/** `apartMs`: between two pictures at least, where what changes is nothing that one waits for. */
export const createFrames = ({ now, startTimer }: Clock, show: () => void, apartMs = FRAME_MS): Frames => {
  let shownAt = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | null = null;
  const stop = (): void => {
    cancel?.();
    cancel = null;
  };
  const flush = (): void => {
    if (cancel === null) return;
    stop();
    shownAt = now();
    show();
  };
  return {
    ask: () => {
      // A clock that was set back makes nobody wait longer.
      const wait = Math.min(apartMs, Math.max(FRAME_MS, shownAt + apartMs - now()));
      cancel ??= startTimer(flush, wait);
    },
    flush,
    stop,
  };
};
