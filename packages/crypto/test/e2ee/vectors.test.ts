import { createPrivateKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeBody, encodeBody } from '../../src/e2ee/body.ts';
import { bundleHash, encryptionKeyBytes, openBundle } from '../../src/e2ee/bundle.ts';
import { type CurveKeyPair, importCurvePrivateKey } from '../../src/e2ee/curve-keys.ts';
import { openEphemeral } from '../../src/e2ee/ephemeral.ts';
import { accept } from '../../src/e2ee/key-exchange.ts';
import { pad, unpad } from '../../src/e2ee/padding.ts';
import { answerRatchet, decrypt } from '../../src/e2ee/ratchet.ts';
import { safetyNumber } from '../../src/e2ee/safety-number.ts';
import VECTORS from '../vectors/e2ee-v2.json' with { type: 'json' };

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');

/** PKCS#8 before the 32 bytes of an X25519 key (RFC 8410, section 7). */
function x25519(secret: string): CurveKeyPair {
  const pair = importCurvePrivateKey('X25519', bytes(`302e020100300506032b656e04220420${secret}`));
  if (!pair) throw new Error('no key');
  return pair;
}

const bundleOf = (hex: string) => {
  const bundle = openBundle(bytes(hex));
  if (!bundle) throw new Error('does not open');
  return bundle;
};

function accepted() {
  const { alice, bob, keyExchange, time } = VECTORS;
  const answer = accept(bytes(keyExchange), {
    username: 'bob',
    identityKey: bytes(bob.identityKey),
    sender: 'alice',
    senderIdentity: bytes(alice.identityKey),
    isKnown: () => false,
    publishedBundle: (hash) =>
      hash.equals(bundleHash(bytes(bob.bundle)))
        ? {
            encryptionKey: createPrivateKey({
              key: bytes(bob.encryptionKeyPkcs8),
              format: 'der',
              type: 'pkcs8',
            }),
            prekey: { id: bob.prekeyId, pair: x25519(bob.prekey) },
            kemPrekey: { id: bob.kemPrekeyId, secretKey: bytes(bob.kemPrekey) },
          }
        : null,
    now: time,
  });
  if ('refused' in answer) throw new Error(answer.refused);
  return answer;
}

/** They were made by the second implementation: see test/vectors/make-e2ee-v2.ts. */
describe('the test vectors of protocol v2', () => {
  it('have bundles that open', () => {
    const { alice, bob } = VECTORS;
    expect(bundleOf(alice.bundle).identityKey).toEqual(bytes(alice.identityKey));
    expect(bundleOf(bob.bundle).prekey).toEqual({ id: bob.prekeyId, key: x25519(bob.prekey).publicKey });
  });

  it('have an exchange with that transcript and those keys', () => {
    const { transcript, root, ephemeralKey } = accepted().agreement;
    expect(transcript.toString('hex')).toBe(VECTORS.transcript);
    expect(root.toString('hex')).toBe(VECTORS.root);
    expect(ephemeralKey.toString('hex')).toBe(VECTORS.ephemeralKey);
  });

  it('have messages that open, the last one first', () => {
    const { agreement, prekey } = accepted();
    let ratchet = answerRatchet(agreement, prekey);
    expect(VECTORS.messages).toHaveLength(3);
    for (const { message, text } of VECTORS.messages.toReversed()) {
      const direction = { sender: 'alice', recipient: 'bob' };
      const received = decrypt(ratchet, bytes(message), direction, VECTORS.time);
      expect(received?.plaintext.toString()).toBe(text);
      ratchet = received?.ratchet ?? ratchet;
    }
  });

  it('have bodies of each kind', () => {
    expect(VECTORS.bodies).toHaveLength(11);
    for (const { body, padded } of VECTORS.bodies) {
      const unpadded = unpad(bytes(padded));
      const decoded = unpadded && decodeBody(unpadded);
      expect(decoded).toEqual(body);
      if (!decoded || decoded.kind === 'unknown') throw new Error('not a known kind');
      expect(pad(encodeBody(decoded)).toString('hex')).toBe(padded);
    }
  });

  it('have typing notices of both sides that open', () => {
    const { agreement, prekey } = accepted();
    const ratchet = answerRatchet(agreement, prekey);
    expect(VECTORS.typing).toHaveLength(2);
    for (const { from, typing, message } of VECTORS.typing) {
      const direction = { sender: from, recipient: from === 'alice' ? 'bob' : 'alice' };
      const opened = openEphemeral(ratchet, direction, bytes(message));
      expect(opened).toEqual({ kind: 'typing', typing, sentAt: VECTORS.time });
    }
  });

  it('have that safety number', () => {
    const side = (username: string, hex: string) => {
      const { identityKey, encryptionKey } = bundleOf(hex);
      return { username, identityKey, encryptionKey: encryptionKeyBytes(encryptionKey) };
    };
    const { alice, bob } = VECTORS;
    expect(safetyNumber(side('alice', alice.bundle), side('bob', bob.bundle))).toBe(VECTORS.safetyNumber);
  });
});
