import type { Intent } from './intents.ts';
import type { Notice } from './state.ts';

/** What has to be asked for twice. It counts while the sentence that says so is on the screen. */
export interface Confirmation {
  /** `notice`: the sentence. */
  ask(intent: Intent, notice: Notice | null): void;
  /** Is it what was asked, and does the sentence still stand? Whatever it is, nothing is asked any more. */
  isGiven(intent: Intent, notice: Notice | null): boolean;
}

export const createConfirmation = (): Confirmation => {
  let asked: { what: string; notice: Notice | null } | null = null;
  return {
    ask: (intent, notice) => {
      asked = { what: JSON.stringify(intent), notice };
    },
    isGiven: (intent, notice) => {
      const before = asked;
      asked = null;
      return before?.what === JSON.stringify(intent) && before.notice === notice;
    },
  };
};
