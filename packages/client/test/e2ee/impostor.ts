import { generateKeyPairSync } from 'node:crypto';
import { encodeBody, type KnownBody } from '@secure-chat/crypto/e2ee/body';
import { signBundle } from '@secure-chat/crypto/e2ee/bundle';
import { toEnvelope } from '@secure-chat/crypto/e2ee/envelope';
import { generateIdentity } from '@secure-chat/crypto/e2ee/identity';
import { accept, initiate } from '@secure-chat/crypto/e2ee/key-exchange';
import { pad, unpad } from '@secure-chat/crypto/e2ee/padding';
import { generatePrekeys } from '@secure-chat/crypto/e2ee/prekeys';
import { answerRatchet, decrypt, encrypt, startRatchet } from '@secure-chat/crypto/e2ee/ratchet';
import { importPublicKey } from '@secure-chat/crypto/rsa';
import type { FakeServer } from '../fake-server.ts';

/** What whoever owns the server can make himself: keys in another's name, and all that goes with them. */
export function createImpostor(server: FakeServer, name: string, pem: string | null = null, serial = 1_000) {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const identity = generateIdentity();
  const prekeys = generatePrekeys();
  const encryptionKey = pem === null ? rsa.publicKey : importPublicKey(pem);
  if (!encryptionKey) throw new Error('not a key');
  const bundle = signBundle(
    {
      username: name,
      encryptionKey,
      identityKey: identity.publicKey,
      prekey: { id: 1, key: prekeys.prekey.publicKey },
      kemPrekey: { id: 1, key: Buffer.from(prekeys.kemPrekey.publicKey) },
      serial,
      expiresAt: Date.now() + 1_000_000,
    },
    identity,
  );

  /** An exchange and a body under it, in the name of whom he claims to be. */
  function say(to: string, body: KnownBody) {
    const exchange = initiate({
      username: name,
      identity,
      bundle: Buffer.from(server.user(to).bundle ?? '', 'base64'),
      now: Date.now(),
    });
    const ratchet = exchange && startRatchet(exchange.agreement, exchange.peerPrekey);
    if (!ratchet) throw new Error('no exchange');
    const direction = { sender: name, recipient: server.user(to).username };
    const { message } = encrypt(ratchet, pad(encodeBody(body)), direction);
    return { encrypted_key: toEnvelope(exchange.keyExchange), message: toEnvelope(message) };
  }
  const common = (id: string) => ({ id, sentAt: Date.now(), earlier: [] });

  return {
    bundle: bundle.toString('base64'),
    /** The directory says so, and its log too. */
    publish() {
      server.user(name).bundle = bundle.toString('base64');
      server.record(name, 'bundle', bundle);
    },
    write: (to: string, text: string) =>
      say(to, { kind: 'text', ...common('forged'), text, seconds: 0, series: 'AAAAAAAAAAA', number: 1 }),
    /** For messages that he could not read, he says. */
    ask: (to: string, of: readonly string[]) => say(to, { kind: 'lost', ...common('asked'), of }),
    /** What he reads of an exchange and a message under it; null for nothing. */
    read(sender: string, senderIdentity: Buffer, encryptedKey: string, message: string): string | null {
      const accepted = accept(Buffer.from(encryptedKey.slice(3), 'base64'), {
        username: name,
        identityKey: identity.publicKey,
        sender,
        senderIdentity,
        isKnown: () => false,
        publishedBundle: () => ({
          encryptionKey: rsa.privateKey,
          prekey: { id: 1, pair: prekeys.prekey },
          kemPrekey: { id: 1, secretKey: prekeys.kemPrekey.secretKey },
        }),
        now: Date.now(),
      });
      if ('refused' in accepted) return null;
      const ratchet = answerRatchet(accepted.agreement, accepted.prekey);
      const bytes = Buffer.from(message.slice(3), 'base64');
      const opened = decrypt(ratchet, bytes, { sender, recipient: name }, Date.now());
      return opened && (unpad(opened.plaintext)?.toString() ?? null);
    },
  };
}

const strange = generateIdentity();

/** What somebody can send who has published nothing. */
export function createStranger(server: FakeServer, name: string): { encrypted_key: string } {
  const bundle = Buffer.from(server.user('alice').bundle ?? '', 'base64');
  const exchange = initiate({ username: name, identity: strange, bundle, now: Date.now() });
  if (!exchange) throw new Error('no exchange');
  return { encrypted_key: toEnvelope(exchange.keyExchange) };
}
