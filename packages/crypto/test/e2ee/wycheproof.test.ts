import {
  constants,
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  hkdfSync,
  privateDecrypt,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { agree, importCurvePrivateKey } from '../../src/e2ee/curve-keys.ts';
import { isSignedBy } from '../../src/e2ee/identity.ts';

/** checks.md, 1: Project Wycheproof's vectors, on what the protocol uses, the way it uses them. */

const Vector = Type.Record(Type.String(), Type.Unknown());
const File = Type.Object({
  numberOfTests: Type.Integer(),
  testGroups: Type.Array(Type.Intersect([Vector, Type.Object({ tests: Type.Array(Vector) })])),
});

interface Case {
  /** Bytes of a member in hex: of the vector, else of its group. */
  bytes(name: string): Buffer;
  text(name: string): string;
  readonly name: string;
}

function casesOf(file: string): Case[] {
  const url = new URL(`../vectors/wycheproof/${file}_test.json`, import.meta.url);
  const content: unknown = JSON.parse(readFileSync(url, 'utf8'));
  if (!Value.Check(File, content)) throw new Error(`${file} is not a file of vectors`);
  const cases = content.testGroups.flatMap((group) =>
    group.tests.map((vector) => {
      const text = (name: string): string => {
        const value = vector[name] ?? group[name];
        return typeof value === 'object' ? JSON.stringify(value) : String(value);
      };
      return {
        text,
        bytes: (name: string) => Buffer.from(text(name), 'hex'),
        name: `${file} ${text('tcId')} ${vector.comment ?? ''}`,
      };
    }),
  );
  expect(cases).toHaveLength(content.numberOfTests);
  return cases;
}

/** What it gives, or null where it throws. */
function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}

/** The bytes in hex, null for none: equal for two that say the same. */
const hex = (bytes: Uint8Array | null): string | null => bytes && Buffer.from(bytes).toString('hex');

/** Every case gives what is expected of it; says which does not, all at once. */
function check(
  file: string,
  given: (each: Case) => string | null,
  expected: (each: Case) => string | null,
  cases = casesOf(file),
): void {
  const wrong = cases.filter((each) => given(each) !== expected(each)).map(({ name }) => name);
  expect(wrong).toEqual([]);
}

const whenValid =
  (member: string) =>
  (each: Case): string | null =>
    each.text('result') === 'valid' ? each.text(member) : null;

describe('Wycheproof (check 1)', () => {
  it('X25519: every secret, and none where it would be all zero', () => {
    const prefix = Buffer.from('302e020100300506032b656e04220420', 'hex');
    const isZero = (each: Case) => /^0+$/.test(each.text('shared'));
    check(
      'x25519',
      (each) => {
        const pair = importCurvePrivateKey('X25519', Buffer.concat([prefix, each.bytes('private')]));
        return hex(pair && agree(pair.privateKey, each.bytes('public')));
      },
      (each) => (isZero(each) ? null : each.text('shared')),
    );
  });

  it('Ed25519: valid signatures hold, and no other', () => {
    const publicKey = (each: Case): Buffer => Buffer.from(each.text('publicKeyDer'), 'hex').subarray(-32);
    check(
      'ed25519',
      (each) => String(isSignedBy(publicKey(each), each.bytes('msg'), each.bytes('sig'))),
      (each) => String(each.text('result') === 'valid'),
    );
  });

  it('AES-GCM with nonces of 12 bytes and tags of 16: decrypts what is valid, and encrypts to it', () => {
    const algorithm = (each: Case) => `aes-${Number(each.text('keySize'))}-gcm` as 'aes-256-gcm';
    const open = (each: Case): Buffer => {
      const decipher = createDecipheriv(algorithm(each), each.bytes('key'), each.bytes('iv'), {
        authTagLength: 16,
      });
      decipher.setAAD(each.bytes('aad'));
      decipher.setAuthTag(each.bytes('tag'));
      return Buffer.concat([decipher.update(each.bytes('ct')), decipher.final()]);
    };
    const cases = casesOf('aes_gcm').filter((each) => each.text('ivSize') === '96');
    expect(cases.length).toBeGreaterThan(150);
    check('aes_gcm', (each) => hex(attempt(() => open(each))), whenValid('msg'), cases);
    const seal = (each: Case): Buffer => {
      const cipher = createCipheriv(algorithm(each), each.bytes('key'), each.bytes('iv'), {
        authTagLength: 16,
      });
      cipher.setAAD(each.bytes('aad'));
      return Buffer.concat([cipher.update(each.bytes('msg')), cipher.final(), cipher.getAuthTag()]);
    };
    for (const each of cases)
      if (each.text('result') === 'valid')
        expect([each.name, hex(seal(each))]).toEqual([each.name, each.text('ct') + each.text('tag')]);
  });

  it('HKDF-SHA256: every output, and none that is too long', () => {
    check(
      'hkdf_sha256',
      (each) =>
        hex(
          attempt(() =>
            Buffer.from(
              hkdfSync(
                'sha256',
                each.bytes('ikm'),
                each.bytes('salt'),
                each.bytes('info'),
                Number(each.text('size')),
              ),
            ),
          ),
        ),
      whenValid('okm'),
    );
  });

  it.each(['2048', '3072'])('RSA-OAEP with SHA-256 and a label, %s bits', (bits) => {
    check(
      `rsa_oaep_${bits}_sha256_mgf1sha256`,
      (each) =>
        hex(
          attempt(() =>
            privateDecrypt(
              {
                key: createPrivateKey({ key: each.bytes('privateKeyPkcs8'), format: 'der', type: 'pkcs8' }),
                padding: constants.RSA_PKCS1_OAEP_PADDING,
                oaepHash: 'sha256',
                oaepLabel: each.bytes('label'),
              },
              each.bytes('ct'),
            ),
          ),
        ),
      whenValid('msg'),
    );
  });

  it('ML-KEM-768: keys from seeds', () => {
    check(
      'mlkem_768_keygen_seed',
      (each) => {
        const { publicKey, secretKey } = ml_kem768.keygen(each.bytes('seed'));
        return `${hex(publicKey)} ${hex(secretKey)}`;
      },
      (each) => `${each.text('ek')} ${each.text('dk')}`,
    );
  });

  it('ML-KEM-768: encapsulation, and keys that are none', () => {
    check(
      'mlkem_768_encaps',
      (each) => {
        const made = attempt(() => ml_kem768.encapsulate(each.bytes('ek'), each.bytes('m')));
        return made && `${hex(made.cipherText)} ${hex(made.sharedSecret)}`;
      },
      (each) => (each.text('result') === 'valid' ? `${each.text('c')} ${each.text('K')}` : null),
    );
  });

  it('ML-KEM-768: decapsulation, also of ciphertexts that are none', () => {
    check(
      'mlkem_768',
      (each) =>
        hex(
          attempt(() =>
            ml_kem768.decapsulate(each.bytes('c'), ml_kem768.keygen(each.bytes('seed')).secretKey),
          ),
        ),
      whenValid('K'),
    );
    check(
      'mlkem_768_semi_expanded_decaps',
      (each) => hex(attempt(() => ml_kem768.decapsulate(each.bytes('c'), each.bytes('dk')))),
      whenValid('K'),
    );
  });
});
