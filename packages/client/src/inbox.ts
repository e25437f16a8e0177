import type { KeyObject } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { unwrapKey } from '@secure-chat/crypto/e2ee/legacy-v1';
import { REQUEST_WINDOW_MS } from '@secure-chat/wire/limits';
import { foldName } from '@secure-chat/wire/names';
import { parseTimestamp } from '@secure-chat/wire/timestamps';
import type { Conversations } from './conversations.ts';
import type { StoredMessage } from './profile/history.ts';
import type { Profile } from './profile/profile.ts';
import type { PendingKey, PendingMessage } from './requests.ts';

/** Undecryptable messages of one contact that are tried again when a key arrives: 64 keys each take 0.1 s at most. */
export const RETRY_MAX = 100;

/** RSA decryptions, 1 ms each, between two turns of the event loop: typing stays smooth while a page is read. */
const UNWRAPS_PER_TURN = 8;

/**
 * What arrives, to the store. One page is one transaction; a record seen before changes nothing, nor does one under
 * our own name, which nobody else can have written.
 */
export interface Inbox {
  /** Resolves to the messages that became readable. */
  receiveKeys(records: PendingKey[]): Promise<StoredMessage[]>;
  /** The messages that are new. */
  receiveMessages(records: PendingMessage[]): StoredMessage[];
}

export function createInbox(options: {
  profile: Profile;
  conversations: Conversations;
  privateKey: KeyObject;
  now: () => number;
}): Inbox {
  const { profile, conversations, privateKey, now } = options;
  const own = foldName(profile.identity.get().username);
  const foreign = ({ sender }: { sender: string }): boolean => foldName(sender) !== own;

  /** When a record reached the server; now, when the server says what cannot be. */
  function arrival(timestamp: string): number {
    const at = parseTimestamp(timestamp);
    return at !== null && at >= 0 && at <= now() + REQUEST_WINDOW_MS ? at : now();
  }

  function retry(contact: number): StoredMessage[] {
    return profile.undecryptable.of(contact, RETRY_MAX).flatMap(({ message, ciphertext }) => {
      const text = conversations.decrypt(contact, ciphertext);
      if (text === null) return [];
      const readable: StoredMessage = { ...profile.history.get(message), text, state: 'received' };
      profile.history.update(readable);
      profile.undecryptable.remove(message);
      return [readable];
    });
  }

  function receive(record: PendingMessage): StoredMessage {
    const { id: contact } = profile.contacts.ensure(record.sender);
    const text = conversations.decrypt(contact, record.message);
    const message = profile.history.add({
      contact,
      sender: record.sender,
      text: text ?? '',
      at: arrival(record.timestamp),
      state: text === null ? 'undecryptable' : 'received',
    });
    if (text === null) profile.undecryptable.add(message.id, contact, record.message);
    const known = profile.contacts.get(contact);
    profile.contacts.update({ ...known, unread: known.unread + 1, lastMessageAt: message.at });
    return message;
  }

  return {
    async receiveKeys(records) {
      const keys: { key: Buffer; id: string; sender: string }[] = [];
      for (const [index, record] of records.filter(foreign).entries()) {
        if (index % UNWRAPS_PER_TURN === UNWRAPS_PER_TURN - 1) await nextTurn();
        const key = unwrapKey(privateKey, record.encrypted_key);
        if (key) keys.push({ key, id: record.id, sender: record.sender });
      }
      return profile.transaction(() => {
        const learned = new Set<number>();
        for (const { key, id, sender } of keys) {
          if (!profile.firstSight('key', sender, id)) continue;
          const contact = profile.contacts.ensure(sender);
          conversations.learn(contact.id, key);
          learned.add(contact.id);
        }
        return [...learned].flatMap(retry);
      });
    },
    receiveMessages: (records) =>
      profile.transaction(() =>
        records
          .filter(foreign)
          .filter(({ sender, id }) => profile.firstSight('message', sender, id))
          .map(receive),
      ),
  };
}
