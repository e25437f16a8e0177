import { writeFile } from 'node:fs/promises';
import { bytesToHex } from '@noble/hashes/utils.js';
import { Stranger, safetyNumber, type Talk } from '../e2ee/second-implementation.ts';

/**
 * Writes e2ee-v2.json beside this file, with keys of its own each time, by the second implementation alone:
 * `npx tsx packages/crypto/test/vectors/make-e2ee-v2.ts`. The keys protect nothing.
 */
const TIME = 1_764_000_000_000;

const [alice, bob] = [await Stranger.named('alice'), await Stranger.named('bob')];
const spkiOf = async ({ rsa }: Stranger) =>
  new Uint8Array(await crypto.subtle.exportKey('spki', rsa.publicKey));
const started = await alice.start(bob.bundle, TIME);
const { agreed, talk } = await bob.accept(started.keyExchange);

const messages: { from: string; text: string; message: string }[] = [];
const say = (sender: Talk, receiver: Talk, from: string, texts: readonly string[]): void => {
  for (const text of texts) {
    const message = sender.send(text);
    if (receiver.receive(message) !== text) throw new Error('does not come back');
    messages.push({ from, text, message: bytesToHex(message) });
  }
};
// Only alice's are for the reader of the vectors: bob's answers would be made with keys of his own.
say(started.talk, talk, 'alice', ['first', '', 'Grüße 👋🏽']);

const vectors = {
  time: TIME,
  alice: { identityKey: bytesToHex(alice.identity.publicKey), bundle: bytesToHex(alice.bundle) },
  bob: {
    encryptionKeyPkcs8: bytesToHex(
      new Uint8Array(await crypto.subtle.exportKey('pkcs8', bob.rsa.privateKey)),
    ),
    identitySeed: bytesToHex(bob.identity.secretKey),
    identityKey: bytesToHex(bob.identity.publicKey),
    prekeyId: 3,
    prekey: bytesToHex(bob.prekey.secretKey),
    kemPrekeyId: 4,
    kemPrekey: bytesToHex(bob.kem.secretKey),
    bundle: bytesToHex(bob.bundle),
  },
  keyExchange: bytesToHex(started.keyExchange),
  transcript: bytesToHex(agreed.transcript),
  root: bytesToHex(agreed.root),
  messages,
  safetyNumber: safetyNumber(
    ['alice', alice.identity.publicKey, await spkiOf(alice)],
    ['bob', bob.identity.publicKey, await spkiOf(bob)],
  ),
};
await writeFile(new URL('e2ee-v2.json', import.meta.url), `${JSON.stringify(vectors, null, 2)}\n`);
