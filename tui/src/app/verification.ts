import type { ChatClient } from '@secure-chat/client/chat-client';
import type { SafetyNumber, Verification } from '../ui/state.ts';
import { sentenceOf } from './sentence.ts';

/** The safety number that is on the screen, and what is done to it there. */
export interface Comparison {
  /** Shows it as soon as it is known; what is shown instead is forgotten. */
  open(contact: string): void;
  close(): void;
  /** The keys may have changed: what is shown is asked for again. */
  refresh(): void;
  /**
   * Does it to the contact at once; but where the contact's number is on the screen, only if it is still the same:
   * nobody verifies or accepts what was not shown.
   */
  judge(contact: string, act: () => void): void;
}

export interface ComparisonOptions {
  readonly client: ChatClient;
  readonly show: (verification: Verification | null) => void;
  /** A sentence for the person. */
  readonly fail: (sentence: string) => void;
}

const isSame = (one: SafetyNumber, other: SafetyNumber | null): boolean =>
  one.digits === other?.digits && one.before === other.before;

const CHANGED_MEANWHILE = 'The number has changed just now: compare it again.';

export const createComparison = ({ client, show, fail }: ComparisonOptions): Comparison => {
  let shown: Verification | null = null;

  const put = (verification: Verification | null): void => {
    shown = verification;
    show(verification);
  };

  const attempt = (act: () => void): void => {
    try {
      act();
    } catch (error) {
      fail(sentenceOf(error));
    }
  };

  /** Asks for the number of what is shown, and shows it when it is another; what comes for somebody else is dropped. */
  const ask = (asked: Verification, failed: (sentence: string) => void): void => {
    client.safetyNumber(asked.contact).then(
      (number) => {
        if (shown !== asked) return;
        if (!isSame(number, asked.number)) put({ contact: asked.contact, number });
      },
      (error: unknown) => {
        if (shown === asked) failed(sentenceOf(error));
      },
    );
  };

  return {
    open(contact) {
      const asked = { contact, number: null };
      put(asked);
      const failed = (sentence: string): void => {
        put(null);
        fail(sentence);
      };
      ask(asked, failed);
    },
    close: () => put(null),
    refresh() {
      // What cannot be asked for now stays, and is asked for before anything is done to it.
      if (shown) ask(shown, () => {});
    },
    judge(contact, act) {
      if (shown?.contact !== contact) {
        act();
        return;
      }
      const judged = shown;
      // Also when the view is closed meanwhile: what was pressed was of the number that was on the screen.
      client.safetyNumber(contact).then(
        (number) => {
          if (isSame(number, judged.number)) {
            attempt(act);
            return;
          }
          if (shown === judged) put({ contact, number });
          fail(CHANGED_MEANWHILE);
        },
        (error: unknown) => fail(sentenceOf(error)),
      );
    },
  };
};
