import { decodeList, encodeList, readText, readU32, readU64, u32, u64 } from './byte-list.ts';

/** What is inside a message, before padding. */
export type Body = KnownBody | Unknown;
export type KnownBody = Text | Timer | Listing;

interface Common {
  /** The message's own: 1 to 64 characters of `[A-Za-z0-9_-]`. Who sees it again shows it once. */
  readonly id: string;
  /** Records, beside one of its own id, in which it was sent before: at most `LISTING_MAX`. */
  readonly earlier: readonly string[];
  /** Unix milliseconds, by the sender's clock. */
  readonly sentAt: number;
}

export interface Text extends Common {
  readonly kind: 'text';
  readonly text: string;
  /** After which both sides delete it; 0 for never. At most `SECONDS_MAX`. */
  readonly seconds: number;
}

/** From now on, texts have this many seconds. */
export interface Timer extends Common {
  readonly kind: 'timer';
  readonly seconds: number;
}

/** That messages have arrived, have been read, or cannot be read and are asked for again. */
export interface Listing extends Common {
  readonly kind: 'delivered' | 'read' | 'lost';
  /** Their ids, 1 to `LISTING_MAX`. */
  readonly of: readonly string[];
}

/** Of a later version: it is known to have come, and not what it says. */
export interface Unknown extends Common {
  readonly kind: 'unknown';
}

/** Messages of one listing: with ids of 22 characters it is padded to 4 KiB. */
export const LISTING_MAX = 100;
/** Four weeks: what is to be deleted later is better kept. */
export const SECONDS_MAX = 28 * 24 * 60 * 60;
const ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Throws for ids that are none, seconds beyond `SECONDS_MAX`, and a listing of none or of too many. */
export function encodeBody(body: KnownBody): Buffer {
  const ids = [body.id, ...body.earlier, ...('of' in body ? body.of : [])];
  if (!ids.every((id) => ID.test(id))) throw new RangeError('not a message id');
  if (body.earlier.length > LISTING_MAX) throw new RangeError(`it was sent ${LISTING_MAX} times before`);
  if ('of' in body && (body.of.length === 0 || body.of.length > LISTING_MAX))
    throw new RangeError(`a listing is of 1 to ${LISTING_MAX} messages`);
  if ('seconds' in body && body.seconds > SECONDS_MAX) throw new RangeError('not a timer');
  return encodeList([body.kind, body.id, u64(body.sentAt), body.earlier.join(' '), contentOf(body)]);
}

function contentOf(body: KnownBody): Buffer | string {
  if (body.kind === 'text') return encodeList([u32(body.seconds), body.text]);
  return body.kind === 'timer' ? u32(body.seconds) : body.of.join(' ');
}

/** Null for what no version's `encodeBody` wrote. */
export function decodeBody(bytes: Uint8Array): Body | null {
  const parts = decodeList(bytes, ['kind', 'id', 'sentAt', 'earlier', 'content']);
  const kind = parts && readText(parts.kind);
  const id = parts && readText(parts.id);
  const sentAt = parts && readU64(parts.sentAt);
  const earlier = parts && (parts.earlier.length === 0 ? [] : idsOf(parts.earlier));
  if (!parts || kind === null || id === null || sentAt === null || !earlier || !ID.test(id)) return null;
  const common = { id, sentAt, earlier };
  switch (kind) {
    case 'text': {
      const content = decodeList(parts.content, ['seconds', 'text']);
      const text = content && readText(content.text);
      const seconds = content && secondsOf(content.seconds);
      return text === null || seconds === null ? null : { kind, ...common, text, seconds };
    }
    case 'timer': {
      const seconds = secondsOf(parts.content);
      return seconds === null ? null : { kind, ...common, seconds };
    }
    case 'delivered':
    case 'read':
    case 'lost': {
      const of = idsOf(parts.content);
      return of && { kind, ...common, of };
    }
    default:
      return { kind: 'unknown', ...common };
  }
}

/** 1 to `LISTING_MAX` ids. */
function idsOf(bytes: Buffer): string[] | null {
  const ids = readText(bytes)?.split(' ') ?? [];
  return ids.length <= LISTING_MAX && ids.every((id) => ID.test(id)) && ids.length > 0 ? ids : null;
}

function secondsOf(bytes: Buffer): number | null {
  const seconds = readU32(bytes);
  return seconds !== null && seconds <= SECONDS_MAX ? seconds : null;
}
