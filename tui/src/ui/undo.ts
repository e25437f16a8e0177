import type { Line } from './line-editor.ts';

/** Steps that can be taken back: more than anybody remembers. */
export const UNDO_MAX = 100;

/** What stood in the input before it was changed. */
export interface Undo {
  /** `typed`: by a character, which is one step with those before it up to a blank. */
  changed(before: Line, typed: boolean): void;
  /** What stood there before the last step; null when there is none. */
  back(): Line | null;
  /** Another text begins: what was before it is gone. */
  forget(): void;
}

export const createUndo = (): Undo => {
  let steps: Line[] = [];
  let typing = false;
  return {
    changed: (before, typed) => {
      if (!typed || !typing || /\s$/.test(before.text)) steps = [...steps, before].slice(-UNDO_MAX);
      typing = typed;
    },
    back: () => {
      typing = false;
      return steps.pop() ?? null;
    },
    forget: () => {
      steps = [];
      typing = false;
    },
  };
};
