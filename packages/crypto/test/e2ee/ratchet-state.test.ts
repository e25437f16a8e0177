import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { generateCurveKeyPair } from '../../src/e2ee/curve-keys.ts';
import { answerRatchet, decrypt, encrypt, type Ratchet, startRatchet } from '../../src/e2ee/ratchet.ts';
import { decodeRatchet, encodeRatchet } from '../../src/e2ee/ratchet-state.ts';
import { NOW } from './people.ts';

const TO_BOB = { sender: 'alice', recipient: 'bob' };
const TO_ALICE = { sender: 'bob', recipient: 'alice' };

function pair(): [alice: Ratchet, bob: Ratchet] {
  const agreement = {
    root: randomBytes(32),
    exchangeId: randomBytes(16),
    transcript: randomBytes(32),
    ephemeralKey: randomBytes(32),
  };
  const prekey = generateCurveKeyPair('X25519');
  const started = startRatchet(agreement, prekey.publicKey);
  if (!started) throw new Error('not started');
  return [started, answerRatchet(agreement, prekey)];
}

/** As after a restart. */
function stored(ratchet: Ratchet): Ratchet {
  const again = decodeRatchet(encodeRatchet(ratchet));
  if (!again) throw new Error('does not come back');
  expect(encodeRatchet(again)).toEqual(encodeRatchet(ratchet));
  return again;
}

describe('a stored ratchet', () => {
  it('goes on where it was, after each message', () => {
    let [alice, bob] = pair();
    for (const text of ['one', 'two']) {
      const lost = encrypt(stored(alice), Buffer.from('late'), TO_BOB);
      const sent = encrypt(stored(lost.ratchet), Buffer.from(text), TO_BOB);
      alice = stored(sent.ratchet);
      const received = decrypt(stored(bob), sent.message, TO_BOB, NOW);
      expect(received?.plaintext.toString()).toBe(text);
      const late = received && decrypt(stored(received.ratchet), lost.message, TO_BOB, NOW);
      expect(late?.plaintext.toString()).toBe('late');
      const reply = encrypt(stored(late?.ratchet ?? bob), Buffer.from(`${text}!`), TO_ALICE);
      bob = stored(reply.ratchet);
      const answered = decrypt(alice, reply.message, TO_ALICE, NOW);
      expect(answered?.plaintext.toString()).toBe(`${text}!`);
      alice = answered?.ratchet ?? alice;
    }
  });

  it('holds on to none of the bytes that it came from', () => {
    const bytes = encodeRatchet(pair()[0]);
    const ratchet = decodeRatchet(bytes);
    const before = ratchet && encodeRatchet(ratchet);
    bytes.fill(0);
    expect(ratchet && encodeRatchet(ratchet)).toEqual(before);
  });

  it('does not come from other bytes', () => {
    const [alice, bob] = pair();
    const first = encrypt(alice, Buffer.from('late'), TO_BOB);
    const second = encrypt(first.ratchet, Buffer.from('text'), TO_BOB);
    const received = decrypt(bob, second.message, TO_BOB, NOW);
    if (!received) throw new Error('does not open');
    const bytes = encodeRatchet(received.ratchet);
    for (let length = 0; length < bytes.length; length++)
      expect(decodeRatchet(bytes.subarray(0, length))).toBeNull();
    expect(decodeRatchet(Buffer.concat([bytes, Buffer.of(0)]))).toBeNull();
    expect(decodeRatchet(second.message)).toBeNull();
  });
});
