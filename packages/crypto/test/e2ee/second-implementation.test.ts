import { beforeAll, describe, expect, it } from 'vitest';
import { decodeBody, encodeBody, type KnownBody } from '../../src/e2ee/body.ts';
import { encryptionKeyBytes, openBundle } from '../../src/e2ee/bundle.ts';
import { openEphemeral, sealEphemeral } from '../../src/e2ee/ephemeral.ts';
import { accept, initiate } from '../../src/e2ee/key-exchange.ts';
import { pad, unpad } from '../../src/e2ee/padding.ts';
import { answerRatchet, decrypt, encrypt, type Ratchet, startRatchet } from '../../src/e2ee/ratchet.ts';
import { safetyNumber } from '../../src/e2ee/safety-number.ts';
import { accepting, NOW, newPerson, type Person } from './people.ts';
import {
  body,
  receiptContent,
  referringContent,
  Stranger,
  safetyNumber as secondSafetyNumber,
  type Talk,
  textContent,
  timerContent,
} from './second-implementation.ts';

let alice: Person;
let stranger: Stranger;
beforeAll(async () => {
  [alice, stranger] = await Promise.all([newPerson('alice'), Stranger.named('stranger')]);
}, 60_000);

const FROM_US = { sender: 'alice', recipient: 'stranger' };
const TO_US = { sender: 'stranger', recipient: 'alice' };

/** Some turns, in each of which two of three messages come late; `first` is who may send. */
function converse(first: Ratchet, talk: Talk, weBegin: boolean): void {
  let ours = first;
  const send = (text: string): Buffer => {
    const sent = encrypt(ours, Buffer.from(text), FROM_US);
    ours = sent.ratchet;
    return sent.message;
  };
  const receive = (message: Uint8Array): string | undefined => {
    const received = decrypt(ours, message, TO_US, NOW);
    if (received) ours = received.ratchet;
    return received?.plaintext.toString();
  };
  const texts = ['eins', 'zwei – 二', ''];
  for (let turn = weBegin ? 0 : 1; turn < 7; turn++) {
    const isOurs = turn % 2 === 0;
    const messages = texts.map((text) => (isOurs ? send(text) : talk.send(text)));
    const arrived = messages
      .toReversed()
      .map((message) => (isOurs ? talk.receive(message) : receive(message)));
    expect(arrived).toEqual(texts.toReversed());
  }
}

/** What is stored nowhere, both ways. */
function notice(ours: Pick<Ratchet, 'agreement'>, talk: Talk): void {
  for (const typing of [true, false]) {
    const body = { typing, sentAt: NOW };
    expect(talk.openTyping(sealEphemeral(ours, FROM_US, { kind: 'typing', ...body }))).toEqual(body);
    expect(openEphemeral(ours, TO_US, talk.sealTyping(typing, NOW))).toEqual({ kind: 'typing', ...body });
  }
}

const SERIES = 'Zm9vYmFyYmE';
const COMMON = { id: 'id-1', sentAt: NOW, earlier: [] };
const REFERENCE = {
  seconds: 60,
  series: SERIES,
  number: 9,
  lead: 'für „zwei“: ',
  text: '👍',
  target: 'id-0',
};
const BODIES: readonly [KnownBody, Uint8Array][] = [
  [
    { kind: 'text', ...COMMON, seconds: 60, series: SERIES, number: 7, text: 'zwei – 二' },
    textContent(60, SERIES, 7, 'zwei – 二'),
  ],
  [{ kind: 'timer', ...COMMON, seconds: 3_600, series: SERIES, number: 8 }, timerContent(3_600, SERIES, 8)],
  [{ kind: 'delivered', ...COMMON, series: SERIES, ranges: [] }, receiptContent(SERIES, [])],
  [
    {
      kind: 'read',
      ...COMMON,
      series: SERIES,
      ranges: [
        [1, 3],
        [9, 9],
      ],
    },
    receiptContent(SERIES, [3, 9, 1, 2]),
  ],
  [{ kind: 'missing', ...COMMON, series: SERIES, ranges: [[4, 8]] }, receiptContent(SERIES, [8, 7, 6, 5, 4])],
  ...(['reply', 'reaction'] as const).map((kind): [KnownBody, Uint8Array] => [
    { kind, ...COMMON, ...REFERENCE, whose: 'recipient' },
    referringContent([60, SERIES, 9], 'für „zwei“: ', '👍', 'recipient', 'id-0'),
  ]),
  ...(['edit', 'delete'] as const).map((kind): [KnownBody, Uint8Array] => [
    { kind, ...COMMON, ...REFERENCE, whose: 'sender' },
    referringContent([60, SERIES, 9], 'für „zwei“: ', '👍', 'sender', 'id-0'),
  ]),
  [{ kind: 'gone', ...COMMON, series: SERIES, ranges: [[2, 2]] }, receiptContent(SERIES, [2])],
];

describe('a second implementation, from the specification alone', () => {
  it('makes bundles that open', () => {
    const bundle = openBundle(stranger.bundle);
    expect(bundle?.username).toBe('stranger');
    expect(bundle?.prekey).toEqual({ id: 3, key: Buffer.from(stranger.prekey.publicKey) });
  });

  it('accepts our exchange and talks with us', async () => {
    const { username, identity } = alice;
    const started = initiate({ username, identity, bundle: stranger.bundle, now: NOW });
    if (!started) throw new Error('not started');
    const { agreed, talk } = await stranger.accept(started.keyExchange);
    expect(Buffer.from(agreed.root)).toEqual(started.agreement.root);
    expect(Buffer.from(agreed.transcript)).toEqual(started.agreement.transcript);
    const ratchet = startRatchet(started.agreement, started.peerPrekey);
    if (!ratchet) throw new Error('no ratchet');
    notice(ratchet, talk);
    converse(ratchet, talk, true);
    notice(ratchet, talk);
  });

  it('starts an exchange with us and talks with us', async () => {
    const { keyExchange, talk } = await stranger.start(alice.bundle, NOW);
    const them = { sender: 'stranger', senderIdentity: Buffer.from(stranger.identity.publicKey) };
    const accepted = accept(keyExchange, accepting(alice, alice, them));
    if ('refused' in accepted) throw new Error(accepted.refused);
    const ratchet = answerRatchet(accepted.agreement, accepted.prekey);
    notice(ratchet, talk);
    converse(ratchet, talk, false);
  });

  it.each(BODIES)('writes the same bytes of $kind', (ours, content) => {
    const theirs = body(ours.kind, ours.id, ours.sentAt, content);
    expect(pad(encodeBody(ours))).toEqual(Buffer.from(theirs));
    const unpadded = unpad(theirs);
    expect(unpadded && decodeBody(unpadded)).toEqual(ours);
  });

  it('has the same safety number', () => {
    const theirs = openBundle(stranger.bundle);
    if (!theirs) throw new Error('does not open');
    const spki = encryptionKeyBytes(theirs.encryptionKey);
    const ourSpki = encryptionKeyBytes(alice.rsa.publicKey);
    const ours = safetyNumber(
      { username: 'alice', identityKey: alice.identity.publicKey, encryptionKey: ourSpki },
      { username: 'stranger', identityKey: theirs.identityKey, encryptionKey: spki },
    );
    expect(
      secondSafetyNumber(
        ['stranger', stranger.identity.publicKey, spki],
        ['alice', alice.identity.publicKey, ourSpki],
      ),
    ).toBe(ours);
  });
});
