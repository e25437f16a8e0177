import { constants, privateDecrypt, publicEncrypt, randomBytes } from 'node:crypto';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { openBundle } from '@secure-chat/crypto/e2ee/bundle';
import { agree, generateCurveKeyPair } from '@secure-chat/crypto/e2ee/curve-keys';
import { isSignedBy, signAs } from '@secure-chat/crypto/e2ee/identity';
import { accept } from '@secure-chat/crypto/e2ee/key-exchange';
import { median, ratio, round } from '../arithmetic.ts';
import { accepting, type Person, started } from './person.ts';
import type { E2eeScale } from './scale.ts';
import { timed } from './timing.ts';

/** Medians in microseconds: the whole, and the parts that it is made of, each measured alone. */
export interface ExchangeSide {
  readonly whole: number;
  readonly rsa: number;
  /** To open and check the bundle. */
  readonly bundle: number;
  /** To generate a pair, and to agree. */
  readonly x25519: number;
  readonly mlKem: number;
  readonly ed25519: number;
  /** What is left: hashing, encoding, checks. Of medians, so it can be some microseconds off. */
  readonly rest: number;
}

export interface Exchange {
  readonly exchanges: number;
  readonly initiate: ExchangeSide;
  readonly accept: ExchangeSide;
  /** Of both sides: what is not RSA, to RSA. */
  readonly restToRsa: number;
}

const HASH_BYTES = 32;

export function measureExchange(alice: Person, bob: Person, { exchanges }: E2eeScale): Exchange {
  const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
  const secret = randomBytes(HASH_BYTES);
  const rsaCiphertext = publicEncrypt({ key: bob.publicKey, ...oaep }, secret);
  const kem = bob.prekeys.kemPrekey;
  const { cipherText } = ml_kem768.encapsulate(kem.publicKey);
  const signature = signAs(alice.identity, secret);
  const { keyExchange } = started(alice, bob);
  const options = accepting(bob, alice);

  const works = {
    initiate: () => started(alice, bob),
    accept: () => accept(keyExchange, options),
    rsaEncrypt: () => publicEncrypt({ key: bob.publicKey, ...oaep }, secret),
    rsaDecrypt: () => privateDecrypt({ key: bob.privateKey, ...oaep }, rsaCiphertext),
    bundle: () => openBundle(bob.bundle),
    generateAndAgree: () => agree(generateCurveKeyPair('X25519').privateKey, bob.prekeys.prekey.publicKey),
    agree: () => agree(bob.prekeys.prekey.privateKey, alice.prekeys.prekey.publicKey),
    encapsulate: () => ml_kem768.encapsulate(kem.publicKey),
    decapsulate: () => ml_kem768.decapsulate(cipherText, kem.secretKey),
    sign: () => signAs(alice.identity, secret),
    verify: () => isSignedBy(alice.identity.publicKey, secret, signature),
  };
  const medianOf = medians(works, exchanges);
  const sides = {
    initiate: sideOf({
      whole: medianOf('initiate'),
      rsa: medianOf('rsaEncrypt'),
      bundle: medianOf('bundle'),
      x25519: medianOf('generateAndAgree'),
      mlKem: medianOf('encapsulate'),
      ed25519: medianOf('sign'),
    }),
    accept: sideOf({
      whole: medianOf('accept'),
      rsa: medianOf('rsaDecrypt'),
      bundle: 0,
      x25519: medianOf('agree'),
      mlKem: medianOf('decapsulate'),
      ed25519: medianOf('verify'),
    }),
  };
  const rsa = sides.initiate.rsa + sides.accept.rsa;
  const whole = sides.initiate.whole + sides.accept.whole;
  return { exchanges, ...sides, restToRsa: ratio(whole - rsa, rsa) };
}

/** Rounds in which each work is done once, after as many that are not counted: noise meets all alike. */
function medians<Name extends string>(
  works: Record<Name, () => unknown>,
  rounds: number,
): (name: Name) => number {
  const entries = Object.entries<() => unknown>(works).map(([name, work]) => ({
    name,
    work,
    samples: [] as number[],
  }));
  for (let turn = 0; turn < 2 * rounds; turn++)
    for (const { work, samples } of entries) timed(turn < rounds ? [] : samples, work);
  return (name) => round(1_000 * median(entries.find((entry) => entry.name === name)?.samples ?? []), 1);
}

function sideOf(measured: Omit<ExchangeSide, 'rest'>): ExchangeSide {
  const { whole, rsa, bundle, x25519, mlKem, ed25519 } = measured;
  return { ...measured, rest: round(whole - rsa - bundle - x25519 - mlKem - ed25519, 1) };
}
