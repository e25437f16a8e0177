import type { Message } from './chat.ts';
import { isRequest } from './contact-requests.ts';
import type { Delivery } from './delivery.ts';
import { isLegacy } from './identities.ts';
import type { Numbering } from './numbering.ts';
import type { StoredMessage } from './profile/history.ts';
import type { Profile } from './profile/profile.ts';

/** Messages as a person sees them, out of stored ones. Throws for a hidden one. */
export function createShownMessages(options: {
  profile: Profile;
  numbering: Pick<Numbering, 'stateOf'>;
  delivery: Pick<Delivery, 'waitsFor'>;
}): (stored: StoredMessage) => Message {
  const { profile, numbering, delivery } = options;
  const { contacts, history, settings } = profile;
  const { username } = profile.identity.get();

  function answered({ contact, answers }: StoredMessage): Message['answers'] {
    if (!answers) return null;
    const found = history.find(contact, answers);
    if (!found) return { id: null, sender: '', text: '' };
    return { id: found.id, sender: found.sender, text: found.text };
  }

  function reactionsOf({ contact, reactions = {} }: StoredMessage): Message['reactions'] {
    const { own, theirs } = reactions;
    return [
      ...(theirs === undefined ? [] : [{ sender: contacts.get(contact).username, emoji: theirs }]),
      ...(own === undefined ? [] : [{ sender: username, emoji: own }]),
    ];
  }

  return (stored) => {
    const { id, contact, sender, text, at, failure, count = 1, deleted = false } = stored;
    if (stored.state === 'hidden') throw new Error(`message ${id} is hidden`);
    const state = stored.state === 'sent' ? numbering.stateOf(stored, settings.get().receipts) : stored.state;
    const of = contacts.get(contact);
    const waiting = state === 'queued' ? delivery.waitsFor(contact) : null;
    const isNext = waiting !== null && profile.outbox.of(contact)[0] === id;
    return {
      id,
      contact: of.username,
      request: isRequest(of),
      sender,
      text,
      at,
      state,
      legacy: isLegacy(stored),
      ...(failure !== undefined && { failure }),
      ...(isNext && { waiting }),
      count,
      answers: answered(stored),
      edited: stored.editedAt !== undefined,
      deleted,
      reactions: reactionsOf(stored),
    };
  };
}
