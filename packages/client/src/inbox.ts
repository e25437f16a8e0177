import type { KeyObject } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Body } from '@secure-chat/crypto/e2ee/body';
import { isEnvelope } from '@secure-chat/crypto/e2ee/envelope';
import { unwrapKey } from '@secure-chat/crypto/e2ee/legacy-v1';
import { REQUEST_WINDOW_MS } from '@secure-chat/wire/limits';
import { foldName } from '@secure-chat/wire/names';
import { parseTimestamp } from '@secure-chat/wire/timestamps';
import { type Bodies, NOTHING, type Received } from './bodies.ts';
import type { ContactRequests } from './contact-requests.ts';
import type { LegacyConversations } from './legacy-conversations.ts';
import type { StoredMessage } from './profile/history.ts';
import type { Profile } from './profile/profile.ts';
import type { UndecryptableEntry } from './profile/waiting.ts';
import type { Ratchets } from './ratchets.ts';
import type { MessageRecord, PendingKey } from './requests.ts';

/** Undecryptable messages of one contact that are tried again when a key arrives: 64 keys each take 0.1 s at most. */
export const RETRY_MAX = 100;

/** RSA decryptions, 1 ms each, between two turns of the event loop: typing stays smooth while a page is read. */
const UNWRAPS_PER_TURN = 8;

/**
 * What arrives, to the store. One page is one transaction; a record seen before changes nothing, nor does one under
 * our own name, which nobody else can have written.
 */
export interface Inbox {
  /** Keeps exchanges of v2 until they are answered; takes keys of v1. Resolves to what became readable. */
  receiveKeys(records: PendingKey[]): Promise<Received>;
  /** What is new. */
  receiveMessages(records: MessageRecord[]): Received;
  /** Tries again what waits of this contact. Call within a transaction. */
  retry(contact: number): Received;
}

export function createInbox(options: {
  profile: Profile;
  legacy: LegacyConversations;
  ratchets: Ratchets;
  bodies: Bodies;
  requests: ContactRequests;
  privateKey: KeyObject;
  now: () => number;
  onWarning: () => void;
}): Inbox {
  const { profile, legacy, ratchets, bodies, requests, privateKey, now, onWarning } = options;
  const { contacts, history, mailboxes, peers, undecryptable, waitingExchanges, warnings } = profile;
  const own = foldName(profile.identity.get().username);
  const foreign = ({ sender }: { sender: string }): boolean => foldName(sender) !== own;

  /**
   * Records that never came here went elsewhere: this profile is an old copy, say. Nothing more is sent under keys that the
   * other one may have used.
   */
  function count(kind: 'keys' | 'messages', records: readonly { seq: number }[]): void {
    const missing = mailboxes.advance(
      kind,
      records.map(({ seq }) => seq),
    );
    if (missing === 0) return;
    profile.ratchets.retireAll();
    if (warnings.add(missed(missing))) onWarning();
  }

  /** When a record reached the server; now, when the server says what cannot be. */
  function arrival(timestamp: string): number {
    const at = parseTimestamp(timestamp);
    return at !== null && at >= 0 && at <= now() + REQUEST_WINDOW_MS ? at : now();
  }

  function retryOne(contact: number, entry: UndecryptableEntry & { id: number }): Received {
    if (isEnvelope(entry.message)) {
      const body = ratchets.decrypt(contact, entry.message);
      return body ? bodies.take(contact, body, entry.wireId) : NOTHING;
    }
    const text = peers.get(contact) ? null : legacy.decrypt(contact, entry.message);
    if (text === null) return NOTHING;
    const readable: StoredMessage = { ...history.get(entry.id), text, state: 'received' };
    history.update(readable);
    undecryptable.remove(entry.id);
    return { ...NOTHING, messages: [readable] };
  }

  function keepExchange(sender: string, encryptedKey: string): void {
    const contact = requests.admit(sender, 'key');
    if (contact) waitingExchanges.add(contact.id, encryptedKey);
  }

  const retry = (contact: number): Received =>
    undecryptable
      .of(contact, RETRY_MAX)
      .reduce((sum, entry) => joined(sum, retryOne(contact, entry)), NOTHING);

  function keep(contact: number, record: MessageRecord, text: string | null): Received {
    if (contacts.get(contact).blocked) return NOTHING;
    if (requests.isFull(contact)) {
      requests.leave(contact, null);
      return NOTHING;
    }
    const refused = text === null && !isEnvelope(record.message) && peers.get(contact) !== null;
    const message = bodies.add({
      contact,
      sender: record.sender,
      text: text ?? '',
      at: arrival(record.timestamp),
      state: text !== null ? 'received' : refused ? 'refused' : 'undecryptable',
      legacy: !isEnvelope(record.message),
    });
    if (message.state === 'undecryptable') {
      history.name(message, { kind: 'received', id: record.id });
      undecryptable.put(message.id, contact, { message: record.message, wireId: record.id });
    }
    return { ...NOTHING, messages: [message] };
  }

  function receive(record: MessageRecord): Received {
    const contact = requests.admit(record.sender, 'message')?.id;
    if (contact === undefined) return NOTHING;
    if (isEnvelope(record.message)) {
      const body: Body | null = ratchets.decrypt(contact, record.message);
      return body ? bodies.take(contact, body, record.id) : keep(contact, record, null);
    }
    // Whoever has the public key can write under v1: from a contact seen under v2 it is a forgery, or a downgrade.
    return keep(contact, record, peers.get(contact) ? null : legacy.decrypt(contact, record.message));
  }

  return {
    async receiveKeys(records) {
      const keys: { key: Buffer; id: string; sender: string }[] = [];
      const exchanges = records.filter(foreign).filter(({ encrypted_key }) => isEnvelope(encrypted_key));
      const others = records.filter(foreign).filter(({ encrypted_key }) => !isEnvelope(encrypted_key));
      for (const [index, record] of others.entries()) {
        if (index % UNWRAPS_PER_TURN === UNWRAPS_PER_TURN - 1) await nextTurn();
        const key = unwrapKey(privateKey, record.encrypted_key);
        if (key) keys.push({ key, id: record.id, sender: record.sender });
      }
      return profile.transaction(() => {
        count('keys', records);
        for (const { sender, id, encrypted_key } of exchanges)
          if (profile.firstSight('key', sender, id)) keepExchange(sender, encrypted_key);
        const learned = new Set<number>();
        for (const { key, id, sender } of keys) {
          if (!profile.firstSight('key', sender, id)) continue;
          const contact = requests.admit(sender, 'key');
          if (!contact || peers.get(contact.id)) continue;
          legacy.learn(contact.id, key);
          learned.add(contact.id);
        }
        return [...learned].map(retry).reduce(joined, NOTHING);
      });
    },
    receiveMessages: (records) =>
      profile.transaction(() => {
        count('messages', records);
        return records
          .filter(foreign)
          .filter(({ sender, id }) => profile.firstSight('message', sender, id))
          .map(receive)
          .reduce(joined, NOTHING);
      }),
    retry,
  };
}

const missed = (count: number): string =>
  `${count === 1 ? 'One record' : `${count} records`} for you did not come to this profile: it is an old copy, it was open elsewhere as well, ` +
  'or the server kept them back. From now on, your messages go under new keys.';

const joined = (one: Received, other: Received): Received => ({
  messages: [...one.messages, ...other.messages],
  deleted: [...one.deleted, ...other.deleted],
});
