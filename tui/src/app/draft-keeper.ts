import type { ChatClient, Draft } from '@secure-chat/client/chat-client';
import type { StartTimer } from '../terminal/keys.ts';

/** Milliseconds in which keys are gathered: what is written waits for the disk, and at most so much is lost with the power. */
export const DRAFT_MS = 500;

/** Keeps what is being written, over an end of the program. */
export interface DraftKeeper {
  keep(contact: string, draft: Draft): void;
  /** Writes what was gathered. */
  flush(): void;
}

export const createDraftKeeper = (
  client: Pick<ChatClient, 'setDraft'>,
  startTimer: StartTimer,
): DraftKeeper => {
  const waiting = new Map<string, Draft>();
  let cancel: (() => void) | null = null;
  const flush = (): void => {
    cancel?.();
    cancel = null;
    for (const [contact, draft] of waiting) client.setDraft(contact, draft);
    waiting.clear();
  };
  return {
    keep: (contact, draft) => {
      waiting.set(contact, draft);
      cancel ??= startTimer(flush, DRAFT_MS);
    },
    flush,
  };
};
