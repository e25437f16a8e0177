import { createHmac, randomBytes } from 'node:crypto';
import { GCM_NONCE_BYTES, openAesGcm, sealAesGcm } from './aes-gcm.ts';
import { decodeList, encodeList, readText, readU64, u64 } from './byte-list.ts';
import { EXCHANGE_ID_BYTES } from './key-exchange.ts';
import { pad, unpad } from './padding.ts';
import type { Direction, Ratchet } from './ratchet.ts';

/**
 * What is stored nowhere and may be lost: e2ee.md, "Ephemeral messages". Both sides of an exchange can seal and open from its
 * start. All are under one key for as long as the exchange is used: nothing belongs here that is worth keeping secret later.
 */

const TAG = 'secure-chat/v2/ephemeral';

/** Whether somebody is typing. */
export interface Ephemeral {
  readonly kind: 'typing';
  readonly typing: boolean;
  /** Unix milliseconds, by the sender's clock: a server can deliver it late, or again. */
  readonly sentAt: number;
}

type Agreed = Pick<Ratchet, 'agreement'>;

/** All are of one length. */
export function sealEphemeral(
  { agreement: { exchangeId, ephemeralKey } }: Agreed,
  direction: Direction,
  { kind, typing, sentAt }: Ephemeral,
): Buffer {
  // Random nonces do for 2^32 under one key (SP 800-38D, 8.3).
  const nonce = randomBytes(GCM_NONCE_BYTES);
  const plaintext = pad(encodeList([kind, u64(sentAt), Buffer.of(typing ? 1 : 0)]));
  const key = keyOf(ephemeralKey, direction);
  const sealed = sealAesGcm({ key, nonce }, boundTo(exchangeId, direction), plaintext);
  return encodeList([TAG, exchangeId, nonce, sealed]);
}

/** The exchange that it belongs to, or null for bytes that are no ephemeral message. */
export const exchangeOfEphemeral = (bytes: Uint8Array): Buffer | null => parse(bytes)?.exchangeId ?? null;

/** Null when it is not of this exchange and direction, was changed, or is of a kind that this version does not know. */
export function openEphemeral(
  { agreement: { exchangeId, ephemeralKey } }: Agreed,
  direction: Direction,
  bytes: Uint8Array,
): Ephemeral | null {
  const parsed = parse(bytes);
  if (!parsed?.exchangeId.equals(exchangeId)) return null;
  const { nonce, sealed } = parsed;
  const key = keyOf(ephemeralKey, direction);
  const plaintext = openAesGcm({ key, nonce }, boundTo(exchangeId, direction), sealed);
  const body = plaintext && unpad(plaintext);
  const parts = body && decodeList(body, ['kind', 'sentAt', 'content']);
  const sentAt = parts && readU64(parts.sentAt);
  if (!parts || sentAt === null || readText(parts.kind) !== 'typing') return null;
  const [typing] = parts.content;
  if (parts.content.length !== 1 || (typing !== 0 && typing !== 1)) return null;
  return { kind: 'typing', typing: typing === 1, sentAt };
}

/** One for each direction. */
const keyOf = (ephemeralKey: Buffer, { sender, recipient }: Direction): Buffer =>
  createHmac('sha256', ephemeralKey)
    .update(encodeList([TAG, sender, recipient]))
    .digest();

const boundTo = (exchangeId: Buffer, { sender, recipient }: Direction): Buffer =>
  encodeList([TAG, exchangeId, sender, recipient]);

function parse(bytes: Uint8Array): { exchangeId: Buffer; nonce: Buffer; sealed: Buffer } | null {
  const parts = decodeList(bytes, ['tag', 'exchangeId', 'nonce', 'sealed']);
  if (!parts || readText(parts.tag) !== TAG) return null;
  const { exchangeId, nonce, sealed } = parts;
  if (exchangeId.length !== EXCHANGE_ID_BYTES || nonce.length !== GCM_NONCE_BYTES) return null;
  return { exchangeId: Buffer.from(exchangeId), nonce, sealed };
}
