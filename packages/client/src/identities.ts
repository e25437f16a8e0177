import { createPublicKey } from 'node:crypto';
import { fromBase64 } from '@secure-chat/crypto/e2ee/base64';
import { type Bundle, bundleHash, encryptionKeyBytes, openBundle } from '@secure-chat/crypto/e2ee/bundle';
import { type SafetySide, safetyNumber } from '@secure-chat/crypto/e2ee/safety-number';
import { foldName } from '@secure-chat/wire/names';
import type { Protection, SafetyNumber } from './chat.ts';
import { ClientError } from './client-error.ts';
import { endReceipts } from './completeness.ts';
import type { KeyLog } from './key-log.ts';
import type { StoredContact } from './profile/contacts.ts';
import type { StoredMessage } from './profile/history.ts';
import type { Peer, PeerKeys } from './profile/peers.ts';
import type { Profile } from './profile/profile.ts';
import { getBundle } from './requests.ts';
import { wordsOf } from './safety-words.ts';
import type { Session } from './session.ts';
import { ofOnePart, TransportError } from './transport-error.ts';

/** Milliseconds before a server that contradicts itself is asked for the same keys again. */
const CONTRADICTION_MS = 10_000;

/** Times that a bundle is fetched when its owner publishes another one meanwhile. */
const TRIES = 3;

/** Whose keys are whose: the first identity that is seen of a contact is pinned, another one needs the person. */
export interface Identities {
  /**
   * The contact's keys as the server has them now, pinned or held against what is pinned. Null for a contact that has none:
   * only v1 is possible. `fresh`: as of now, not of the last minute. Throws TransportError; a retryable one, and warns, when
   * the server contradicts itself.
   */
  lookUp(contact: number, fresh?: boolean): Promise<Peer | null>;
  /** Looks up those whose keys have changed by what was read of the key log. Throws as lookUp. */
  lookUpChanged(): Promise<void>;
  protection(contact: StoredContact): Protection;
  /** Throws ClientError legacy for a contact that was not seen under v2. */
  assertModern(contact: number): void;
  /** Throws ClientError legacy. */
  safetyNumber(contact: number): SafetyNumber;
  /** Throws ClientError: legacy, identity_changed. */
  setVerified(contact: number, verified: boolean): void;
  /** Pins what has changed. Throws ClientError refused when nothing has. */
  accept(contact: number): void;
}

export function createIdentities(options: {
  profile: Profile;
  session: Session;
  keyLog: KeyLog;
  username: string;
  identityKey: () => Buffer;
  now: () => number;
  onMessages: (messages: StoredMessage[]) => void;
  onWarning: () => void;
}): Identities {
  const { profile, session, keyLog, now } = options;
  const { peers, contacts, history, warnings } = profile;

  /** The bundle whose hash the key log has last. Warns and throws when the server gives none, or another. */
  async function fetch(username: string): Promise<{ bundle: Bundle; bytes: Buffer }> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const answer = await session.request(getBundle(username)).catch((error: unknown) => {
        if (error instanceof TransportError && (error.status === 404 || error.failure === 'not_a_server'))
          return null;
        throw error;
      });
      const bytes = answer && fromBase64(answer.bundle);
      const bundle = bytes && openBundle(bytes);
      if (!bundle || foldName(bundle.username) !== foldName(username)) break;
      if (bundleHash(bytes).toString('hex') === keyLog.bundle(username)) return { bundle, bytes };
      await keyLog.follow(true);
    }
    throw contradiction(username);
  }

  /** The server contradicts itself: the person has to know, and what waits goes on waiting. */
  function contradiction(username: string): TransportError {
    const sentence = CONTRADICTION(username);
    if (warnings.add(sentence)) options.onWarning();
    return new TransportError('busy', sentence, { retryAfterMs: CONTRADICTION_MS });
  }

  function note(contact: number, text: string): StoredMessage {
    const { username } = contacts.get(contact);
    const at = now();
    return history.add({ contact, sender: username, text, at, state: 'note', legacy: false });
  }

  /** What the new keys mean, given those that are pinned. Null for nothing new. */
  function judge(contact: number, known: Peer | null, keys: PeerKeys): string | null {
    const { username, accepted } = contacts.get(contact);
    if (!known) {
      peers.put(contact, { keys, verified: false, changed: null, repairs: 0, repairedAt: 0 });
      return profile.symmetricKeys.of(contact).length > 0
        ? `From now on, messages with ${username} are encrypted under protocol v2.`
        : null;
    }
    if (!sameIdentity(known.keys, keys)) {
      peers.put(contact, { ...known, changed: keys, verified: false });
      // Whoever is not accepted makes no noise, and gets no row, by anything but a message: writing to them is refused all the same.
      if (!accepted) return null;
      return known.changed && sameIdentity(known.changed, keys) ? null : CHANGED(username);
    }
    peers.put(contact, { ...known, keys, changed: null });
    forgetWarning(username);
    return known.changed && accepted ? `${username} is seen under the identity of before again.` : null;
  }

  function forgetWarning(username: string): void {
    if (warnings.remove(CHANGED(username))) options.onWarning();
  }

  const sideOf = ({ username, identityKey, encryptionKey }: PeerKeys): SafetySide => ({
    username,
    identityKey: Buffer.from(identityKey, 'base64'),
    encryptionKey: Buffer.from(encryptionKey, 'base64'),
  });

  function ownSide(): SafetySide {
    const encryptionKey = encryptionKeyBytes(createPublicKey(profile.identity.get().privateKey));
    return { username: options.username, identityKey: options.identityKey(), encryptionKey };
  }

  function need(contact: number): Peer {
    const peer = peers.get(contact);
    if (!peer)
      throw new ClientError(
        'legacy',
        `${contacts.get(contact).username} has no identity that could be verified: only the old protocol is possible. A newer client of theirs would have one.`,
      );
    return peer;
  }

  const identities: Identities = {
    async lookUp(contact, fresh = false) {
      const { username, sendKey } = contacts.get(contact);
      // Whoever registered a moment ago is not taken for one who has no keys.
      const doubtful = keyLog.bundle(username) === null && sendKey === null;
      if (!(await keyLog.follow(fresh || doubtful))) throw behind();
      const newest = keyLog.bundle(username);
      const known = peers.get(contact);
      if (newest === null && known) throw contradiction(username);
      if (newest === null || newest === latestHash(known)) return known;
      const keys = keysOf(await fetch(username));
      const before = peers.get(contact);
      if (before && sameIdentity(before.keys, keys) && keys.serial < before.keys.serial)
        throw contradiction(username);
      const noted = profile.transaction(() => {
        const text = judge(contact, peers.get(contact), keys);
        if (text !== null && peers.get(contact)?.changed && warnings.add(text)) options.onWarning();
        return text === null ? [] : [note(contact, text)];
      });
      options.onMessages(noted);
      return peers.get(contact);
    },

    async lookUpChanged() {
      for (const { id, username } of contacts.all()) {
        const newest = keyLog.bundle(username);
        const known = peers.get(id);
        if (newest !== null && newest !== latestHash(known))
          // One contact's keys, withheld or late, do not hide another's.
          await identities.lookUp(id).catch(ofOnePart);
      }
    },

    protection({ id, username }) {
      const peer = peers.get(id);
      if (peer) return peer.changed ? 'changed' : peer.verified ? 'verified' : 'unverified';
      return keyLog.bundle(username) === null ? 'legacy' : 'unknown';
    },

    assertModern: (contact) => void need(contact),

    safetyNumber(contact) {
      const { keys, changed } = need(contact);
      const own = ownSide();
      const digits = safetyNumber(own, sideOf(changed ?? keys));
      return { digits, words: wordsOf(digits), before: changed ? safetyNumber(own, sideOf(keys)) : null };
    },

    setVerified(contact, verified) {
      const peer = need(contact);
      if (peer.changed) throw identityChanged(contacts.get(contact).username);
      peers.put(contact, { ...peer, verified });
    },

    accept(contact) {
      const peer = need(contact);
      const { username } = contacts.get(contact);
      if (!peer.changed)
        throw new ClientError(
          'refused',
          `The identity of ${username} has not changed: nothing is to be accepted.`,
        );
      const keys = peer.changed;
      const noted = profile.transaction(() => {
        peers.put(contact, { ...peer, keys, changed: null, verified: false });
        // What was agreed with the one before is not for this one.
        for (const { id } of profile.ratchets.of(contact)) profile.ratchets.remove(id);
        profile.outbox.encryptAnew(contact);
        // Nor is what was written to the one before: this one may ask for none of it.
        history.forgetNames(contact);
        endReceipts(profile, contact);
        forgetWarning(username);
        return note(contact, `You accepted the changed identity of ${username}. It is not verified.`);
      });
      options.onMessages([noted]);
    },
  };
  return identities;
}

const keysOf = ({ bundle, bytes }: { bundle: Bundle; bytes: Buffer }): PeerKeys => ({
  username: bundle.username,
  identityKey: bundle.identityKey.toString('base64'),
  encryptionKey: encryptionKeyBytes(bundle.encryptionKey).toString('base64'),
  serial: bundle.serial,
  expiresAt: bundle.expiresAt,
  bundle: bytes.toString('base64'),
  hash: bundleHash(bytes).toString('hex'),
});

/** Of a stored message: those of before v2 do not say. */
export const isLegacy = ({ legacy }: { legacy?: boolean | undefined }): boolean => legacy ?? true;

/** Of the bundle that was looked up last. */
const latestHash = (peer: Peer | null): string | undefined => (peer?.changed ?? peer?.keys)?.hash;

/** All that the safety number is made of. */
const sameIdentity = (one: PeerKeys, other: PeerKeys): boolean =>
  one.username === other.username &&
  one.identityKey === other.identityKey &&
  one.encryptionKey === other.encryptionKey;

const CHANGED = (username: string): string =>
  `The identity of ${username} has changed: ${username} has a new profile, or somebody is in between. Nothing is sent until you have ` +
  `compared safety numbers (/verify ${username}) and accepted it (/accept ${username}).`;

export const identityChanged = (username: string): ClientError =>
  new ClientError('identity_changed', CHANGED(username));

const CONTRADICTION = (username: string): string =>
  `The server does not give the keys of ${username} that its own log tells of: somebody may be in between. Nothing is sent under new ` +
  `keys before it does.`;

/** The key log is long and not read to its end yet. */
const behind = (): TransportError =>
  new TransportError('busy', 'The key log of the server is not read to its end yet.');
