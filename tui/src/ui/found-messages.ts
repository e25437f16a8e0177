import type { OnIntent } from './intents.ts';
import type { SearchState } from './state.ts';

/** What the last search found, to go through it without its list. */
export interface FoundMessages {
  /** A search has ended or changed; null where none is shown, which leaves what was found last. */
  found(search: SearchState | null): void;
  /** Goes to the next older (1) or newer (-1) message found; or a sentence why not. */
  step(step: -1 | 1, current: { contact: string | null; picked: number | null }): string | null;
}

export const createFoundMessages = (onIntent: OnIntent): FoundMessages => {
  let last: NonNullable<SearchState['found']> = [];
  return {
    found: (search) => {
      if (search) last = search.found ?? [];
    },
    step: (step, { contact, picked }) => {
      const at = last.findIndex((each) => each.contact === contact && each.message.id === picked);
      const next = last[at < 0 ? 0 : at + step];
      if (last.length === 0) return 'Nothing has been found yet: /search WORDS looks for messages.';
      if (!next)
        return step > 0
          ? 'This is the oldest message that was found.'
          : 'This is the newest message that was found.';
      return onIntent({ kind: 'go-to', contact: next.contact, id: next.message.id });
    },
  };
};
