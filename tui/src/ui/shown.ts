import type { ChatScreen } from './chat-view.ts';
import type { Notice } from './state.ts';

/** What is on the screen, and the one way to change it: what the parts of the chat share. */
export interface Shown {
  now(): ChatScreen;
  change(part: Partial<ChatScreen>): void;
  /** Shows a sentence above the status line. */
  say(kind: Notice['kind'], text: string): void;
}

export const createShown = (initial: ChatScreen): Shown => {
  let screen = initial;
  const change = (part: Partial<ChatScreen>): void => {
    screen = { ...screen, ...part };
  };
  return { now: () => screen, change, say: (kind, text) => change({ notice: { kind, text } }) };
};
