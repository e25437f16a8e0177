import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { login, register } from '../v1-client/account.ts';
import { newKeyPair } from '../v1-client/primitives.ts';
import { textMember } from '../v1-client/reading.ts';
import { expectOk, expectRefusal } from './expectations.ts';
import { mustRegister, newAccount } from './people.ts';
import type { ServerUnderTest } from './server-under-test.ts';

const spki = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();
const good = () => newAccount().keys;

export function describeKeys(server: ServerUnderTest): void {
  const tryKey = (publicPem: string) => {
    const account = newAccount('key');
    return register(server.url, { ...account, keys: { ...account.keys, publicPem } });
  };

  describe('public keys', () => {
    it('takes one of 3072 bits, and gives the same one to others', async () => {
      const account = await mustRegister(server.url, { ...newAccount(), keys: newKeyPair(3072) });
      const session = await login(server.url, account);
      const body = expectOk(await session.get(`/chat/${account.username}/publickey`));
      const pem = textMember(body, 'public-key');
      expect(createPublicKey(pem).equals(createPublicKey(account.keys.privateKey))).toBe(true);
    });

    it('takes a PEM without a line end, or with those of Windows', async () => {
      const { publicPem } = good();
      expectOk(await tryKey(publicPem.trimEnd()));
      expectOk(await tryKey(publicPem.replaceAll('\n', '\r\n')));
    });

    it.each([
      ['of 1024 bits', () => newKeyPair(1024).publicPem],
      [
        'with e = 3',
        () => spki(generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }).publicKey),
      ],
      [
        'whose modulus is even',
        () => {
          const { n = '' } = createPublicKey(good().publicPem).export({ format: 'jwk' });
          const modulus = Buffer.from(n, 'base64url');
          modulus.writeUInt8(modulus.readUInt8(modulus.length - 1) & 0xfe, modulus.length - 1);
          const jwk = { kty: 'RSA', n: modulus.toString('base64url'), e: 'AQAB' };
          return spki(createPublicKey({ key: jwk, format: 'jwk' }));
        },
      ],
      ['on a curve', () => spki(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)],
      ['of Ed25519', () => spki(generateKeyPairSync('ed25519').publicKey)],
      ['of RSA-PSS', () => spki(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey)],
      ['as PKCS#1', () => pkcs1(good().publicPem)],
      ['that is the private one', () => pkcs8(good().privateKey)],
      ['given twice', () => good().publicPem.repeat(2)],
      ['followed by another', () => `${good().publicPem}${good().publicPem}`],
      ['with text before it', () => `hello\n${good().publicPem}`],
      ['with text after it', () => `${good().publicPem}hello`],
      ['cut short', () => `${good().publicPem.slice(0, 200)}\n-----END PUBLIC KEY-----\n`],
      ['without its frame', () => good().publicPem.split('\n').slice(1, -2).join('')],
      ['that is noise', () => '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'],
      ['that is empty', () => ''],
      [
        'of 40,000 characters',
        () => `-----BEGIN PUBLIC KEY-----\n${'A'.repeat(40_000)}\n-----END PUBLIC KEY-----\n`,
      ],
    ])('refuses a key %s', async (_, pem) => {
      expectRefusal(await tryKey(pem()), 400);
    });
  });
}

function pkcs1(publicPem: string): string {
  return createPublicKey(publicPem).export({ type: 'pkcs1', format: 'pem' }).toString();
}

function pkcs8(privateKey: KeyObject): string {
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
