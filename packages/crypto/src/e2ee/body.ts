import { decodeList, encodeList, readText, readU64, u64 } from './byte-list.ts';

/** What is inside a message, before padding. */
export type Body = Text | Receipt | Unknown;

interface Common {
  /** The message's own: 1 to 64 characters of `[A-Za-z0-9_-]`. Who sees it again shows it once. */
  readonly id: string;
  /** Unix milliseconds, by the sender's clock. */
  readonly sentAt: number;
}

export interface Text extends Common {
  readonly kind: 'text';
  readonly text: string;
}

/** That messages have arrived, or have been read. */
export interface Receipt extends Common {
  readonly kind: 'delivered' | 'read';
  /** Their ids, 1 to `RECEIPT_MAX`. */
  readonly of: readonly string[];
}

/** Of a later version: it is known to have come, and not what it says. */
export interface Unknown extends Common {
  readonly kind: 'unknown';
}

/** Messages of one receipt. */
export const RECEIPT_MAX = 100;
const ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Throws for ids that are none, and for a receipt of none or of too many. */
export function encodeBody(body: Text | Receipt): Buffer {
  const ids = body.kind === 'text' ? [] : body.of;
  if (![body.id, ...ids].every((id) => ID.test(id))) throw new RangeError('not a message id');
  if (body.kind !== 'text' && (ids.length === 0 || ids.length > RECEIPT_MAX))
    throw new RangeError(`a receipt is of 1 to ${RECEIPT_MAX} messages`);
  return encodeList([body.kind, body.id, u64(body.sentAt), body.kind === 'text' ? body.text : ids.join(' ')]);
}

/** Null for what no version's `encodeBody` wrote. */
export function decodeBody(bytes: Uint8Array): Body | null {
  const parts = decodeList(bytes, ['kind', 'id', 'sentAt', 'content']);
  const kind = parts && readText(parts.kind);
  const id = parts && readText(parts.id);
  const sentAt = parts && readU64(parts.sentAt);
  if (!parts || kind === null || id === null || sentAt === null || !ID.test(id)) return null;
  if (kind !== 'text' && kind !== 'delivered' && kind !== 'read') return { kind: 'unknown', id, sentAt };
  const content = readText(parts.content);
  if (content === null) return null;
  if (kind === 'text') return { kind, id, sentAt, text: content };
  const of = content.split(' ');
  return of.length <= RECEIPT_MAX && of.every((each) => ID.test(each)) ? { kind, id, sentAt, of } : null;
}
