import type { Completeness } from './completeness.ts';
import type { Numbered } from './numbering.ts';
import type { StoredContact } from './profile/contacts.ts';
import type { StoredMessage } from './profile/history.ts';
import type { Profile } from './profile/profile.ts';

/** Requests kept at a time: more than a person looks through, and with all their messages no more than 120 MiB. */
export const REQUESTS_MAX = 100;
/** Messages kept of one request: to say who one is takes a few. */
export const REQUEST_MESSAGES_MAX = 20;

/** What is done with people who write first: `hold` keeps it from being noticed by either side until the person decides. */
export type RequestsMode = 'hold' | 'accept';

/**
 * People who wrote first, and whom this person neither wrote to nor added. While one is not accepted nothing goes to their client, which
 * could tell that somebody is here: no receipt, no typing notice, no repair. All within a transaction.
 */
export interface ContactRequests {
  /** Whoever sent a record of this kind, kept as a contact from now on; null when there are too many requests for one more. */
  admit(sender: string, kind: 'key' | 'message'): StoredContact | null;
  /** Whether no further message of the contact is kept. */
  isFull(contact: number): boolean;
  /** One that came and is not kept; null for one without a number. */
  leave(contact: number, numbered: Numbered | null): void;
  /** From now on a contact as any other. Nothing changes for one who is. */
  accept(contact: number): void;
  acceptAll(): void;
  /** Drops the messages, of which the sender is told nothing. What comes later is a request again. */
  decline(contact: number): void;
}

/** Whether somebody waits for the person's decision. */
export const isRequest = ({ accepted, blocked, lastMessageAt }: StoredContact): boolean =>
  !accepted && !blocked && lastMessageAt !== null;

export function createContactRequests(options: {
  profile: Profile;
  completeness: Completeness;
  mode: RequestsMode;
  now: () => number;
  /** There may be something to tell the contact now; and these were noted. */
  onAccepted: (contact: number, notes: readonly StoredMessage[]) => void;
  onWarning: () => void;
}): ContactRequests {
  const { profile, completeness, mode, now, onAccepted, onWarning } = options;
  const { contacts, history, peers, warnings } = profile;

  const hasRoom = (): boolean => mode === 'accept' || contacts.all().filter(isRequest).length < REQUESTS_MAX;

  /** What came under v1 cannot be asked for. */
  function noteLost({ id, username, notKept }: StoredContact): StoredMessage[] {
    if (notKept === 0 || peers.get(id)) return [];
    const text = `${notKept === 1 ? 'One more message' : `${notKept} more messages`} of ${username} came before you accepted, and could not be kept. Ask ${username} for what is not here.`;
    return [history.add({ contact: id, sender: username, text, at: now(), state: 'note', legacy: false })];
  }

  const requests: ContactRequests = {
    admit(sender, kind) {
      const known = contacts.find(sender);
      const isHere = known && (known.accepted || known.blocked || known.lastMessageAt !== null);
      if (known && (kind === 'key' || isHere)) return known;
      if (!hasRoom()) {
        if (kind === 'message' && warnings.add(TOO_MANY)) onWarning();
        return null;
      }
      const contact = contacts.ensure(sender);
      if (kind === 'message' && mode === 'accept') requests.accept(contact.id);
      return contacts.get(contact.id);
    },
    isFull: (contact) => !contacts.get(contact).accepted && history.count(contact) >= REQUEST_MESSAGES_MAX,
    leave(contact, numbered) {
      if (numbered && !completeness.left(contact, numbered.series, numbered.number)) return;
      const known = contacts.get(contact);
      contacts.update({ ...known, notKept: known.notKept + 1 });
    },
    accept(contact) {
      const known = contacts.get(contact);
      if (known.accepted) return;
      contacts.update({ ...known, accepted: true, notKept: 0 });
      completeness.wantLeft(contact);
      onAccepted(contact, noteLost(known));
    },
    acceptAll() {
      for (const contact of contacts.all().filter(isRequest)) requests.accept(contact.id);
    },
    decline(contact) {
      history.removeAll(contact);
      completeness.declined(contact);
      const none = { unread: 0, readTo: null, lastMessageAt: null, notKept: 0, timer: 0 };
      contacts.update({ ...contacts.get(contact), ...none });
    },
  };
  return requests;
}

const TOO_MANY = `${REQUESTS_MAX} people who are no contacts of yours wait for you to accept or decline them. What further ones write is not kept, and their clients never say that it was delivered. Accept or decline some.`;
