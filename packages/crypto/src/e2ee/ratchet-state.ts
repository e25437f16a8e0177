import { decodeList, encodeList, readText, readU32, readU64, u32, u64 } from './byte-list.ts';
import { CURVE_KEY_BYTES, exportCurvePrivateKey, importCurvePrivateKey } from './curve-keys.ts';
import type { Chain, Ratchet, SkippedKey } from './ratchet.ts';

/** A ratchet as bytes, for a client's own sealed storage: it holds every key of the conversation. */

const TAG = 'secure-chat/v2/ratchet-state';
const PARTS = [
  'tag',
  'exchangeId',
  'transcript',
  'ephemeralKey',
  'rootKey',
  'own',
  'peer',
  'sendingKey',
  'sendingNext',
  'receivingKey',
  'receivingNext',
  'previous',
  'skipped',
] as const;
const KEY_BYTES = 32;
const ABSENT = Buffer.alloc(0);

const skippedRecord = ({ ratchetKey, number, messageKey, since }: SkippedKey): Buffer =>
  encodeList([ratchetKey, u32(number), messageKey, u64(since)]);
/** All skipped keys have records of one length. */
const SKIPPED_BYTES = 4 * 4 + CURVE_KEY_BYTES + 4 + KEY_BYTES + 8;

export const encodeRatchet = (ratchet: Ratchet): Buffer =>
  encodeList([
    TAG,
    ratchet.agreement.exchangeId,
    ratchet.agreement.transcript,
    ratchet.agreement.ephemeralKey,
    ratchet.rootKey,
    exportCurvePrivateKey(ratchet.own),
    ratchet.peer ?? ABSENT,
    ratchet.sending?.key ?? ABSENT,
    u32(ratchet.sending?.next ?? 0),
    ratchet.receiving?.key ?? ABSENT,
    u32(ratchet.receiving?.next ?? 0),
    u32(ratchet.previous),
    Buffer.concat(ratchet.skipped.map(skippedRecord)),
  ]);

/** The ratchet, holding on to none of the given bytes; null for what `encodeRatchet` did not write. */
export function decodeRatchet(bytes: Uint8Array): Ratchet | null {
  const parts = decodeList(Buffer.from(bytes), PARTS);
  if (!parts || readText(parts.tag) !== TAG) return null;
  const { exchangeId, transcript, ephemeralKey, rootKey, peer } = parts;
  const own = importCurvePrivateKey('X25519', parts.own);
  const sending = chainOf(parts.sendingKey, parts.sendingNext);
  const receiving = chainOf(parts.receivingKey, parts.receivingNext);
  const previous = readU32(parts.previous);
  const skipped = skippedOf(parts.skipped);
  if (!own || !skipped || sending === undefined || receiving === undefined || previous === null) return null;
  const ratchet = {
    agreement: { exchangeId, transcript, ephemeralKey },
    rootKey,
    own,
    peer: peer.length === 0 ? null : peer,
    sending,
    receiving,
    previous,
    skipped,
  };
  return encodeRatchet(ratchet).equals(bytes) ? ratchet : null;
}

/** Null for no chain, undefined for what is none. */
function chainOf(key: Buffer, number: Buffer): Chain | null | undefined {
  const next = readU32(number);
  if (key.length === 0) return next === 0 ? null : undefined;
  return next !== null && key.length === KEY_BYTES ? { key, next } : undefined;
}

function skippedOf(bytes: Buffer): SkippedKey[] | null {
  const keys: SkippedKey[] = [];
  for (let at = 0; at < bytes.length; at += SKIPPED_BYTES) {
    const record = decodeList(bytes.subarray(at, at + SKIPPED_BYTES), [
      'ratchetKey',
      'number',
      'messageKey',
      'since',
    ]);
    const number = record && readU32(record.number);
    const since = record && readU64(record.since);
    if (!record || number === null || since === null) return null;
    keys.push({ ratchetKey: record.ratchetKey, number, messageKey: record.messageKey, since });
  }
  return keys;
}
