import { createHmac, hkdfSync } from 'node:crypto';
import { AES_KEY_BYTES, type CipherKey, GCM_NONCE_BYTES, openAesGcm, sealAesGcm } from './aes-gcm.ts';
import { decodeList, encodeList, readU32, u32 } from './byte-list.ts';
import { agree, CURVE_KEY_BYTES, type CurveKeyPair, generateCurveKeyPair } from './curve-keys.ts';
import { type Agreement, EXCHANGE_ID_BYTES } from './key-exchange.ts';

/** Double Ratchet (Perrin, Marlinspike: "The Double Ratchet Algorithm", revision 1), section numbers as there. */

const MESSAGE_TAG = 'secure-chat/v2/message';
const KEY_BYTES = 32;
/** Message keys that one message may make us keep, of its chain and the one before: they cost it a millisecond. */
export const SKIP_MAX = 1_000;
/** Message keys kept in all: the oldest go first. */
export const SKIPPED_MAX = 2_000;
/** Milliseconds for which one is kept. */
export const SKIPPED_MS = 7 * 24 * 60 * 60_000;

export interface Chain {
  readonly key: Buffer;
  /** Number of the next message. */
  readonly next: number;
}

export interface SkippedKey {
  readonly ratchetKey: Buffer;
  readonly number: number;
  readonly messageKey: Buffer;
  /** Unix milliseconds. */
  readonly since: number;
}

/** One side of a conversation. Never changed: each message makes a new one, so who fails has changed nothing. */
export interface Ratchet {
  readonly agreement: Omit<Agreement, 'root'>;
  readonly rootKey: Buffer;
  readonly own: CurveKeyPair;
  /** The other side's ratchet key; null before its first message. */
  readonly peer: Buffer | null;
  readonly sending: Chain | null;
  readonly receiving: Chain | null;
  /** Length of the sending chain before this one. */
  readonly previous: number;
  /** The oldest first. */
  readonly skipped: readonly SkippedKey[];
}

/** Who writes to whom: part of what each message is bound to. */
export interface Direction {
  readonly sender: string;
  readonly recipient: string;
}

/** The side that started the exchange: it sends first. Null for a prekey that gives no secret. */
export function startRatchet({ root, ...agreement }: Agreement, peerPrekey: Buffer): Ratchet | null {
  const own = generateCurveKeyPair('X25519');
  const step = rootStep(root, own, peerPrekey);
  return (
    step && {
      agreement,
      rootKey: step.rootKey,
      own,
      peer: peerPrekey,
      sending: step.chain,
      receiving: null,
      previous: 0,
      skipped: [],
    }
  );
}

/** The side that accepted it: its prekey is its first ratchet key. It can send when it has received. */
export const answerRatchet = ({ root, ...agreement }: Agreement, prekey: CurveKeyPair): Ratchet => ({
  agreement,
  rootKey: root,
  own: prekey,
  peer: null,
  sending: null,
  receiving: null,
  previous: 0,
  skipped: [],
});

export const canSend = (ratchet: Ratchet): boolean => ratchet.sending !== null;

/** Throws when the ratchet cannot send yet. */
export function encrypt(
  ratchet: Ratchet,
  plaintext: Uint8Array,
  direction: Direction,
): { readonly ratchet: Ratchet; readonly message: Buffer } {
  const { sending, own, previous, agreement } = ratchet;
  if (!sending) throw new Error('the ratchet has not received yet');
  const { messageKey, chain } = chainStep(sending);
  const header = encodeList([agreement.exchangeId, own.publicKey, u32(previous), u32(sending.next)]);
  const sealed = sealAesGcm(cipherKeyOf(messageKey), boundTo(ratchet, direction, header), plaintext);
  return { ratchet: { ...ratchet, sending: chain }, message: encodeList([MESSAGE_TAG, header, sealed]) };
}

/** The exchange that a message belongs to, or null for bytes that are no message. */
export const exchangeOf = (message: Uint8Array): Buffer | null => parse(message)?.header.exchangeId ?? null;

/** Null when the message is not of this ratchet, was changed, was read before, or is too far ahead. */
export function decrypt(
  ratchet: Ratchet,
  message: Uint8Array,
  direction: Direction,
  now: number,
): { readonly ratchet: Ratchet; readonly plaintext: Buffer } | null {
  const parsed = parse(message);
  if (!parsed?.header.exchangeId.equals(ratchet.agreement.exchangeId)) return null;
  const { header, headerBytes, sealed } = parsed;
  const bound = boundTo(ratchet, direction, headerBytes);

  const kept = ratchet.skipped.find(
    ({ ratchetKey, number }) => number === header.number && ratchetKey.equals(header.ratchetKey),
  );
  if (kept) {
    const plaintext =
      now - kept.since > SKIPPED_MS ? null : openAesGcm(cipherKeyOf(kept.messageKey), bound, sealed);
    return plaintext && { ratchet: { ...ratchet, skipped: without(ratchet.skipped, kept) }, plaintext };
  }
  const turned = ratchet.peer?.equals(header.ratchetKey) ? ratchet : turn(ratchet, header, now);
  const ahead = turned && skip(turned, header.number, now);
  if (!ahead?.receiving) return null;
  const { messageKey, chain } = chainStep(ahead.receiving);
  const plaintext = openAesGcm(cipherKeyOf(messageKey), bound, sealed);
  if (!plaintext) return null;
  const skipped = ahead.skipped.filter(({ since }) => now - since <= SKIPPED_MS).slice(-SKIPPED_MAX);
  return { ratchet: { ...ahead, receiving: chain, skipped }, plaintext };
}

const without = <T>(list: readonly T[], element: T): T[] => list.filter((each) => each !== element);

/** Section 3.5, DHRatchet: the other side has a new ratchet key. */
function turn(ratchet: Ratchet, { ratchetKey, previous }: Header, now: number): Ratchet | null {
  const old = ratchet.receiving ? skip(ratchet, previous, now) : ratchet;
  const received = old && rootStep(old.rootKey, old.own, ratchetKey);
  if (!received) return null;
  const own = generateCurveKeyPair('X25519');
  const sent = rootStep(received.rootKey, own, ratchetKey);
  return (
    sent && {
      ...old,
      rootKey: sent.rootKey,
      own,
      peer: ratchetKey,
      sending: sent.chain,
      receiving: received.chain,
      previous: old.sending?.next ?? 0,
    }
  );
}

/** Section 3.5, SkipMessageKeys; null beyond the limit, and for a number that has gone by. */
function skip(ratchet: Ratchet, until: number, now: number): Ratchet | null {
  const { receiving, peer } = ratchet;
  if (!receiving || !peer || until < receiving.next || until - receiving.next > SKIP_MAX) return null;
  const skipped = [...ratchet.skipped];
  let chain = receiving;
  while (chain.next < until) {
    const step = chainStep(chain);
    skipped.push({ ratchetKey: peer, number: chain.next, messageKey: step.messageKey, since: now });
    chain = step.chain;
  }
  return { ...ratchet, receiving: chain, skipped };
}

/** Section 7.2, KDF_RK; null for a public key that gives no secret. */
function rootStep(
  rootKey: Buffer,
  own: CurveKeyPair,
  peer: Uint8Array,
): { readonly rootKey: Buffer; readonly chain: Chain } | null {
  const secret = agree(own.privateKey, peer);
  if (!secret) return null;
  const keys = Buffer.from(hkdfSync('sha256', secret, rootKey, 'secure-chat/v2/ratchet', 2 * KEY_BYTES));
  return {
    rootKey: keys.subarray(0, KEY_BYTES),
    chain: { key: keys.subarray(KEY_BYTES), next: 0 },
  };
}

/** Section 7.2, KDF_CK. */
const chainStep = ({ key, next }: Chain): { readonly messageKey: Buffer; readonly chain: Chain } => ({
  messageKey: createHmac('sha256', key).update(Buffer.of(1)).digest(),
  chain: { key: createHmac('sha256', key).update(Buffer.of(2)).digest(), next: next + 1 },
});

function cipherKeyOf(messageKey: Buffer): CipherKey {
  const bytes = Buffer.from(
    hkdfSync(
      'sha256',
      messageKey,
      Buffer.alloc(0),
      'secure-chat/v2/message-key',
      AES_KEY_BYTES + GCM_NONCE_BYTES,
    ),
  );
  return { key: bytes.subarray(0, AES_KEY_BYTES), nonce: bytes.subarray(AES_KEY_BYTES) };
}

const boundTo = ({ agreement }: Ratchet, { sender, recipient }: Direction, header: Uint8Array): Buffer =>
  encodeList([agreement.transcript, sender, recipient, header]);

interface Header {
  readonly exchangeId: Buffer;
  readonly ratchetKey: Buffer;
  readonly previous: number;
  readonly number: number;
}

function parse(message: Uint8Array): { header: Header; headerBytes: Buffer; sealed: Buffer } | null {
  const parts = decodeList(message, ['tag', 'header', 'sealed']);
  if (parts?.tag.toString('latin1') !== MESSAGE_TAG) return null;
  const header = decodeList(parts.header, ['exchangeId', 'ratchetKey', 'previous', 'number']);
  if (!header) return null;
  const previous = readU32(header.previous);
  const number = readU32(header.number);
  const { exchangeId, ratchetKey } = header;
  if (exchangeId.length !== EXCHANGE_ID_BYTES || ratchetKey.length !== CURVE_KEY_BYTES) return null;
  if (previous === null || number === null) return null;
  return {
    header: { exchangeId: Buffer.from(exchangeId), ratchetKey: Buffer.from(ratchetKey), previous, number },
    headerBytes: parts.header,
    sealed: parts.sealed,
  };
}
