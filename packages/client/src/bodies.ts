import type { Body, Listing, Text } from '@secure-chat/crypto/e2ee/body';
import { isLegacy } from './identities.ts';
import type { History, StoredMessage } from './profile/history.ts';
import type { Profile } from './profile/profile.ts';
import { anew } from './profile/waiting.ts';
import { spanOf } from './time-span.ts';

/** e2ee.md, "Messages": what is inside the encryption, to the history. */

/** Times that one message is sent again: a contact that cannot read it then needs another remedy. */
export const REPEATS_MAX = 10;

/** What came of something received: messages that are new or changed, and contacts of which some were deleted. */
export interface Received {
  readonly messages: readonly StoredMessage[];
  readonly deleted: readonly number[];
}
export const NOTHING: Received = { messages: [], deleted: [] };

/** All within a transaction. */
export interface Bodies {
  /** One that was seen before changes nothing. */
  take(contact: number, body: Body): Received;
  /** The same, of one that stood undecryptable in the history until now. */
  replace(contact: number, message: number, body: Body): Received;
  /** A message that counts as unread. */
  add(...message: Parameters<History['add']>): StoredMessage;
}

export function createBodies(options: { profile: Profile; now: () => number }): Bodies {
  const { profile, now } = options;
  const { contacts, history, outbox, peers, undecryptable } = profile;

  /** When it was sent, by its sender; now, when that is to come. */
  const sentAt = (body: Body): number => Math.min(body.sentAt, now());

  function add(...[message, name]: Parameters<History['add']>): StoredMessage {
    const added = history.add(message, name);
    const known = contacts.get(message.contact);
    contacts.update({ ...known, unread: known.unread + 1, lastMessageAt: message.at });
    return added;
  }

  const note = (contact: number, body: Body, text: string): StoredMessage =>
    history.add({
      contact,
      sender: contacts.get(contact).username,
      text,
      at: sentAt(body),
      state: 'note',
      legacy: false,
    });

  /** The place of a message that could not be read when it came first. */
  function gapFor(contact: number, body: Text): StoredMessage | null {
    const found = history.find(contact, { kind: 'received', id: body.id });
    return found?.state === 'undecryptable' ? found : null;
  }

  function fill(gap: StoredMessage, body: Text): StoredMessage {
    const { text, seconds } = body;
    const readable: StoredMessage = { ...gap, text, seconds, at: sentAt(body), state: 'received' };
    history.update(readable);
    history.resetTimer(readable);
    undecryptable.remove(gap.id);
    return readable;
  }

  function repaired(contact: number): void {
    const peer = peers.get(contact);
    if (peer && peer.repairs > 0) peers.put(contact, { ...peer, repairs: 0 });
  }

  function takeText(contact: number, body: Text): StoredMessage {
    const gap = gapFor(contact, body);
    if (gap) {
      repaired(contact);
      return fill(gap, body);
    }
    const { username: sender } = contacts.get(contact);
    const { text, seconds } = body;
    return add({ contact, sender, text, seconds, at: sentAt(body), state: 'received', legacy: false });
  }

  /** The contact could not read these: they go out again, under keys of now. */
  function repeat(contact: number, body: Listing): StoredMessage[] {
    const repeated: StoredMessage[] = [];
    for (const id of new Set(body.of)) {
      const message = history.find(contact, { kind: 'own', id });
      const repeats = message?.repeats ?? 0;
      if (!message || isLegacy(message) || repeats >= REPEATS_MAX || outbox.get(message.id)) continue;
      if (message.state !== 'sent' && message.state !== 'note') continue;
      const state = message.state === 'note' ? 'note' : 'sending';
      const again: StoredMessage = { ...message, state, repeats: repeats + 1 };
      history.update(again);
      const { content } = message;
      outbox.put(message.id, contact, anew({ wireId: id, ...(content && { content }), envelope: null }));
      repeated.push(again);
    }
    return repeated;
  }

  function takeTimer(contact: number, body: Body & { kind: 'timer' }): StoredMessage[] {
    const known = contacts.get(contact);
    if (sentAt(body) < known.timerSetAt) return [];
    contacts.update({ ...known, timer: body.seconds, timerSetAt: sentAt(body) });
    return [note(contact, body, timerNote(known.username, body.seconds))];
  }

  function messagesOf(contact: number, body: Body): StoredMessage[] {
    if (!profile.firstSight('body', contacts.get(contact).username, body.id)) return [];
    switch (body.kind) {
      case 'text':
        return [takeText(contact, body)];
      case 'timer':
        return takeTimer(contact, body);
      case 'lost':
        return repeat(contact, body);
      case 'unknown':
        return [note(contact, body, UNKNOWN(contacts.get(contact).username))];
      // Nothing shows them yet.
      case 'delivered':
      case 'read':
        return [];
    }
  }

  return {
    add,
    take: (contact, body) => ({ ...NOTHING, messages: messagesOf(contact, body) }),
    replace(contact, message, body) {
      // A first attempt has the same id inside as outside, and so its place; any other leaves it.
      const messages = messagesOf(contact, body);
      if (messages.some(({ id }) => id === message)) return { ...NOTHING, messages };
      history.remove([message]);
      return { messages, deleted: [contact] };
    },
  };
}

export const timerNote = (username: string, seconds: number): string =>
  seconds === 0
    ? `${username} set messages to be kept.`
    : `${username} set messages to be deleted after ${spanOf(seconds)}.`;

const UNKNOWN = (username: string): string =>
  `${username} sent something that this version does not know. Update the program to see it.`;
