import { type Body, decodeBody, encodeBody, type KnownBody } from '@secure-chat/crypto/e2ee/body';
import { fromEnvelope, toEnvelope } from '@secure-chat/crypto/e2ee/envelope';
import { accept, type ExchangeRefusal, initiate } from '@secure-chat/crypto/e2ee/key-exchange';
import { pad, unpad } from '@secure-chat/crypto/e2ee/padding';
import {
  answerRatchet,
  canSend,
  decrypt,
  encrypt,
  exchangeOf,
  type Ratchet,
  startRatchet,
} from '@secure-chat/crypto/e2ee/ratchet';
import { ClientError } from './client-error.ts';
import type { OwnBundles } from './own-bundle.ts';
import type { Peer } from './profile/peers.ts';
import type { Profile } from './profile/profile.ts';
import type { StoredRatchet } from './profile/ratchets.ts';
import { makeWireId } from './wire-id.ts';

/** e2ee.md, "Key exchange" and "Messages": which ratchet a message goes under. */

const DAY_MS = 24 * 60 * 60_000;
/** Messages and milliseconds after which a new exchange is made: it heals the post-quantum part too. */
export const RENEW_MESSAGES = 1_000;
export const RENEW_MS = 7 * DAY_MS;
/** Milliseconds for which a ratchet is kept for receiving after a later one was used: as long as skipped keys. */
export const KEPT_MS = 7 * DAY_MS;
/** Ratchets kept of one contact: both sides make one a week, and some more when something breaks. */
export const RATCHETS_MAX = 16;

/** All but `current`: within a transaction that stores what comes out. */
export interface Ratchets {
  /** What a message can be encrypted under without a new exchange; null for nothing. */
  current(contact: number): Ratchet | null;
  /**
   * The message under the latest ratchet, which is started when there is none that may be used. Throws ClientError refused
   * when the contact's keys have expired or give no secret.
   */
  encrypt(contact: number, body: KnownBody): { ratchet: number; message: string };
  /** Null for what does not open: nothing has changed then. */
  decrypt(contact: number, message: string): Body | null;
  /** Answers an exchange that the contact has started, or says why not: nothing has changed then. */
  answer(contact: number, encryptedKey: string): ExchangeRefusal | null;
  /** The next message makes a new exchange. */
  renew(contact: number): void;
  /** The contact has the exchange. */
  acknowledge(ratchet: number): void;
  /** Deletes what was kept for receiving, when its time is over. True when there was any. */
  tidy(): boolean;
}

export function createRatchets(options: {
  profile: Profile;
  bundles: OwnBundles;
  username: string;
  now: () => number;
}): Ratchets {
  const { profile, bundles, username, now } = options;
  const { peers } = profile;
  const table = profile.ratchets;

  /** The latest exchange; of two of one time the one with the lower id. Both sides come to the same. */
  function latest(contact: number): StoredRatchet | null {
    const usable = table.of(contact).filter(({ ratchet, retired }) => !retired && canSend(ratchet));
    const [first] = usable.sort(laterFirst);
    return first ?? null;
  }

  const isDue = ({ sent, madeAt }: StoredRatchet): boolean =>
    sent >= RENEW_MESSAGES || now() - madeAt >= RENEW_MS;

  function current(contact: number): StoredRatchet | null {
    const found = latest(contact);
    return found && !isDue(found) ? found : null;
  }

  function add(
    stored: Omit<StoredRatchet, 'id' | 'sent' | 'retired' | 'replacedAt' | 'madeAt'>,
  ): StoredRatchet {
    const kept = table.of(stored.contact).sort(laterFirst);
    for (const { id } of kept.slice(RATCHETS_MAX - 1)) table.remove(id);
    return table.add({ ...stored, madeAt: now(), sent: 0, retired: false, replacedAt: null });
  }

  function start(contact: number, peer: Peer): StoredRatchet {
    const { keys } = peer;
    if (keys.expiresAt < now())
      throw new ClientError(
        'refused',
        `${keys.username} has not been here for so long that the keys have expired. Write again when ${keys.username} is back.`,
      );
    const times = table.of(contact).map(({ time }) => time);
    // Later than all that are known, also those of a contact whose clock is ahead.
    const time = Math.max(now(), ...times.map((known) => known + 1));
    const bundle = Buffer.from(keys.bundle, 'base64');
    const exchange = initiate({ username, identity: bundles.identity(), bundle, now: time });
    const ratchet = exchange && startRatchet(exchange.agreement, exchange.peerPrekey);
    if (!ratchet)
      throw new ClientError(
        'refused',
        `The keys of ${keys.username} cannot be used: nothing was sent. Write again when ${keys.username} has signed in once more.`,
      );
    const encryptedKey = toEnvelope(exchange.keyExchange);
    const announcement = { wireId: makeWireId(), encryptedKey, acknowledged: false };
    return add({ contact, ratchet, time, announcement });
  }

  /** The ratchets before it are for receiving, until their time is over. */
  function use(stored: StoredRatchet): void {
    for (const other of table.of(stored.contact))
      if (other.replacedAt === null && laterFirst(stored, other) < 0)
        table.put({ ...other, replacedAt: now() });
  }

  return {
    current: (contact) => current(contact)?.ratchet ?? null,

    encrypt(contact, body) {
      const peer = peers.get(contact);
      if (!peer || peer.changed) throw new Error('the contact has no identity that may be written to');
      const stored = current(contact) ?? start(contact, peer);
      const direction = { sender: username, recipient: peer.keys.username };
      const { ratchet, message } = encrypt(stored.ratchet, pad(encodeBody(body)), direction);
      table.put({ ...stored, ratchet, sent: stored.sent + 1 });
      if (stored.sent === 0) use(stored);
      return { ratchet: stored.id, message: toEnvelope(message) };
    },

    decrypt(contact, text) {
      const peer = peers.get(contact);
      const message = fromEnvelope(text);
      const exchangeId = message && exchangeOf(message);
      const stored = exchangeId && table.find(exchangeId);
      if (!peer || !stored || stored.contact !== contact) return null;
      const direction = { sender: peer.keys.username, recipient: username };
      const opened = decrypt(stored.ratchet, message, direction, now());
      if (!opened) return null;
      const plain = unpad(opened.plaintext);
      const body = plain && decodeBody(plain);
      if (!body) return null;
      table.put({ ...stored, ratchet: opened.ratchet });
      if (stored.ratchet.peer === null) use(stored);
      return body;
    },

    answer(contact, encryptedKey) {
      const peer = peers.get(contact);
      const bytes = fromEnvelope(encryptedKey);
      if (!bytes) return 'malformed';
      const sender = peer?.keys.username ?? profile.contacts.get(contact).username;
      const accepted = accept(bytes, {
        username,
        identityKey: bundles.identity().publicKey,
        sender,
        senderIdentity: peer && Buffer.from(peer.keys.identityKey, 'base64'),
        isKnown: (id) => profile.seen('exchange', sender, id.toString('hex')),
        publishedBundle: bundles.published,
        now: now(),
      });
      if ('refused' in accepted) return accepted.refused;
      const { agreement, prekey, time } = accepted;
      profile.firstSight('exchange', sender, agreement.exchangeId.toString('hex'));
      add({ contact, ratchet: answerRatchet(agreement, prekey), time, announcement: null });
      return null;
    },

    renew(contact) {
      for (const stored of table.of(contact)) if (!stored.retired) table.put({ ...stored, retired: true });
    },

    acknowledge(id) {
      const stored = table.get(id);
      if (stored?.announcement)
        table.put({ ...stored, announcement: { ...stored.announcement, acknowledged: true } });
    },

    tidy() {
      const over = table
        .contacts()
        .flatMap(table.of)
        .filter(({ replacedAt }) => replacedAt !== null && now() - replacedAt >= KEPT_MS);
      for (const { id } of over) table.remove(id);
      return over.length > 0;
    },
  };
}

/** Negative when the first is to be used rather than the second. */
const laterFirst = (one: StoredRatchet, other: StoredRatchet): number =>
  other.time - one.time ||
  Buffer.compare(one.ratchet.agreement.exchangeId, other.ratchet.agreement.exchangeId);
