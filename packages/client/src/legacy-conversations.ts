import { decryptMessage, encryptMessage, makeKey } from '@secure-chat/crypto/e2ee/legacy-v1';
import { ClientError } from './client-error.ts';
import type { StoredContact } from './profile/contacts.ts';
import type { Profile } from './profile/profile.ts';
import type { SymmetricKey } from './profile/symmetric-keys.ts';
import { wrapFor } from './recipient-key.ts';
import { makeWireId } from './wire-id.ts';

/** wire contract, "Message formats between v1 clients": which key a conversation goes under. */

/**
 * Keys kept of those that a contact made. Each start of a v1 client makes one, so 64 reach far back, and a contact who
 * sends keys without end costs no more than 64 trials a message.
 */
export const PEER_KEYS_MAX = 64;

export interface LegacyConversations {
  /**
   * The message under the conversation's key, which is made when nobody has made one yet. Call within a transaction
   * that stores the answer. Throws ClientError refused when a key must be made and no usable public key is stored.
   */
  encrypt(contactId: number, text: string): { key: number; message: string };
  /** The text, tried under every key of the contact; null when none fits. */
  decrypt(contactId: number, message: string): string | null;
  /** Keeps a key that the contact made. */
  learn(contactId: number, key: Buffer): void;
}

export function createLegacyConversations(profile: Profile): LegacyConversations {
  const { contacts, symmetricKeys } = profile;

  function start(contact: StoredContact): SymmetricKey {
    const pem = contacts.publicKey(contact.id);
    const key = makeKey();
    const encryptedKey = pem === null ? null : wrapFor(pem, key);
    if (encryptedKey === null)
      throw new ClientError(
        'refused',
        `The server has no usable public key of ${contact.username}. Nobody can write there: a new account is needed.`,
      );
    const exchange = { id: makeWireId(), encryptedKey, acknowledged: false };
    return { id: symmetricKeys.add(contact.id, key, exchange), key, exchange };
  }

  /**
   * Messages go under the key that the contact was last seen to have: one that it made, or one under which it wrote.
   * Both hold every key, so any would do between two of us; a v1 client that keeps only one goes on reading.
   */
  function sendUnder(contact: StoredContact, key: number): void {
    if (contact.sendKey !== key) contacts.update({ ...contact, sendKey: key });
  }

  return {
    encrypt(contactId, text) {
      const contact = contacts.get(contactId);
      const key = contact.sendKey === null ? start(contact) : symmetricKeys.get(contact.sendKey);
      sendUnder(contact, key.id);
      return { key: key.id, message: encryptMessage(key.key, text) };
    },

    decrypt(contactId, message) {
      for (const { id, key } of symmetricKeys.of(contactId)) {
        const text = decryptMessage(key, message);
        if (text === null) continue;
        sendUnder(contacts.get(contactId), id);
        return text;
      }
      return null;
    },

    learn(contactId, key) {
      const known = symmetricKeys.of(contactId);
      const same = known.find((other) => other.key.equals(key));
      sendUnder(contacts.get(contactId), same?.id ?? symmetricKeys.add(contactId, key, null));
      const made = known.filter(({ exchange }) => exchange === null);
      const oldest = made.at(-1);
      if (!same && oldest && made.length >= PEER_KEYS_MAX) symmetricKeys.remove(oldest.id);
    },
  };
}
