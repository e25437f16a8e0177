import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeList, encodeList } from '../../src/e2ee/byte-list.ts';
import { toEnvelope } from '../../src/e2ee/envelope.ts';
import {
  type Ephemeral,
  exchangeOfEphemeral,
  openEphemeral,
  sealEphemeral,
} from '../../src/e2ee/ephemeral.ts';
import { accept, initiate } from '../../src/e2ee/key-exchange.ts';
import { answerRatchet, decrypt, encrypt, startRatchet } from '../../src/e2ee/ratchet.ts';
import { encodeRatchet } from '../../src/e2ee/ratchet-state.ts';
import { accepting, flipped, NOW, newPerson } from './people.ts';

const TO_BOB = { sender: 'alice', recipient: 'bob' };
const TO_ALICE = { sender: 'bob', recipient: 'alice' };
const TYPING: Ephemeral = { kind: 'typing', typing: true, sentAt: NOW };
/** What the wire contract lets through, in characters. */
const WIRE_MAX = 1_024;

const someAgreement = () => ({
  agreement: {
    exchangeId: randomBytes(16),
    transcript: randomBytes(32),
    ephemeralKey: randomBytes(32),
  },
});

describe('what is stored nowhere', () => {
  it('goes both ways from the start of an exchange, and leaves both ratchets as they were', async () => {
    const [alice, bob] = await Promise.all([newPerson('alice'), newPerson('bob')]);
    const { username, identity } = alice;
    const started = initiate({ username, identity, bundle: bob.bundle, now: NOW });
    const accepted = started && accept(started.keyExchange, accepting(bob, alice));
    if (!accepted || 'refused' in accepted) throw new Error('not accepted');
    const ours = startRatchet(started.agreement, started.peerPrekey);
    if (!ours) throw new Error('no ratchet');
    const theirs = answerRatchet(accepted.agreement, accepted.prekey);
    const before = [encodeRatchet(ours), encodeRatchet(theirs)];
    const stopped = { ...TYPING, typing: false };
    expect(openEphemeral(theirs, TO_BOB, sealEphemeral(ours, TO_BOB, TYPING))).toEqual(TYPING);
    expect(openEphemeral(ours, TO_ALICE, sealEphemeral(theirs, TO_ALICE, stopped))).toEqual(stopped);
    expect([encodeRatchet(ours), encodeRatchet(theirs)]).toEqual(before);

    const sent = encrypt(ours, Buffer.from('text'), TO_BOB);
    const turned = decrypt(theirs, sent.message, TO_BOB, NOW);
    if (!turned) throw new Error('does not open');
    const later = sealEphemeral(turned.ratchet, TO_ALICE, TYPING);
    expect(openEphemeral(sent.ratchet, TO_ALICE, later)).toEqual(TYPING);
  }, 60_000);

  it('has one length, that the wire lets through, and other bytes each time', () => {
    const agreed = someAgreement();
    const bodies: Ephemeral[] = [TYPING, { ...TYPING, typing: false }, { ...TYPING, sentAt: 0 }];
    const sealed = bodies.map((body) => sealEphemeral(agreed, TO_BOB, body));
    expect(new Set(sealed.map(({ length }) => length)).size).toBe(1);
    for (const bytes of sealed) expect(toEnvelope(bytes).length).toBeLessThanOrEqual(WIRE_MAX);
    expect(sealEphemeral(agreed, TO_BOB, TYPING)).not.toEqual(sealed[0]);
  });

  it('tells its exchange, and none of other bytes', () => {
    const agreed = someAgreement();
    const sealed = sealEphemeral(agreed, TO_BOB, TYPING);
    expect(exchangeOfEphemeral(sealed)).toEqual(agreed.agreement.exchangeId);
    expect(exchangeOfEphemeral(Buffer.from('text'))).toBeNull();
  });

  it('opens under no other exchange, key, sender, recipient or direction', () => {
    const agreed = someAgreement();
    const { agreement } = agreed;
    const sealed = sealEphemeral(agreed, TO_BOB, TYPING);
    const others = [
      { agreement: { ...agreement, exchangeId: randomBytes(16) } },
      { agreement: { ...agreement, ephemeralKey: randomBytes(32) } },
    ];
    for (const other of others) expect(openEphemeral(other, TO_BOB, sealed)).toBeNull();
    const directions = [TO_ALICE, { ...TO_BOB, sender: 'mallory' }, { ...TO_BOB, recipient: 'mallory' }];
    for (const direction of directions) expect(openEphemeral(agreed, direction, sealed)).toBeNull();
    expect(openEphemeral(agreed, TO_BOB, sealed)).toEqual(TYPING);
  });

  it('refuses every bit flipped, and every shorter tag (checks 6 and 7)', () => {
    const agreed = someAgreement();
    const bytes = sealEphemeral(agreed, TO_BOB, TYPING);
    for (let bit = 0; bit < 8 * bytes.length; bit++)
      expect(openEphemeral(agreed, TO_BOB, flipped(bytes, bit))).toBeNull();
    const parts = decodeList(bytes, ['tag', 'exchangeId', 'nonce', 'sealed']);
    if (!parts) throw new Error('no list');
    const { tag, exchangeId, nonce, sealed } = parts;
    for (let length = 0; length < sealed.length; length++) {
      const cut = encodeList([tag, exchangeId, nonce, sealed.subarray(0, length)]);
      expect(openEphemeral(agreed, TO_BOB, cut)).toBeNull();
    }
  });
});
