import {
  type Body,
  LISTING_MAX,
  type Listing,
  type Receipt,
  type Referring,
  type Text,
  type Timer,
} from '@secure-chat/crypto/e2ee/body';
import type { Completeness } from './completeness.ts';
import type { ContactRequests } from './contact-requests.ts';
import { isLegacy } from './identities.ts';
import type { Numbered, Numbering } from './numbering.ts';
import type { StoredMessage } from './profile/history.ts';
import type { Profile } from './profile/profile.ts';
import { isEmoji, targetName, withoutText, withReaction } from './references.ts';
import { spanOf } from './time-span.ts';
import { makeWireId } from './wire-id.ts';

/** e2ee.md, "Messages": what is inside the encryption, to the history. */

/** Records of one message, with those that sent it again: a contact that cannot read it then needs another remedy. */
export const RECORDS_MAX = 12;

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
  add(message: Omit<StoredMessage, 'id'>, place?: number): StoredMessage;
}

export function createBodies(options: {
  profile: Profile;
  numbering: Numbering;
  completeness: Completeness;
  requests: ContactRequests;
  /** A message with a number will not be sent again. */
  onWithdrawn: (contact: number) => void;
  /** A contact has asked for these records, and need not wait for them. */
  onOver: (contact: number, records: readonly string[]) => void;
  now: () => number;
}): Bodies {
  const { profile, numbering, completeness, requests, onWithdrawn, onOver, now } = options;
  const { contacts, history, outbox, peers, undecryptable } = profile;

  /** When it was sent, by its sender; now, when that is to come. */
  const sentAt = (body: Body): number => Math.min(body.sentAt, now());

  function add(message: Omit<StoredMessage, 'id'>, place?: number): StoredMessage {
    const added = history.add(message, place);
    const known = contacts.get(message.contact);
    const lastMessageAt = Math.max(message.at, known.lastMessageAt ?? 0);
    contacts.update({ ...known, unread: known.unread + 1, lastMessageAt });
    return added;
  }

  const note = (contact: number, body: Body, text: string, place?: number): StoredMessage =>
    history.add(
      {
        contact,
        sender: contacts.get(contact).username,
        text,
        at: sentAt(body),
        state: 'note',
        legacy: false,
      },
      place,
    );

  /** Where it stands unread: it came in these records before, or it came in this one and could not be read then. */
  function gapsOf(contact: number, ids: readonly string[]): StoredMessage[] {
    const found = ids.flatMap((id) => history.find(contact, { kind: 'received', id }) ?? []);
    return found.filter(({ state }) => state === 'undecryptable').sort((one, other) => one.id - other.id);
  }

  function fill(gap: StoredMessage, body: Shown): StoredMessage {
    const readable: StoredMessage = { ...gap, ...contentOf(body), at: sentAt(body), state: 'received' };
    history.update(readable);
    history.resetTimer(readable);
    undecryptable.remove(gap.id);
    return readable;
  }

  function repaired(contact: number): void {
    const peer = peers.get(contact);
    if (peer && peer.repairs > 0) peers.put(contact, { ...peer, repairs: 0 });
  }

  function takeText(contact: number, body: Shown, gap: StoredMessage | undefined): Received {
    const { place, changed } = completeness.arrived(contact, body.series, body.number);
    const deleted = changed ? [contact] : [];
    const message = gap ? fill(gap, body) : addText(contact, body, place ?? undefined);
    history.name(message, { kind: 'received', id: body.id });
    return { messages: [message], deleted };
  }

  function addText(contact: number, body: Shown, place: number | undefined): StoredMessage {
    const { username: sender } = contacts.get(contact);
    const common = { contact, sender, at: sentAt(body), legacy: false };
    return add({ ...common, ...contentOf(body), state: 'received' }, place);
  }

  /** Whether it becomes a row of the conversation. */
  function addsRow(contact: number, body: Body): boolean {
    if (body.kind === 'edit') return history.find(contact, targetName(body)) === null;
    return body.kind === 'text' || body.kind === 'reply' || body.kind === 'unknown';
  }

  /** Of somebody who is blocked: their client goes on as before, and the person sees nothing of it. */
  function ignore(contact: number, body: Body): Received {
    const numbered = numberedOf(body);
    if (numbered) completeness.ignored(contact, numbered.series, numbered.number);
    return NOTHING;
  }

  /** What is said of a message that is here. An edit of one that is not can be read all the same; the rest has nothing to show. */
  function takeReference(contact: number, body: Referring, gap: StoredMessage | undefined): Received {
    const target = history.find(contact, targetName(body));
    if (body.kind === 'reply' || (body.kind === 'edit' && !target)) return takeText(contact, body, gap);
    const { changed } = completeness.arrived(contact, body.series, body.number);
    const deleted = changed ? [contact] : [];
    const message = target && !target.deleted ? refer(target, body) : null;
    return { messages: message ? [message] : [], deleted };
  }

  /** The message as it is now; null when nothing has changed. */
  function refer(target: StoredMessage, body: Referring): StoredMessage | null {
    if (body.kind === 'reaction') {
      const { text } = body;
      if (text !== '' && !isEmoji(text)) return null;
      return withReaction(profile, target, 'theirs', text === '' ? null : text);
    }
    if (target.state !== 'received') return null;
    if (body.kind === 'delete') return withoutText(profile, target);
    if (sentAt(body) < (target.editedAt ?? 0) || body.text.trim() === '') return null;
    const edited: StoredMessage = { ...target, text: body.text, editedAt: sentAt(body) };
    history.update(edited);
    return edited;
  }

  /**
   * The contact does not have these: they go out again, under keys of now, and the person is told. What its client has said to
   * have does not: whoever has stolen its keys could ask for all that was ever written.
   */
  function repeat(contact: number, body: Listing | Receipt, asked: readonly StoredMessage[]): Received {
    const messages = [...new Map(asked.map((message) => [message.id, message])).values()].filter(
      (message) =>
        !isLegacy(message) &&
        !numbering.isDelivered(message) &&
        !outbox.get(message.id) &&
        /^(sent|note|hidden)$/.test(message.state),
    );
    for (const message of messages.filter(({ deleted }) => deleted)) {
      numbering.withdraw(message);
      onWithdrawn(contact);
    }
    const repeated = messages.filter(({ records = [], deleted }) => !deleted && records.length < RECORDS_MAX);
    for (const { id, content } of repeated)
      outbox.put(id, contact, { wireId: makeWireId(), ...(content && { content }), envelope: null });
    const texts = (list: StoredMessage[]) => list.filter(({ state }) => state === 'sent').length;
    const { username } = contacts.get(contact);
    const sentence = repeatNote(username, body.kind, texts(messages), texts(repeated));
    return only(sentence === null ? [] : [note(contact, body, sentence)]);
  }

  /** Records that were no messages, or of messages that have come otherwise, are waited for no more. */
  function lost(contact: number, body: Listing): Received {
    const found = body.of.map((id) => history.find(contact, { kind: 'own', id }));
    const over = body.of.filter((_, index) => !found[index] || numbering.isDelivered(found[index]));
    if (over.length > 0) onOver(contact, over);
    return repeat(
      contact,
      body,
      found.flatMap((message) => message ?? []),
    );
  }

  function takeTimer(contact: number, body: Timer): Received {
    const { place, changed } = completeness.arrived(contact, body.series, body.number);
    const known = contacts.get(contact);
    const deleted = changed ? [contact] : [];
    if (sentAt(body) < known.timerSetAt) return { messages: [], deleted };
    contacts.update({ ...known, timer: body.seconds, timerSetAt: sentAt(body) });
    // Who is no contact gets no row by what is no message.
    if (!known.accepted) return { messages: [], deleted };
    const text = timerNote(known.username, body.seconds);
    return { messages: [note(contact, body, text, place ?? undefined)], deleted };
  }

  function takeReceipt(contact: number, body: Receipt): Received {
    const { kind, series, ranges } = body;
    if (kind === 'gone')
      return { messages: [], deleted: completeness.gone(contact, series, ranges) ? [contact] : [] };
    if (kind === 'missing')
      return repeat(contact, body, numbering.messagesOf(contact, series, ranges, LISTING_MAX));
    return only(numbering.take(contact, { kind, series, ranges }));
  }

  function received(contact: number, body: Body, gap: StoredMessage | undefined): Received {
    const { username, accepted, blocked } = contacts.get(contact);
    // Before its id counts as seen: it may come again.
    if (!blocked && !gap && requests.isFull(contact) && addsRow(contact, body)) {
      requests.leave(contact, numberedOf(body));
      return NOTHING;
    }
    if (!profile.firstSight('body', username, body.id)) return NOTHING;
    if (blocked) return ignore(contact, body);
    switch (body.kind) {
      case 'text':
        return takeText(contact, body, gap);
      case 'reply':
      case 'edit':
      case 'delete':
      case 'reaction':
        return takeReference(contact, body, gap);
      case 'timer':
        return takeTimer(contact, body);
      case 'lost':
        return lost(contact, body);
      case 'delivered':
      case 'read':
      case 'missing':
      case 'gone':
        return takeReceipt(contact, body);
      case 'unknown':
        if (body.readable) return takeText(contact, { ...body, ...body.readable, kind: 'text' }, gap);
        // A row that is no message would fill a request without showing it.
        if (!accepted) {
          requests.leave(contact, null);
          return NOTHING;
        }
        return only([note(contact, body, UNKNOWN(contacts.get(contact).username))]);
    }
  }

  return {
    add,
    take(contact, body, record) {
      const gaps = gapsOf(contact, [body.id, ...body.earlier, ...(record === undefined ? [] : [record])]);
      const { messages, deleted } = received(contact, body, gaps[0]);
      const filled = new Set(messages.map(({ id }) => id));
      const over = gaps.filter(({ id }) => !filled.has(id));
      history.remove(over.map(({ id }) => id));
      if (gaps.length > 0) repaired(contact);
      return { messages, deleted: over.length > 0 ? [contact] : deleted };
    },
  };
}

/** What becomes a row of the conversation. */
type Shown = Text | Referring;

/** What a text says, or an answer, or an edit of a message that is not here: that can be read with what precedes it. */
type Content = Pick<StoredMessage, 'text' | 'seconds' | 'records' | 'answers' | 'numbered'>;

function contentOf(body: Shown): Content {
  const { id, seconds, text, series, number } = body;
  const content = { text, seconds, records: [id], numbered: { series, number } };
  if (body.kind === 'text') return content;
  if (body.kind !== 'reply') return { ...content, text: body.lead + text };
  return { ...content, answers: targetName(body) };
}

const numberedOf = (body: Body): Numbered | null => {
  if (body.kind === 'unknown') return body.readable;
  return 'number' in body ? body : null;
};

const only = (messages: readonly StoredMessage[]): Received => ({ messages, deleted: [] });

export const timerNote = (username: string, seconds: number): string =>
  seconds === 0
    ? `${username} set messages to be kept.`
    : `${username} set messages to be deleted after ${spanOf(seconds)}.`;

/** Null when no text was asked for. */
function repeatNote(username: string, kind: Body['kind'], asked: number, repeated: number): string | null {
  if (asked === 0) return null;
  const count = (number: number) => (number === 1 ? 'one message' : `${number} messages`);
  const verb = kind === 'missing' ? 'did not get' : 'could not read';
  const lost = `${username}'s client ${verb} ${count(asked)} of yours`;
  if (repeated === asked) return `${lost}, and was sent ${asked === 1 ? 'it' : 'them'} again.`;
  return `${lost}. ${repeated === 0 ? 'None was' : `Only ${count(repeated)} were`} sent again, since the others were sent too often: ask ${username}.`;
}

const UNKNOWN = (username: string): string =>
  `${username} sent something that this version does not know. Update the program to see it.`;
