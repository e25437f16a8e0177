import {
  constants,
  createHash,
  hkdfSync,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from 'node:crypto';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { bundleHash, openBundle } from './bundle.ts';
import { decodeList, encodeList, readText, readU32, readU64, u32, u64 } from './byte-list.ts';
import { agree, CURVE_KEY_BYTES, type CurveKeyPair, generateCurveKeyPair } from './curve-keys.ts';
import {
  type IdentityKeyPair,
  identityFingerprint,
  isSignedBy,
  SIGNATURE_BYTES,
  signAs,
} from './identity.ts';

/** Protocol and suite: part of what is signed, so that neither can be exchanged for another. */
const SUITE = 'secure-chat/v2/key-exchange RSA-OAEP-SHA256 X25519 ML-KEM-768 HKDF-SHA256 Ed25519';
const PARTS = [
  'suite',
  'exchangeId',
  'time',
  'sender',
  'recipient',
  'identityKey',
  'bundleHash',
  'prekeyId',
  'kemPrekeyId',
  'curveKey',
  'rsaCiphertext',
  'kemCiphertext',
  'signature',
] as const;

const SECRET_BYTES = 32;
const HASH_BYTES = 32;
export const EXCHANGE_ID_BYTES = 16;
/** FIPS 203, ML-KEM-768: bytes of a ciphertext. */
const KEM_CIPHERTEXT_BYTES = 1_088;
/** RSA with 8,192 bits has 1,024, ML-KEM 1,088, and the rest some 450. */
export const KEY_EXCHANGE_BYTES_MAX = 4_096;
/** Milliseconds that an exchange may have waited: as long as the private half of a prekey is kept. */
export const EXCHANGE_MS_MAX = 21 * 24 * 60 * 60_000;
/** Milliseconds by which the sender's clock may be ahead. */
export const AHEAD_MS_MAX = 5 * 60_000;

const OAEP = {
  padding: constants.RSA_PKCS1_OAEP_PADDING,
  oaepHash: 'sha256',
  oaepLabel: Buffer.from('secure-chat/v2/key-exchange'),
} as const;

/** What both sides have after an exchange: the beginning of a ratchet. */
export interface Agreement {
  /** 16 bytes. */
  readonly exchangeId: Buffer;
  /** 32 bytes. */
  readonly root: Buffer;
  /** SHA-256 of all that was agreed upon: bound into every message. */
  readonly transcript: Buffer;
  /** 32 bytes, for what is stored nowhere: it stays while the root is replaced. */
  readonly ephemeralKey: Buffer;
}

interface Transcript {
  readonly sender: string;
  readonly recipient: string;
  readonly senderIdentity: Uint8Array;
  readonly recipientIdentity: Uint8Array;
  readonly bundleHash: Uint8Array;
  readonly prekeyId: number;
  readonly kemPrekeyId: number;
  /** X25519, made for this exchange. */
  readonly curveKey: Uint8Array;
  readonly rsaCiphertext: Uint8Array;
  readonly kemCiphertext: Uint8Array;
  readonly exchangeId: Uint8Array;
  readonly time: number;
}

const transcriptOf = (of: Transcript): Buffer =>
  createHash('sha256')
    .update(
      encodeList([
        SUITE,
        of.sender,
        of.recipient,
        identityFingerprint(of.senderIdentity),
        identityFingerprint(of.recipientIdentity),
        of.bundleHash,
        u32(of.prekeyId),
        u32(of.kemPrekeyId),
        of.curveKey,
        of.rsaCiphertext,
        of.kemCiphertext,
        of.exchangeId,
        u64(of.time),
      ]),
    )
    .digest();

/** All three secrets have to be known for any key to be. */
function agreementOf(secrets: readonly Uint8Array[], exchangeId: Buffer, transcript: Buffer): Agreement {
  const derive = (info: string): Buffer =>
    Buffer.from(hkdfSync('sha256', Buffer.concat(secrets), transcript, info, SECRET_BYTES));
  return {
    exchangeId,
    root: derive('secure-chat/v2/root'),
    transcript,
    ephemeralKey: derive('secure-chat/v2/ephemeral-key'),
  };
}

/**
 * Starts an exchange with the owner of a signed bundle, whose identity and serial the caller has checked. Null for bytes that
 * are no such bundle, or a prekey that gives no secret. `now`: Unix milliseconds.
 */
export function initiate(options: {
  readonly username: string;
  readonly identity: IdentityKeyPair;
  /** As its owner published it. */
  readonly bundle: Uint8Array;
  readonly now: number;
}): { readonly agreement: Agreement; readonly peerPrekey: Buffer; readonly keyExchange: Buffer } | null {
  const { username, identity, now } = options;
  const bundle = openBundle(options.bundle);
  if (!bundle) return null;
  const fresh = generateCurveKeyPair('X25519');
  const curveSecret = agree(fresh.privateKey, bundle.prekey.key);
  if (!curveSecret) return null;
  const rsaSecret = randomBytes(SECRET_BYTES);
  const kem = ml_kem768.encapsulate(bundle.kemPrekey.key);
  const exchange = {
    sender: username,
    recipient: bundle.username,
    senderIdentity: identity.publicKey,
    recipientIdentity: bundle.identityKey,
    bundleHash: bundleHash(options.bundle),
    prekeyId: bundle.prekey.id,
    kemPrekeyId: bundle.kemPrekey.id,
    curveKey: fresh.publicKey,
    rsaCiphertext: publicEncrypt({ key: bundle.encryptionKey, ...OAEP }, rsaSecret),
    kemCiphertext: kem.cipherText,
    exchangeId: randomBytes(EXCHANGE_ID_BYTES),
    time: now,
  };
  const transcript = transcriptOf(exchange);
  return {
    agreement: agreementOf([rsaSecret, curveSecret, kem.sharedSecret], exchange.exchangeId, transcript),
    peerPrekey: bundle.prekey.key,
    keyExchange: encodeList([
      SUITE,
      exchange.exchangeId,
      u64(now),
      username,
      bundle.username,
      identity.publicKey,
      exchange.bundleHash,
      u32(exchange.prekeyId),
      u32(exchange.kemPrekeyId),
      exchange.curveKey,
      exchange.rsaCiphertext,
      exchange.kemCiphertext,
      signAs(identity, transcript),
    ]),
  };
}

/** The private halves of a bundle that was published, kept until nobody may use it any more. */
export interface PublishedBundle {
  /** RSA. */
  readonly encryptionKey: KeyObject;
  readonly prekey: { readonly id: number; readonly pair: CurveKeyPair };
  /** ML-KEM-768, 2,400 bytes. */
  readonly kemPrekey: { readonly id: number; readonly secretKey: Uint8Array };
}

/** Why an exchange was refused, in the order in which it is looked at. */
export type ExchangeRefusal =
  | 'malformed'
  | 'not for us'
  | 'unknown identity'
  | 'bad signature'
  | 'stale'
  | 'replayed'
  | 'unknown bundle'
  | 'no secret';

export type Accepted =
  | {
      readonly agreement: Agreement;
      readonly prekey: CurveKeyPair;
      /** When it was started, by the sender's clock: Unix milliseconds. */
      readonly time: number;
    }
  | { readonly refused: ExchangeRefusal };

export interface AcceptOptions {
  readonly username: string;
  /** One's own, public. */
  readonly identityKey: Uint8Array;
  /** The sender as the server tells it: the exchange has to say the same. */
  readonly sender: string;
  /** The sender's identity key as pinned; null when none is. */
  readonly senderIdentity: Uint8Array | null;
  readonly isKnown: (exchangeId: Buffer) => boolean;
  readonly publishedBundle: (hash: Buffer) => PublishedBundle | null;
  readonly now: number;
}

/** Answers an exchange, or says why not. No private key is used before all else has been checked; nothing is changed here. */
export function accept(keyExchange: Uint8Array, options: AcceptOptions): Accepted {
  const parts = keyExchange.length > KEY_EXCHANGE_BYTES_MAX ? null : decodeList(keyExchange, PARTS);
  if (!parts || readText(parts.suite) !== SUITE) return { refused: 'malformed' };
  const { exchangeId, identityKey, rsaCiphertext, kemCiphertext, curveKey, signature } = parts;
  const time = readU64(parts.time);
  const prekeyId = readU32(parts.prekeyId);
  const kemPrekeyId = readU32(parts.kemPrekeyId);
  const sound =
    exchangeId.length === EXCHANGE_ID_BYTES &&
    curveKey.length === CURVE_KEY_BYTES &&
    kemCiphertext.length === KEM_CIPHERTEXT_BYTES &&
    parts.bundleHash.length === HASH_BYTES &&
    signature.length === SIGNATURE_BYTES;
  if (!sound || time === null || prekeyId === null || kemPrekeyId === null) return { refused: 'malformed' };

  const { username, sender, senderIdentity, isKnown, publishedBundle, now } = options;
  if (readText(parts.recipient) !== username || readText(parts.sender) !== sender)
    return { refused: 'not for us' };
  if (!senderIdentity || !identityKey.equals(senderIdentity)) return { refused: 'unknown identity' };
  const transcript = transcriptOf({
    sender,
    recipient: username,
    senderIdentity,
    recipientIdentity: options.identityKey,
    bundleHash: parts.bundleHash,
    prekeyId,
    kemPrekeyId,
    curveKey,
    rsaCiphertext,
    kemCiphertext,
    exchangeId,
    time,
  });
  if (!isSignedBy(senderIdentity, transcript, signature)) return { refused: 'bad signature' };
  if (time > now + AHEAD_MS_MAX || time < now - EXCHANGE_MS_MAX) return { refused: 'stale' };
  if (isKnown(exchangeId)) return { refused: 'replayed' };
  const published = publishedBundle(parts.bundleHash);
  if (published?.prekey.id !== prekeyId || published.kemPrekey.id !== kemPrekeyId)
    return { refused: 'unknown bundle' };

  const rsaSecret = rsaDecrypt(published.encryptionKey, rsaCiphertext);
  const curveSecret = agree(published.prekey.pair.privateKey, curveKey);
  if (!rsaSecret || !curveSecret) return { refused: 'no secret' };
  const kemSecret = ml_kem768.decapsulate(kemCiphertext, published.kemPrekey.secretKey);
  const secrets = [rsaSecret, curveSecret, kemSecret];
  return {
    agreement: agreementOf(secrets, Buffer.from(exchangeId), transcript),
    prekey: published.prekey.pair,
    time,
  };
}

function rsaDecrypt(key: KeyObject, ciphertext: Uint8Array): Buffer | null {
  try {
    const secret = privateDecrypt({ key, ...OAEP }, ciphertext);
    return secret.length === SECRET_BYTES ? secret : null;
  } catch {
    return null;
  }
}
