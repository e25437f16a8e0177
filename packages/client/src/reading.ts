import { type Ranges, union } from '@secure-chat/crypto/e2ee/ranges';
import type { Completeness } from './completeness.ts';
import type { StoredContact } from './profile/contacts.ts';
import type { StoredMessage } from './profile/history.ts';
import type { Profile } from './profile/profile.ts';

/** Messages read at a time: more than a screen shows. */
const PAGE = 100;

/** All within a transaction. */
export interface Reading {
  /** The person has seen the messages of a contact up to this one; all, where it is the newest. False when nothing was unread. */
  seen(contact: StoredContact, upTo: number): boolean;
}

/** What counts as unread. */
const counts = ({ state }: StoredMessage): boolean =>
  state === 'received' || state === 'undecryptable' || state === 'refused';

export function createReading(options: {
  profile: Profile;
  completeness: Completeness;
  now: () => number;
}): Reading {
  const { profile, completeness, now } = options;
  const { contacts, history } = profile;

  /** Newest first. */
  function* backwards(contact: number, from: number): Generator<StoredMessage> {
    for (let before = from; ; ) {
      const page = history.page(contact, before, PAGE);
      yield* page.toReversed();
      const [oldest] = page;
      if (!oldest) return;
      before = oldest.id;
    }
  }

  /** The unread are the newest so many, where nothing else is known. */
  function lastRead({ id, unread }: StoredContact): number {
    let left = unread;
    for (const message of backwards(id, Number.MAX_SAFE_INTEGER)) {
      if (counts(message)) left -= 1;
      if (left === 0) return message.id - 1;
    }
    return 0;
  }

  function newlySeen(contact: StoredContact, upTo: number): StoredMessage[] {
    const from = contact.readTo ?? lastRead(contact);
    const found: StoredMessage[] = [];
    for (const message of backwards(contact.id, upTo + 1)) {
      if (message.id <= from) break;
      if (counts(message)) found.push(message);
    }
    return found;
  }

  function seenAll(contact: StoredContact, newest: number): void {
    contacts.update({ ...contact, unread: 0, readTo: newest });
    history.startTimers(contact.id, now());
    completeness.seen(contact.id, null);
  }

  return {
    seen(contact, upTo) {
      if (contact.unread === 0) return false;
      const newest = history.page(contact.id, Number.MAX_SAFE_INTEGER, 1)[0]?.id ?? 0;
      if (upTo >= newest) {
        seenAll(contact, newest);
        return true;
      }
      const messages = newlySeen(contact, upTo);
      if (messages.length === 0) return false;
      contacts.update({ ...contact, unread: Math.max(0, contact.unread - messages.length), readTo: upTo });
      for (const { id, state } of messages) if (state === 'received') history.startTimer(id, now());
      completeness.seen(contact.id, numbersOf(messages));
      return true;
    },
  };
}

/** By series. */
function numbersOf(messages: readonly StoredMessage[]): ReadonlyMap<string, Ranges> {
  const found = new Map<string, Ranges>();
  for (const { numbered } of messages) {
    if (!numbered) continue;
    const { series, number } = numbered;
    found.set(series, union(found.get(series) ?? [], [[number, number]]));
  }
  return found;
}
