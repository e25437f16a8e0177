import type { ChatClient } from '@secure-chat/client/chat-client';
import type { StartTimer } from '../terminal/keys.ts';

/** Milliseconds in which keys are gathered: what is written waits for the disk, and at most so much is lost with the power. */
export const DRAFT_MS = 500;

/** Keeps what is being written, over an end of the program. */
export interface DraftKeeper {
  keep(contact: string, text: string): void;
  /** Writes what was gathered. */
  flush(): void;
}

export const createDraftKeeper = (
  client: Pick<ChatClient, 'setDraft'>,
  startTimer: StartTimer,
): DraftKeeper => {
  const waiting = new Map<string, string>();
  let cancel: (() => void) | null = null;
  const flush = (): void => {
    cancel?.();
    cancel = null;
    for (const [contact, text] of waiting) client.setDraft(contact, text);
    waiting.clear();
  };
  return {
    keep: (contact, text) => {
      waiting.set(contact, text);
      cancel ??= startTimer(flush, DRAFT_MS);
    },
    flush,
  };
};
