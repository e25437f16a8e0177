import { createPrivateKey, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  agree,
  type CurveKeyPair,
  exportCurvePrivateKey,
  generateCurveKeyPair,
  importCurvePrivateKey,
  importCurvePublicKey,
} from '../../src/e2ee/curve-keys.ts';

/** PKCS#8 before the 32 bytes of an X25519 key (RFC 8410, section 7). */
const X25519_PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');
const x25519 = (hex: string) =>
  createPrivateKey({
    key: Buffer.concat([X25519_PKCS8, Buffer.from(hex, 'hex')]),
    format: 'der',
    type: 'pkcs8',
  });

describe('X25519', () => {
  it('agrees as RFC 7748, section 6.1, says', () => {
    const alice = x25519('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a');
    const bob = Buffer.from('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f', 'hex');
    const secret = '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742';
    expect(agree(alice, bob)?.toString('hex')).toBe(secret);
  });

  it('agrees on nothing with a point of small order, or with what is no key', () => {
    const own = generateCurveKeyPair('X25519');
    const small = [
      '00'.repeat(32),
      `01${'00'.repeat(31)}`,
      'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
      '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
      `ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f`,
    ];
    for (const point of small) expect(agree(own.privateKey, Buffer.from(point, 'hex'))).toBeNull();
    expect(agree(own.privateKey, Buffer.alloc(31, 9))).toBeNull();
  });
});

/** What only the private key gives. */
const signOrAgree = ({ privateKey }: CurveKeyPair): Buffer | null =>
  privateKey.asymmetricKeyType === 'ed25519'
    ? sign(null, Buffer.from('text'), privateKey)
    : agree(privateKey, Buffer.alloc(32, 9));

describe.each(['Ed25519', 'X25519'] as const)('a pair on %s', (curve) => {
  it('comes back from storage', () => {
    const pair = generateCurveKeyPair(curve);
    const again = importCurvePrivateKey(curve, exportCurvePrivateKey(pair));
    expect(again?.publicKey).toEqual(pair.publicKey);
    expect(pair.publicKey).toHaveLength(32);
    expect(again && signOrAgree(again)).toEqual(signOrAgree(pair));
  });

  it("is stored as node's own PKCS#8", () => {
    const pair = generateCurveKeyPair(curve);
    expect(exportCurvePrivateKey(pair)).toEqual(pair.privateKey.export({ format: 'der', type: 'pkcs8' }));
  });

  it('is not taken for one on the other curve, nor from other bytes', () => {
    const stored = exportCurvePrivateKey(generateCurveKeyPair(curve));
    expect(importCurvePrivateKey(curve === 'Ed25519' ? 'X25519' : 'Ed25519', stored)).toBeNull();
    expect(importCurvePrivateKey(curve, stored.subarray(1))).toBeNull();
    expect(importCurvePrivateKey(curve, stored.subarray(0, -1))).toBeNull();
    expect(importCurvePrivateKey(curve, Buffer.concat([stored, Buffer.of(0)]))).toBeNull();
    expect(importCurvePublicKey(curve, Buffer.alloc(33))).toBeNull();
  });
});
