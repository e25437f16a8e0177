import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loginProof, passwordHash, verifyLoginProof } from '../src/login-proof.ts';
import {
  importSessionKey,
  parseSignature,
  signedBytes,
  signRequest,
  verifyRequest,
} from '../src/request-signature.ts';

// Every vector by OpenSSL 3.0: printf '%s' "$BODY|$TIMESTAMP" | openssl dgst -sha256 -hmac $KEY
const KEY = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';
const TIMESTAMP = '2026-01-04T10:30:00.123456+00:00';
const VECTORS = [
  {
    body: '{ "message" : "hé" }',
    signature: '1d8bfbe9a0ded3f4df8bd56be7a8267a8f4dea14b62ef9a5c3fef6ca67eaf4b1',
  },
  { body: '', signature: '54f2808a25f259819f99f5c8c489e57219e1639f9320120ff9c84614c2959197' },
];

const verify = (key: string, body: string, timestamp: string, signature: string): boolean => {
  const bytes = parseSignature(signature);
  return (
    bytes !== null && verifyRequest(importSessionKey(key), signedBytes(Buffer.from(body), timestamp), bytes)
  );
};

describe('a request signature', () => {
  it.each(VECTORS)('of %j is the one that OpenSSL computes', ({ body, signature }) => {
    expect(signRequest(KEY, Buffer.from(body), TIMESTAMP)).toBe(signature);
    expect(verify(KEY, body, TIMESTAMP, signature)).toBe(true);
    expect(verify(KEY, body, TIMESTAMP, signature.toUpperCase())).toBe(true);
  });

  it('verifies for no other key, body or timestamp', () => {
    const different = fc
      .tuple(fc.string(), fc.string(), fc.string(), fc.string())
      .filter(([a, b]) => a !== b);
    fc.assert(
      fc.property(different, ([one, other, body, timestamp]) => {
        expect(verify(other, body, timestamp, signRequest(one, Buffer.from(body), timestamp))).toBe(false);
        expect(verify(body, other, timestamp, signRequest(body, Buffer.from(one), timestamp))).toBe(false);
        expect(verify(body, timestamp, other, signRequest(body, Buffer.from(timestamp), one))).toBe(false);
      }),
    );
  });

  it('is over the bytes as they came, not over what they mean', () => {
    const signature = signRequest(KEY, Buffer.from('{"message":"x"}'), TIMESTAMP);
    expect(verify(KEY, '{"message": "x"}', TIMESTAMP, signature)).toBe(false);
  });

  it.each([
    '',
    'zz'.repeat(32),
    'ab'.repeat(31),
    'ab'.repeat(33),
    ` ${'ab'.repeat(32)}`,
    `${'ab'.repeat(32)}\n`,
  ])('is not %j', (text) => {
    expect(parseSignature(text)).toBeNull();
  });
});

describe('a login proof', () => {
  // printf '%s' 'correct horse – battery' | sha256sum
  const hash = '7b063a5481cc0f988d1250a87c3e967880aec9fedefba7d3a0969c05a3375aaf';
  const nonce = '00112233445566778899aabbccddeeff';
  // printf '%s' $NONCE | openssl dgst -sha256 -hmac $HASH
  const proof = '23b8860da900deff356caaa88cb898b1893752c54eaf2f4af3d6539a7e6fe80c';

  it('is the one that sha256sum and OpenSSL compute', () => {
    expect(passwordHash('correct horse – battery')).toBe(hash);
    expect(loginProof(hash, nonce)).toBe(proof);
    expect(verifyLoginProof(hash, nonce, proof)).toBe(true);
    expect(verifyLoginProof(hash, nonce, proof.toUpperCase())).toBe(true);
  });

  it('verifies for no other password, nonce or proof', () => {
    expect(verifyLoginProof(passwordHash('correct horse'), nonce, proof)).toBe(false);
    expect(verifyLoginProof(hash, nonce.replace('0', '1'), proof)).toBe(false);
    expect(verifyLoginProof(hash, nonce, proof.replace('2', '3'))).toBe(false);
  });

  it('is refused, and nothing is thrown, when it is not 64 hex digits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(verifyLoginProof(hash, nonce, text)).toBe(false);
      }),
      { examples: [[''], [proof.slice(2)], [`${proof}00`], [`${proof}\n`], ['é'.repeat(64)]] },
    );
  });
});
