import type { ChatClient } from '@secure-chat/client/chat-client';
import type { SearchState } from '../ui/state.ts';
import { sentenceOf } from './sentence.ts';

/** What is looked for, and shown. */
export interface Search {
  /** Shows what has these words, as soon as it is known; what is shown instead is forgotten. */
  open(words: string): void;
  close(): void;
}

export const createSearch = (options: {
  readonly client: ChatClient;
  readonly show: (search: SearchState | null) => void;
  /** A sentence for the person. */
  readonly fail: (sentence: string) => void;
}): Search => {
  const { client, show, fail } = options;
  let shown: SearchState | null = null;
  const put = (search: SearchState | null): void => {
    shown = search;
    show(search);
  };
  return {
    open(words) {
      const asked: SearchState = { words, found: null };
      put(asked);
      client.search(words).then(
        (found) => {
          if (shown === asked)
            put({ words, found: found.map((message) => ({ contact: message.contact, message })) });
        },
        (error: unknown) => {
          if (shown !== asked) return;
          put(null);
          fail(sentenceOf(error));
        },
      );
    },
    close: () => put(null),
  };
};
