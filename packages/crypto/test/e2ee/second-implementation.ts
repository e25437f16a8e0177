import type { webcrypto } from 'node:crypto';
import { gcm } from '@noble/ciphers/aes.js';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, randomBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';

/**
 * Protocol v2 a second time, from docs/e2ee.md alone: other primitives (noble's, and WebCrypto's for RSA), nothing imported from
 * the first one, no checks of what it is given. It is here to be talked to.
 */

const SUITE = 'secure-chat/v2/key-exchange RSA-OAEP-SHA256 X25519 ML-KEM-768 HKDF-SHA256 Ed25519';
const EPHEMERAL = 'secure-chat/v2/ephemeral';
const OAEP = { name: 'RSA-OAEP', label: utf8ToBytes('secure-chat/v2/key-exchange') };

type Part = Uint8Array | string;

function number(value: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let rest = value;
  for (let index = length - 1; index >= 0; index--) {
    bytes[index] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}

const value = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum * 256 + byte, 0);

export function list(...parts: Part[]): Uint8Array {
  const all = parts.map((part) => (typeof part === 'string' ? utf8ToBytes(part) : part));
  return concatBytes(...all.flatMap((part) => [number(part.length, 4), part]));
}

function unlist(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length === 0) return [];
  const end = 4 + value(bytes.slice(0, 4));
  return [bytes.slice(4, end), ...unlist(bytes.slice(end))];
}

function at(parts: readonly Uint8Array[], index: number): Uint8Array {
  const part = parts[index];
  if (!part) throw new Error(`no part ${index}`);
  return part;
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const derive = (secret: Uint8Array, salt: Uint8Array, info: string, length: number): Uint8Array =>
  hkdf(sha256, secret, salt, utf8ToBytes(info), length);
const fingerprint = (key: Uint8Array): Uint8Array => sha256(list('secure-chat/v2/identity', key));

function padded(body: Uint8Array): Uint8Array {
  const needed = 4 + body.length;
  const size = [256, 1_024, 4_096].find((each) => each >= needed) ?? Math.ceil(needed / 16_384) * 16_384;
  const bytes = new Uint8Array(size);
  bytes.set(concatBytes(number(body.length, 4), body));
  return bytes;
}

/** Padded, with what the specification's table has as content. */
export const body = (kind: string, id: string, sentAt: number, content: Part): Uint8Array =>
  padded(list(kind, id, number(sentAt, 8), '', content));

export const textContent = (seconds: number, series: string, count: number, words: string): Uint8Array =>
  list(number(seconds, 4), series, number(count, 4), words);

/** Of a message about another one. */
export const referringContent = (
  [seconds, series, count]: readonly [number, string, number],
  lead: string,
  words: string,
  whose: string,
  target: string,
): Uint8Array =>
  list(
    number(seconds, 4),
    series,
    number(count, 4),
    lead + words,
    number(utf8ToBytes(lead).length, 4),
    whose,
    target,
  );

export const timerContent = (seconds: number, series: string, count: number): Uint8Array =>
  list(number(seconds, 4), series, number(count, 4));

/** Of numbers in any order. */
export function receiptContent(series: string, numbers: readonly number[]): Uint8Array {
  const set = new Set(numbers);
  const firsts = [...set].filter((each) => !set.has(each - 1)).sort((a, b) => a - b);
  const lastFrom = (each: number): number => (set.has(each + 1) ? lastFrom(each + 1) : each);
  return list(series, firsts.map((first) => `${first}-${lastFrom(first)}`).join(' '));
}

export interface Root {
  readonly id: Uint8Array;
  readonly root: Uint8Array;
  readonly transcript: Uint8Array;
  readonly ephemeralKey: Uint8Array;
}

const agree = (id: Uint8Array, secrets: Uint8Array, transcript: Uint8Array): Root => ({
  id,
  root: derive(secrets, transcript, 'secure-chat/v2/root', 32),
  transcript,
  ephemeralKey: derive(secrets, transcript, 'secure-chat/v2/ephemeral-key', 32),
});

/** Somebody with keys of his own. */
export class Stranger {
  readonly identity = ed25519.keygen();
  readonly prekey = x25519.keygen();
  readonly kem = ml_kem768.keygen();
  readonly username: string;
  readonly rsa: webcrypto.CryptoKeyPair;
  readonly bundle: Uint8Array;

  private constructor(username: string, rsa: webcrypto.CryptoKeyPair, spki: Uint8Array) {
    this.username = username;
    this.rsa = rsa;
    const parts = list(
      'secure-chat/v2/bundle',
      username,
      spki,
      this.identity.publicKey,
      number(3, 4),
      this.prekey.publicKey,
      number(4, 4),
      this.kem.publicKey,
      number(1, 8),
      number(2_000_000_000_000, 8),
    );
    this.bundle = concatBytes(parts, list(ed25519.sign(parts, this.identity.secretKey)));
  }

  static async named(username: string): Promise<Stranger> {
    const rsa = await crypto.subtle.generateKey(
      { name: 'RSA-OAEP', modulusLength: 2_048, publicExponent: Uint8Array.of(1, 0, 1), hash: 'SHA-256' },
      true,
      ['encrypt', 'decrypt'],
    );
    return new Stranger(username, rsa, new Uint8Array(await crypto.subtle.exportKey('spki', rsa.publicKey)));
  }

  /** Starts an exchange with whom a bundle is of. */
  async start(bundle: Uint8Array, time: number): Promise<{ keyExchange: Uint8Array; talk: Talk }> {
    const parts = unlist(bundle);
    const [recipient, spki, identity] = [at(parts, 1), at(parts, 2), at(parts, 3)];
    const [prekeyId, prekey, kemId, kemKey] = [at(parts, 4), at(parts, 5), at(parts, 6), at(parts, 7)];
    const rsa = await crypto.subtle.importKey(
      'spki',
      new Uint8Array(spki),
      { name: 'RSA-OAEP', hash: 'SHA-256' },
      false,
      ['encrypt'],
    );
    const s1 = randomBytes(32);
    const c1 = new Uint8Array(await crypto.subtle.encrypt(OAEP, rsa, new Uint8Array(s1)));
    const ephemeral = x25519.keygen();
    const s2 = x25519.getSharedSecret(ephemeral.secretKey, prekey);
    const { cipherText: c3, sharedSecret: s3 } = ml_kem768.encapsulate(kemKey);
    const id = randomBytes(16);
    const hash = sha256(bundle);
    const transcript = sha256(
      list(
        SUITE,
        this.username,
        recipient,
        fingerprint(this.identity.publicKey),
        fingerprint(identity),
        hash,
        prekeyId,
        kemId,
        ephemeral.publicKey,
        c1,
        c3,
        id,
        number(time, 8),
      ),
    );
    const signature = ed25519.sign(transcript, this.identity.secretKey);
    return {
      keyExchange: list(
        SUITE,
        id,
        number(time, 8),
        this.username,
        recipient,
        this.identity.publicKey,
        hash,
        prekeyId,
        kemId,
        ephemeral.publicKey,
        c1,
        c3,
        signature,
      ),
      talk: Talk.first(
        agree(id, concatBytes(s1, s2, s3), transcript),
        this.username,
        text(recipient),
        prekey,
      ),
    };
  }

  /** Answers an exchange. */
  async accept(keyExchange: Uint8Array): Promise<{ agreed: Root; talk: Talk }> {
    const parts = unlist(keyExchange);
    const [id, time, sender] = [at(parts, 1), at(parts, 2), at(parts, 3)];
    const [identity, hash] = [at(parts, 5), at(parts, 6)];
    const [ephemeral, c1, c3] = [at(parts, 9), at(parts, 10), at(parts, 11)];
    const transcript = sha256(
      list(
        SUITE,
        sender,
        this.username,
        fingerprint(identity),
        fingerprint(this.identity.publicKey),
        hash,
        at(parts, 7),
        at(parts, 8),
        ephemeral,
        c1,
        c3,
        id,
        time,
      ),
    );
    if (!ed25519.verify(at(parts, 12), transcript, identity)) throw new Error('the signature does not hold');
    const s1 = new Uint8Array(await crypto.subtle.decrypt(OAEP, this.rsa.privateKey, new Uint8Array(c1)));
    const s2 = x25519.getSharedSecret(this.prekey.secretKey, ephemeral);
    const s3 = ml_kem768.decapsulate(c3, this.kem.secretKey);
    const agreed = agree(id, concatBytes(s1, s2, s3), transcript);
    return { agreed, talk: Talk.second(agreed, this.username, text(sender), this.prekey) };
  }
}

interface Curve {
  readonly secretKey: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** A conversation under one exchange. */
export class Talk {
  private readonly skipped = new Map<string, Uint8Array>();
  private peer: Uint8Array | null = null;
  private sendChain: Uint8Array | null = null;
  private receiveChain: Uint8Array | null = null;
  private sent = 0;
  private sentBefore = 0;
  private received = 0;
  private root: Uint8Array;
  private own: Curve;
  private readonly agreed: Root;
  private readonly me: string;
  private readonly other: string;

  private constructor(agreed: Root, me: string, other: string, own: Curve) {
    this.agreed = agreed;
    this.me = me;
    this.other = other;
    this.own = own;
    this.root = agreed.root;
  }

  static first(agreed: Root, me: string, other: string, prekey: Uint8Array): Talk {
    const talk = new Talk(agreed, me, other, x25519.keygen());
    talk.peer = prekey;
    talk.sendChain = talk.stepRoot();
    return talk;
  }

  static second(agreed: Root, me: string, other: string, prekey: Curve): Talk {
    return new Talk(agreed, me, other, prekey);
  }

  send(plaintext: string): Uint8Array {
    if (!this.sendChain) throw new Error('cannot send yet');
    const key = hmac(sha256, this.sendChain, Uint8Array.of(1));
    this.sendChain = hmac(sha256, this.sendChain, Uint8Array.of(2));
    const header = list(
      this.agreed.id,
      this.own.publicKey,
      number(this.sentBefore, 4),
      number(this.sent++, 4),
    );
    const sealed = this.cipher(key, this.me, this.other, header).encrypt(utf8ToBytes(plaintext));
    return list('secure-chat/v2/message', header, sealed);
  }

  receive(message: Uint8Array): string {
    const [, header = new Uint8Array(), sealed = new Uint8Array()] = unlist(message);
    const [, ratchetKey = new Uint8Array(), before = new Uint8Array(), n = new Uint8Array()] = unlist(header);
    const name = `${hex(ratchetKey)} ${value(n)}`;
    let key = this.skipped.get(name);
    this.skipped.delete(name);
    if (!key) {
      if (!this.peer || hex(this.peer) !== hex(ratchetKey) || !this.receiveChain) {
        if (this.receiveChain) this.skipTo(value(before));
        this.peer = ratchetKey;
        this.receiveChain = this.stepRoot();
        this.received = 0;
        this.sentBefore = this.sent;
        this.sent = 0;
        this.own = x25519.keygen();
        this.sendChain = this.stepRoot();
      }
      this.skipTo(value(n));
      key = this.nextReceived();
    }
    return text(this.cipher(key, this.other, this.me, header).decrypt(sealed));
  }

  sealTyping(typing: boolean, sentAt: number): Uint8Array {
    const nonce = randomBytes(12);
    const body = list('typing', number(sentAt, 8), Uint8Array.of(typing ? 1 : 0));
    const sealed = this.ephemeralCipher(nonce, this.me, this.other).encrypt(padded(body));
    return list(EPHEMERAL, this.agreed.id, nonce, sealed);
  }

  openTyping(message: Uint8Array): { typing: boolean; sentAt: number } {
    const parts = unlist(message);
    const plain = this.ephemeralCipher(at(parts, 2), this.other, this.me).decrypt(at(parts, 3));
    const body = unlist(plain.slice(4, 4 + value(plain.slice(0, 4))));
    return { typing: value(at(body, 2)) === 1, sentAt: value(at(body, 1)) };
  }

  private ephemeralCipher(nonce: Uint8Array, sender: string, recipient: string) {
    const key = hmac(sha256, this.agreed.ephemeralKey, list(EPHEMERAL, sender, recipient));
    return gcm(key, nonce, list(EPHEMERAL, this.agreed.id, sender, recipient));
  }

  private stepRoot(): Uint8Array {
    if (!this.peer) throw new Error('no ratchet key');
    const secret = x25519.getSharedSecret(this.own.secretKey, this.peer);
    const keys = derive(secret, this.root, 'secure-chat/v2/ratchet', 64);
    this.root = keys.slice(0, 32);
    return keys.slice(32);
  }

  private nextReceived(): Uint8Array {
    if (!this.receiveChain) throw new Error('no chain');
    const key = hmac(sha256, this.receiveChain, Uint8Array.of(1));
    this.receiveChain = hmac(sha256, this.receiveChain, Uint8Array.of(2));
    this.received += 1;
    return key;
  }

  private skipTo(n: number): void {
    while (this.received < n) {
      const name = `${hex(this.peer ?? new Uint8Array())} ${this.received}`;
      this.skipped.set(name, this.nextReceived());
    }
  }

  private cipher(messageKey: Uint8Array, sender: string, recipient: string, header: Uint8Array) {
    const bytes = derive(messageKey, new Uint8Array(), 'secure-chat/v2/message-key', 44);
    return gcm(bytes.slice(0, 32), bytes.slice(32), list(this.agreed.transcript, sender, recipient, header));
  }
}

export function safetyNumber(...sides: [username: string, identity: Uint8Array, spki: Uint8Array][]): string {
  const digits = sides.map(([username, identity, spki]) => {
    const key = list(identity, spki);
    let hash = concatBytes(list('secure-chat/v2/safety-number'), key, list(username));
    for (let round = 0; round < 5_200; round++) hash = sha512(concatBytes(hash, key));
    const groups = [0, 5, 10, 15, 20, 25].map((start) => value(hash.slice(start, start + 5)) % 100_000);
    return groups.map((group) => String(group).padStart(5, '0')).join('');
  });
  return digits.sort().join('');
}
