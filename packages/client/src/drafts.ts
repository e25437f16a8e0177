import type { Draft } from './chat.ts';
import type { Profile } from './profile/profile.ts';
import { cut } from './text-limit.ts';

export const EMPTY_DRAFT: Draft = { text: '', of: null };

/** What is being written to each contact. */
export interface Drafts {
  /** Empty for none; of no message that is gone. */
  of(contact: number): Draft;
  /** Of a text that is too long, the beginning. Within a transaction. */
  put(contact: number, draft: Draft): void;
}

export function createDrafts({ drafts, history }: Pick<Profile, 'drafts' | 'history'>): Drafts {
  /** Is the message there, so that something can be said of it? */
  function isThere(contact: number, id: number): boolean {
    const [message] = history.page(contact, id + 1, 1);
    return message?.id === id && !message.deleted;
  }

  return {
    of(contact) {
      const draft = drafts.get(contact) ?? EMPTY_DRAFT;
      return draft.of && !isThere(contact, draft.of.id) ? { ...draft, of: null } : draft;
    },
    put: (contact, { text, of }) => drafts.put(contact, { text: cut(text), of }),
  };
}
