import type { Body, Listing, Text } from '@secure-chat/crypto/e2ee/body';
import { isLegacy } from './identities.ts';
import type { StoredMessage } from './profile/history.ts';
import type { Profile } from './profile/profile.ts';
import { spanOf } from './time-span.ts';
import { makeWireId } from './wire-id.ts';

/** e2ee.md, "Messages": what is inside the encryption, to the history. */

/** Records of one message, with those that sent it again: a contact that cannot read it then needs another remedy. */
export const RECORDS_MAX = 12;

/**
 * Milliseconds for which a message is sent again on request: what a session that broke overnight needs. Whoever has stolen a
 * contact's keys, and shares the server's knowledge of ids, could ask for so much of the past and for no more.
 */
export const REPEAT_MS = 12 * 60 * 60_000;

/** What came of something received: messages that are new or changed, and contacts of which some were deleted. */
export interface Received {
  readonly messages: readonly StoredMessage[];
  readonly deleted: readonly number[];
}
export const NOTHING: Received = { messages: [], deleted: [] };

/** All within a transaction. */
export interface Bodies {
  /** What came in this record, now or when it could not be read yet. One that was seen before adds nothing. */
  take(contact: number, body: Body, record: string | undefined): Received;
  /** A message that counts as unread. */
  add(message: Omit<StoredMessage, 'id'>): StoredMessage;
}

export function createBodies(options: { profile: Profile; now: () => number; repeatMs?: number }): Bodies {
  const { profile, now, repeatMs = REPEAT_MS } = options;
  const { contacts, history, outbox, peers, undecryptable } = profile;

  /** When it was sent, by its sender; now, when that is to come. */
  const sentAt = (body: Body): number => Math.min(body.sentAt, now());

  function add(message: Omit<StoredMessage, 'id'>): StoredMessage {
    const added = history.add(message);
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

  /** Where it stands unread: it came in these records before, or it came in this one and could not be read then. */
  function gapsOf(contact: number, ids: readonly string[]): StoredMessage[] {
    const found = ids.flatMap((id) => history.find(contact, { kind: 'received', id }) ?? []);
    return found.filter(({ state }) => state === 'undecryptable').sort((one, other) => one.id - other.id);
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

  function takeText(contact: number, body: Text, gap: StoredMessage | undefined): StoredMessage {
    if (gap) return fill(gap, body);
    const { username: sender } = contacts.get(contact);
    const { text, seconds } = body;
    return add({ contact, sender, text, seconds, at: sentAt(body), state: 'received', legacy: false });
  }

  /** The contact could not read these: the latest go out again, under keys of now. The person is told of all. */
  function repeat(contact: number, body: Listing): StoredMessage[] {
    const asked = body.of.flatMap((id) => history.find(contact, { kind: 'own', id }) ?? []);
    const messages = [...new Map(asked.map((message) => [message.id, message])).values()].filter(
      (message) => !isLegacy(message) && !outbox.get(message.id) && /^(sent|note)$/.test(message.state),
    );
    const repeated = messages.filter(
      ({ at, records = [] }) => now() - at < repeatMs && records.length < RECORDS_MAX,
    );
    const again = repeated.map((message): StoredMessage => {
      const { id, content, state } = message;
      const sending: StoredMessage = { ...message, state: state === 'note' ? 'note' : 'sending' };
      history.update(sending);
      outbox.put(id, contact, { wireId: makeWireId(), ...(content && { content }), envelope: null });
      return sending;
    });
    const texts = (list: StoredMessage[]) => list.filter(({ state }) => state === 'sent').length;
    const sentence = repeatNote(contacts.get(contact).username, texts(messages), texts(repeated));
    return sentence === null ? again : [...again, note(contact, body, sentence)];
  }

  function takeTimer(contact: number, body: Body & { kind: 'timer' }): StoredMessage[] {
    const known = contacts.get(contact);
    if (sentAt(body) < known.timerSetAt) return [];
    contacts.update({ ...known, timer: body.seconds, timerSetAt: sentAt(body) });
    return [note(contact, body, timerNote(known.username, body.seconds))];
  }

  function messagesOf(contact: number, body: Body, gap: StoredMessage | undefined): StoredMessage[] {
    if (!profile.firstSight('body', contacts.get(contact).username, body.id)) return [];
    switch (body.kind) {
      case 'text':
        return [takeText(contact, body, gap)];
      case 'timer':
        return takeTimer(contact, body);
      case 'lost':
        return repeat(contact, body);
      case 'unknown':
        return [note(contact, body, UNKNOWN(contacts.get(contact).username))];
      // Nothing shows them yet.
      case 'delivered':
      case 'read':
      case 'missing':
        return [];
    }
  }

  return {
    add,
    take(contact, body, record) {
      const gaps = gapsOf(contact, [body.id, ...body.earlier, ...(record === undefined ? [] : [record])]);
      const messages = messagesOf(contact, body, gaps[0]);
      const filled = new Set(messages.map(({ id }) => id));
      const over = gaps.filter(({ id }) => !filled.has(id));
      history.remove(over.map(({ id }) => id));
      if (gaps.length > 0) repaired(contact);
      return { messages, deleted: over.length > 0 ? [contact] : [] };
    },
  };
}

export const timerNote = (username: string, seconds: number): string =>
  seconds === 0
    ? `${username} set messages to be kept.`
    : `${username} set messages to be deleted after ${spanOf(seconds)}.`;

/** Null when no text was asked for. */
function repeatNote(username: string, asked: number, repeated: number): string | null {
  if (asked === 0) return null;
  const count = (number: number) => (number === 1 ? 'one message' : `${number} messages`);
  const lost = `${username}'s client could not read ${count(asked)} of yours`;
  if (repeated === asked) return `${lost}, and was sent ${asked === 1 ? 'it' : 'them'} again.`;
  return `${lost}. ${repeated === 0 ? 'None was' : `Only ${count(repeated)} were`} sent again, since the others are old: ask ${username}.`;
}

const UNKNOWN = (username: string): string =>
  `${username} sent something that this version does not know. Update the program to see it.`;
