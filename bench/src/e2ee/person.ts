import { createPublicKey, type KeyObject } from 'node:crypto';
import { makePrivateKey } from '@secure-chat/client/account';
import { bundleHash, encryptionKeyBytes, signBundle } from '@secure-chat/crypto/e2ee/bundle';
import { generateIdentity, type IdentityKeyPair } from '@secure-chat/crypto/e2ee/identity';
import { type AcceptOptions, accept, initiate } from '@secure-chat/crypto/e2ee/key-exchange';
import { generatePrekeys, type Prekeys } from '@secure-chat/crypto/e2ee/prekeys';
import { answerRatchet, type Ratchet, startRatchet } from '@secure-chat/crypto/e2ee/ratchet';

/** A user of protocol v2 with keys as the product makes them. */
export interface Person {
  readonly username: string;
  /** RSA. */
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly identity: IdentityKeyPair;
  readonly prekeys: Prekeys;
  /** As it is published. */
  readonly bundle: Buffer;
}

/** Of a person's one bundle, and of its prekeys. */
export const SERIAL = 1;
/** Milliseconds for which a bundle holds: longer than any bench runs. */
const BUNDLE_MS = 24 * 60 * 60_000;

/** With an RSA key of its own, unless another's is given: to make one takes up to a second. */
export async function makePerson(username: string, given?: KeyObject): Promise<Person> {
  const privateKey = given ?? (await makePrivateKey());
  const publicKey = createPublicKey(privateKey);
  const identity = generateIdentity();
  const prekeys = generatePrekeys();
  const bundle = signBundle(
    {
      username,
      encryptionKey: publicKey,
      identityKey: identity.publicKey,
      prekey: { id: SERIAL, key: prekeys.prekey.publicKey },
      kemPrekey: { id: SERIAL, key: Buffer.from(prekeys.kemPrekey.publicKey) },
      serial: SERIAL,
      expiresAt: Date.now() + BUNDLE_MS,
    },
    identity,
  );
  return { username, privateKey, publicKey, identity, prekeys, bundle };
}

/** As a contact's keys are pinned. */
export const peerOf = ({ username, identity, publicKey, bundle }: Person) => ({
  keys: {
    username,
    identityKey: identity.publicKey.toString('base64'),
    encryptionKey: encryptionKeyBytes(publicKey).toString('base64'),
    serial: SERIAL,
    expiresAt: Date.now() + BUNDLE_MS,
    bundle: bundle.toString('base64'),
    hash: bundleHash(bundle).toString('hex'),
  },
  verified: false,
  changed: null,
  repairs: 0,
  repairedAt: 0,
});

/** An exchange that one starts with another. Throws when it cannot be started. */
export function started({ username, identity }: Person, peer: Person) {
  const exchange = initiate({ username, identity, bundle: peer.bundle, now: Date.now() });
  if (!exchange) throw new Error(`${peer.username}'s bundle does not open`);
  return exchange;
}

/** For `accept`: each has one bundle here, and no exchange was seen before. */
export const accepting = (own: Person, sender: Person): AcceptOptions => ({
  username: own.username,
  identityKey: own.identity.publicKey,
  sender: sender.username,
  senderIdentity: sender.identity.publicKey,
  isKnown: () => false,
  publishedBundle: () => ({
    encryptionKey: own.privateKey,
    prekey: { id: SERIAL, pair: own.prekeys.prekey },
    kemPrekey: { id: SERIAL, secretKey: own.prekeys.kemPrekey.secretKey },
  }),
  now: Date.now(),
});

/** Both ends of a conversation that the first one starts. Throws when the exchange does not succeed. */
export function conversation(sender: Person, recipient: Person): { sender: Ratchet; recipient: Ratchet } {
  const { agreement, peerPrekey, keyExchange } = started(sender, recipient);
  const ratchet = startRatchet(agreement, peerPrekey);
  const accepted = accept(keyExchange, accepting(recipient, sender));
  if (!ratchet || 'refused' in accepted) throw new Error('the exchange failed');
  return { sender: ratchet, recipient: answerRatchet(accepted.agreement, accepted.prekey) };
}
