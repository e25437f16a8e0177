import { writeFile } from 'node:fs/promises';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import {
  body,
  receiptContent,
  referringContent,
  Stranger,
  safetyNumber,
  type Talk,
  textContent,
  timerContent,
} from '../e2ee/second-implementation.ts';

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

const SERIES = 'c2VyaWVzIDE';
const written = (kind: string, fields: object, content: Uint8Array) => ({
  body: { kind, id: 'bWVzc2FnZSBpZA', sentAt: TIME, earlier: [], ...fields },
  padded: bytesToHex(body(kind, 'bWVzc2FnZSBpZA', TIME, content)),
});
const receipt = (kind: string) =>
  written(
    kind,
    {
      series: SERIES,
      ranges: [
        [1, 3],
        [9, 9],
      ],
    },
    receiptContent(SERIES, [9, 1, 2, 3]),
  );
const referring = (kind: string, index: number) =>
  written(
    kind,
    {
      ...{ seconds: 60, series: SERIES, number: 3 + index, lead: 'für „Grüße“: ', text: '👍' },
      ...{ whose: 'sender', target: 'cmVjb3JkIDE' },
    },
    referringContent([60, SERIES, 3 + index], 'für „Grüße“: ', '👍', 'sender', 'cmVjb3JkIDE'),
  );
const lost = ['cmVjb3JkIDE', 'cmVjb3JkIDI'];
const bodies = [
  written(
    'text',
    { seconds: 60, series: SERIES, number: 1, text: 'Grüße' },
    textContent(60, SERIES, 1, 'Grüße'),
  ),
  written('timer', { seconds: 3_600, series: SERIES, number: 2 }, timerContent(3_600, SERIES, 2)),
  ...['reply', 'edit', 'delete', 'reaction'].map(referring),
  ...['delivered', 'read', 'missing', 'gone'].map(receipt),
  written('lost', { of: lost }, utf8ToBytes(lost.join(' '))),
];

const typing = [
  { from: 'alice', typing: true, message: bytesToHex(started.talk.sealTyping(true, TIME)) },
  { from: 'bob', typing: false, message: bytesToHex(talk.sealTyping(false, TIME)) },
];

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
  ephemeralKey: bytesToHex(agreed.ephemeralKey),
  messages,
  bodies,
  typing,
  safetyNumber: safetyNumber(
    ['alice', alice.identity.publicKey, await spkiOf(alice)],
    ['bob', bob.identity.publicKey, await spkiOf(bob)],
  ),
};
await writeFile(new URL('e2ee-v2.json', import.meta.url), `${JSON.stringify(vectors, null, 2)}\n`);
