import type { KnownBody } from '@secure-chat/crypto/e2ee/body';
import type { Delivery, Outgoing } from './delivery.ts';
import type { LegacyConversations } from './legacy-conversations.ts';
import { type Numbering, numberName } from './numbering.ts';
import type { Content, Reference } from './profile/content.ts';
import type { MessageName, StoredMessage } from './profile/history.ts';
import type { Profile } from './profile/profile.ts';
import { anew, type Envelope, type OutboxEntry } from './profile/waiting.ts';
import type { Ratchets } from './ratchets.ts';
import { makeWireId } from './wire-id.ts';

/** Messages delivered before other work has its turn again: 100 ms or so. */
const BATCH = 32;

/**
 * Messages on their way out: kept over restarts, in order per contact, the same bytes at every attempt. Those to a contact
 * whose identity has changed stay until the person has accepted it.
 */
export interface Outbox {
  /** Keeps a message to be delivered, an answer where it refers to one. Call within a transaction. */
  write(contact: number, text: string, reply?: Reference): StoredMessage;
  /** The same, of what is no text: `note` tells of it in the history, null leaves it out of that. Call within a transaction. */
  tell(contact: number, content: Content, note: string | null): StoredMessage;
  /** These are about to be deleted: who waits for the numbers of those that wait is told. Call within a transaction. */
  withdraw(ids: readonly number[]): void;
  /** Delivers some. True when more can follow at once. Throws TransportError when the server cannot be used. */
  deliver(): Promise<boolean>;
}

export function createOutbox(options: {
  profile: Profile;
  delivery: Delivery;
  numbering: Numbering;
  ratchets: Ratchets;
  legacy: LegacyConversations;
  username: string;
  now: () => number;
  /** The person has something to say to the contact. */
  accept: (contact: number) => void;
  /** Whether what is written now leaves now. */
  isOnline: () => boolean;
  onChange: (message: StoredMessage) => void;
  /** A message with a number will not be sent. */
  onWithdrawn: (contact: number) => void;
}): Outbox {
  const { profile, delivery, numbering, ratchets, legacy, now, accept, isOnline } = options;
  const { contacts, history, outbox, peers } = profile;
  /** Contacts of whom the last attempt took the whole client down: they come after all others. */
  const last = new Set<number>();

  /** Null for a message that was deleted meanwhile. */
  function encrypt(message: number, underV2: boolean): Envelope | null {
    const found = outbox.get(message);
    if (!found) return null;
    const entry = found.envelope ? anew(found) : found;
    const stored = named(history.get(message), entry, underV2);
    history.update(stored);
    return seal(stored, entry, underV2);
  }

  /** Makes the bytes of a message that is stored as `named`, and keeps them. */
  function seal(stored: StoredMessage, entry: OutboxEntry, underV2: boolean): Envelope {
    const { id, contact, numbered } = stored;
    const envelope = underV2
      ? ratchets.encrypt(contact, bodyOf(stored, entry))
      : legacy.encrypt(contact, readableOf(stored));
    outbox.put(id, contact, { ...entry, envelope });
    history.name(stored, { kind: 'own', id: entry.wireId });
    if (numbered) history.name(stored, { kind: 'own', id: numberName(numbered) });
    return envelope;
  }

  /**
   * Whether a message that is written now can be encrypted with the same commit: nothing has to be asked before, and none to
   * the contact is before it. What does not leave at once is encrypted when it does.
   */
  const leavesNow = (contact: number): boolean =>
    isOnline() && !delivery.rests(contact) && ratchets.current(contact) !== null && !outbox.waits(contact);

  /** With what it is found by: its record, and its number. */
  function named<Message extends Omit<StoredMessage, 'id'>>(
    stored: Message,
    { wireId, content }: OutboxEntry,
    underV2: boolean,
  ): Message {
    const { records = [] } = stored;
    const isNumbered = underV2 && content?.kind !== 'lost';
    return {
      ...stored,
      legacy: !underV2,
      records: records.includes(wireId) ? records : [...records, wireId],
      ...(isNumbered && { numbered: numbering.assign(stored) }),
    };
  }

  function bodyOf(stored: StoredMessage, { wireId, content }: OutboxEntry): KnownBody {
    const { text, at: sentAt, seconds = 0, records = [] } = stored;
    const [id = wireId, ...others] = records;
    const common = { id, sentAt, earlier: others.filter((record) => record !== wireId) };
    if (content?.kind === 'lost') return { ...content, ...common };
    const { numbered } = stored;
    if (!numbered) throw new Error('a message under v2 has a number');
    return content
      ? { seconds, ...content, ...numbered, ...common }
      : { kind: 'text', text, seconds, ...numbered, ...common };
  }

  function withdraw(message: StoredMessage): void {
    if (!message.numbered) return;
    numbering.withdraw(message);
    options.onWithdrawn(message.contact);
  }

  /** Nothing when the message was deleted meanwhile. */
  function settle(id: number, failure: string | null): void {
    // Undone by a power failure, it is sent again as it was, and the contact has seen its id.
    const message = profile.lightTransaction(() => {
      if (!outbox.get(id)) return null;
      const known = history.get(id);
      const outcome = failure === null ? { state: 'sent' as const } : { state: 'failed' as const, failure };
      const settled = { ...known, ...(/^(note|hidden)$/.test(known.state) ? {} : outcome) };
      history.update(settled);
      outbox.remove(id);
      if (failure !== null) withdraw(known);
      history.startTimer(id, now());
      if (failure !== null && known.state === 'hidden') return unsent(known, failure);
      return settled;
    });
    if (message) options.onChange(message);
  }

  /** Tells the person of what is no row of the conversation itself. */
  const unsent = ({ contact, sender, content }: StoredMessage, failure: string): StoredMessage =>
    history.add({
      contact,
      sender,
      text: `${content?.kind === 'reaction' ? 'A reaction' : 'A change'} was not sent. ${failure}`,
      at: now(),
      state: 'note',
      legacy: false,
    });

  const outgoing = (message: number, contact: number): Outgoing => ({
    contact,
    get: () => outbox.get(message),
    encrypt: (underV2) => encrypt(message, underV2),
    settle: (failure) => settle(message, failure),
  });

  return {
    write(contact, text, reply) {
      accept(contact);
      const at = now();
      const known = contacts.get(contact);
      const entry: OutboxEntry = { wireId: makeWireId(), ...(reply && { content: reply }), envelope: null };
      const written: Omit<StoredMessage, 'id'> = {
        contact,
        sender: options.username,
        text,
        at,
        state: 'queued',
        // Of a contact that nothing was sent to yet it shows when the message is encrypted.
        legacy: known.sendKey !== null && peers.get(contact) === null,
        seconds: known.timer,
        records: [entry.wireId],
        ...(reply && { content: reply, answers: answeredBy(reply) }),
      };
      const leaves = leavesNow(contact);
      const message = history.add(leaves ? named(written, entry, true) : written);
      if (leaves) seal(message, entry, true);
      else outbox.put(message.id, contact, entry);
      contacts.update({ ...known, lastMessageAt: at });
      return message;
    },

    tell(contact, content, note) {
      accept(contact);
      const wireId = makeWireId();
      const sender = options.username;
      const message = history.add({
        contact,
        sender,
        text: note ?? '',
        at: now(),
        state: note === null ? 'hidden' : 'note',
        legacy: false,
        ...(note === null && { seconds: contacts.get(contact).timer }),
        content,
        records: [wireId],
      });
      outbox.put(message.id, contact, { wireId, content, envelope: null });
      return message;
    },

    withdraw(ids) {
      for (const id of ids) if (outbox.get(id)) withdraw(history.get(id));
    },

    async deliver() {
      const ready = outbox.waiting().filter(({ contact }) => !delivery.rests(contact));
      ready.sort((one, other) => Number(last.has(one.contact)) - Number(last.has(other.contact)));
      for (const { message, contact } of ready.slice(0, BATCH)) {
        if (delivery.rests(contact)) continue;
        last.add(contact);
        await delivery.attempt(outgoing(message, contact));
        last.delete(contact);
      }
      return ready.length > BATCH;
    },
  };
}

const answeredBy = ({ whose, target }: Reference): MessageName => ({
  kind: whose === 'sender' ? 'own' : 'received',
  id: target,
});

/** For who knows no answers. */
const readableOf = ({ text, content }: StoredMessage): string =>
  content?.kind === 'reply' ? content.lead + text : text;
