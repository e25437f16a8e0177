import type { StartTimer } from '../terminal/keys.ts';

/** Milliseconds in which changes are collected: 60 pictures a second are as many as a screen shows. */
export const FRAME_MS = 16;

/** Brings what has changed to the screen: once for however many changes of a frame. */
export interface Frames {
  /** Something has changed. */
  ask(): void;
  /** Shows what has changed, if anything, now. */
  flush(): void;
  stop(): void;
}

export const createFrames = (startTimer: StartTimer, show: () => void): Frames => {
  let cancel: (() => void) | null = null;
  const stop = (): void => {
    cancel?.();
    cancel = null;
  };
  const flush = (): void => {
    if (cancel === null) return;
    stop();
    show();
  };
  return {
    ask: () => {
      cancel ??= startTimer(flush, FRAME_MS);
    },
    flush,
    stop,
  };
};
