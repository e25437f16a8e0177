import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  exportPublicKey,
  generateRsaKeyPair,
  importPublicKey,
  oaep256Decrypt,
  oaep256Encrypt,
  RSA_BITS_MAX,
  RSA_BITS_MIN,
} from '../src/rsa.ts';
import { VECTORS } from './vectors.ts';

/** A public key of this size; making a real pair of 8192 bits takes seconds. */
function publicKeyOf(bits: number, exponent = 'AQAB', lowestBit = 1): KeyObject {
  const modulus = randomBytes(bits / 8);
  modulus.writeUInt8(modulus.readUInt8(0) | 0x80, 0);
  modulus.writeUInt8((modulus.readUInt8(modulus.length - 1) & 0xfe) | lowestBit, modulus.length - 1);
  return createPublicKey({
    key: { kty: 'RSA', n: modulus.toString('base64url'), e: exponent },
    format: 'jwk',
  });
}

const own = createPrivateKey(VECTORS.privateKey);
const ownPublic = createPublicKey(own);
const spki = exportPublicKey(ownPublic);

describe('a public key on the wire', () => {
  it.each([RSA_BITS_MIN, 3072, 4096, RSA_BITS_MAX])('may have %i bits', (bits) => {
    const pem = exportPublicKey(publicKeyOf(bits));
    const key = importPublicKey(pem);
    expect(key && exportPublicKey(key)).toBe(pem);
  });

  it.each([1024, RSA_BITS_MIN - 8, RSA_BITS_MAX + 8])('may not have %i bits', (bits) => {
    expect(importPublicKey(exportPublicKey(publicKeyOf(bits)))).toBeNull();
  });

  it('may stand in CRLF lines, without a last line end, or in white space', () => {
    for (const pem of [spki.replaceAll('\n', '\r\n'), spki.trimEnd(), `\n${spki}\n\n`]) {
      expect(importPublicKey(pem)?.equals(ownPublic)).toBe(true);
    }
  });

  const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey;
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
  const refused: [string, string][] = [
    ['PKCS#1', ownPublic.export({ type: 'pkcs1', format: 'pem' }).toString()],
    ['an RSA-PSS key', exportPublicKey(pss)],
    ['an elliptic curve key', exportPublicKey(ec)],
    ['an Ed25519 key', exportPublicKey(generateKeyPairSync('ed25519').publicKey)],
    ['e = 3', exportPublicKey(publicKeyOf(2048, 'Aw'))],
    ['e = 65539', exportPublicKey(publicKeyOf(2048, 'AQAD'))],
    ['a private key', VECTORS.privateKey],
    ['a PKCS#1 private key', own.export({ type: 'pkcs1', format: 'pem' }).toString()],
    ['a private key under the label of a public one', VECTORS.privateKey.replaceAll('PRIVATE', 'PUBLIC')],
    ['two keys', spki + spki],
    ['a key and a private key', spki + VECTORS.privateKey],
    ['text before the key', `key: ${spki}`],
    ['a header in the key', spki.replace('-----\n', '-----\nComment: x\n\n')],
    ['a cut key', spki.replace(/.{64}\n/, '')],
    ['no base64', '-----BEGIN PUBLIC KEY-----\n!!!!\n-----END PUBLIC KEY-----\n'],
    ['an empty key', '-----BEGIN PUBLIC KEY-----\n\n-----END PUBLIC KEY-----\n'],
    ['a certificate label', spki.replaceAll('PUBLIC KEY', 'CERTIFICATE')],
    ['an empty string', ''],
  ];
  it.each(refused)('is not %s', (_, pem) => {
    expect(importPublicKey(pem)).toBeNull();
  });

  it('is refused quickly, whatever white space it is full of', () => {
    const hostile = `-----BEGIN PUBLIC KEY-----${'\n '.repeat(30_000)}-----END PUBLIC KEY----`;
    const start = performance.now();
    expect(importPublicKey(hostile)).toBeNull();
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

describe('OAEP256', () => {
  it('opens what pyca/cryptography encrypted', () => {
    expect(oaep256Decrypt(own, VECTORS.oaep256)).toBe(VECTORS.oaep256Text);
    expect(oaep256Decrypt(own, VECTORS.oaep256.toUpperCase())).toBe(VECTORS.oaep256Text);
  });

  it('gives back any text of up to 190 bytes for a key of 2048 bits, as lower-case hex between', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        fc.pre(Buffer.byteLength(text) <= 190);
        const hex = oaep256Encrypt(ownPublic, text);
        expect(hex).toMatch(/^[0-9a-f]{512}$/);
        expect(oaep256Decrypt(own, hex)).toBe(text);
      }),
      { numRuns: 40, examples: [[''], ['a'.repeat(190)]] },
    );
  });

  it('throws for a text that is too long', () => {
    expect(() => oaep256Encrypt(ownPublic, 'a'.repeat(191))).toThrow();
  });

  it('is null under another key', async () => {
    const { publicKey, privateKey } = await generateRsaKeyPair(2048);
    expect(importPublicKey(exportPublicKey(publicKey))).not.toBeNull();
    expect(oaep256Decrypt(privateKey, VECTORS.oaep256)).toBeNull();
  });

  it.each(['', 'zz', 'abc', '00', VECTORS.oaep256.slice(2), `${VECTORS.oaep256}00`, `${VECTORS.oaep256}\n`])(
    'is null for %j',
    (hex) => {
      expect(oaep256Decrypt(own, hex)).toBeNull();
    },
  );

  it('is null when any byte was changed', () => {
    for (let at = 0; at < 256; at += 16) {
      const bytes = Buffer.from(VECTORS.oaep256, 'hex');
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      expect(oaep256Decrypt(own, bytes.toString('hex'))).toBeNull();
    }
  });
});
