import { decodeList, encodeList, readText, readU32, readU64, u32, u64 } from './byte-list.ts';
import { decodeRanges, encodeRanges, isMessageNumber, type Ranges } from './ranges.ts';

/** What is inside a message, before padding. */
export type Body = KnownBody | Unknown;
export type KnownBody = Text | Referring | Timer | Receipt | Listing;

interface Common {
  /** The message's own: 1 to 64 characters of `[A-Za-z0-9_-]`. Who sees it again shows it once. */
  readonly id: string;
  /** Records, beside one of its own id, in which it was sent before: at most `LISTING_MAX`. */
  readonly earlier: readonly string[];
  /** Unix milliseconds, by the sender's clock. */
  readonly sentAt: number;
}

/** It counts: who misses a number of a series knows that a message is missing. */
interface Numbered extends Common {
  /** 11 characters of base64url (8 random bytes): a sender's numbering of what goes to one identity of one contact. */
  readonly series: string;
  /** From 1, one more with each message of the series; the same when it is sent again. At most `NUMBER_MAX`. */
  readonly number: number;
}

export interface Text extends Numbered {
  readonly kind: 'text';
  readonly text: string;
  /** After which both sides delete it; 0 for never. At most `SECONDS_MAX`. */
  readonly seconds: number;
}

/** Says something of another message: answers it, replaces the text of one's own, deletes it, or reacts to it. */
export interface Referring extends Numbered {
  readonly kind: ReferringKind;
  readonly seconds: number;
  /** What stands before `text` for a client that does not know the kind: the two together are a text that can be read. */
  readonly lead: string;
  /** The answer, or the new text; an emoji, empty when it is taken back; empty for `delete`. */
  readonly text: string;
  /** Whose message it is of: `edit` and `delete` are of the sender's own, or no body. */
  readonly whose: 'sender' | 'recipient';
  /** That message's id. */
  readonly target: string;
}
export const REFERRING = ['reply', 'edit', 'delete', 'reaction'] as const;
export type ReferringKind = (typeof REFERRING)[number];

/** From now on, texts have this many seconds. */
export interface Timer extends Numbered {
  readonly kind: 'timer';
  readonly seconds: number;
}

/**
 * What became of numbers: messages of the other side's are stored, were seen, or never came and are asked for again; one's own
 * are `gone`, and will not come.
 */
export interface Receipt extends Common {
  readonly kind: 'delivered' | 'read' | 'missing' | 'gone';
  readonly series: string;
  /** All of them, also those that an earlier one told of: at most `RANGES_MAX`; 1 at least of what is missing or gone. */
  readonly ranges: Ranges;
}

/** That records cannot be read: their messages are asked for again. */
export interface Listing extends Common {
  readonly kind: 'lost';
  /** Their ids, 1 to `LISTING_MAX`. */
  readonly of: readonly string[];
}

/** Of a later version: it is known to have come, and what a person can read of it; null for nothing. */
export interface Unknown extends Common {
  readonly kind: 'unknown';
  readonly readable: Pick<Text, 'seconds' | 'series' | 'number' | 'text'> | null;
}

/** Messages of one listing: with ids of 22 characters it is padded to 4 KiB. */
export const LISTING_MAX = 100;
/** Four weeks: what is to be deleted later is better kept. */
export const SECONDS_MAX = 28 * 24 * 60 * 60;
const ID = /^[A-Za-z0-9_-]{1,64}$/;
const SERIES = /^[A-Za-z0-9_-]{11}$/;

/** Throws for what is beyond the limits above, and for ids, series, numbers and ranges that are none. */
export function encodeBody(body: KnownBody): Buffer {
  const others = 'of' in body ? body.of : 'target' in body ? [body.target] : [];
  const ids = [body.id, ...body.earlier, ...others];
  if (!ids.every((id) => ID.test(id))) throw new RangeError('not a message id');
  if (body.earlier.length > LISTING_MAX) throw new RangeError(`it was sent ${LISTING_MAX} times before`);
  if ('of' in body && (body.of.length === 0 || body.of.length > LISTING_MAX))
    throw new RangeError(`a listing is of 1 to ${LISTING_MAX} messages`);
  if ('seconds' in body && body.seconds > SECONDS_MAX) throw new RangeError('not a timer');
  if ('series' in body && !SERIES.test(body.series)) throw new RangeError('not a series');
  if ('number' in body && !isMessageNumber(body.number)) throw new RangeError('not a message number');
  if ('whose' in body && !mayBeOf(body.kind, body.whose)) throw new RangeError('not a message of its sender');
  if (namesSome(body.kind) && 'ranges' in body && body.ranges.length === 0)
    throw new RangeError(`nothing is ${body.kind}`);
  return encodeList([body.kind, body.id, u64(body.sentAt), body.earlier.join(' '), contentOf(body)]);
}

function contentOf(body: KnownBody): Buffer | string {
  switch (body.kind) {
    case 'text':
      return encodeList([u32(body.seconds), body.series, u32(body.number), body.text]);
    case 'reply':
    case 'edit':
    case 'delete':
    case 'reaction':
      return encodeList([
        u32(body.seconds),
        body.series,
        u32(body.number),
        body.lead + body.text,
        u32(Buffer.byteLength(body.lead)),
        body.whose,
        body.target,
      ]);
    case 'timer':
      return encodeList([u32(body.seconds), body.series, u32(body.number)]);
    case 'delivered':
    case 'read':
    case 'missing':
    case 'gone':
      return encodeList([body.series, encodeRanges(body.ranges)]);
    case 'lost':
      return body.of.join(' ');
  }
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
      const readable = readableOf(decodeList(parts.content, READABLE));
      return readable && { kind, ...common, ...readable };
    }
    case 'reply':
    case 'edit':
    case 'delete':
    case 'reaction': {
      const content = decodeList(parts.content, [...READABLE, 'lead', 'whose', 'target']);
      const numbered = content && numberedOf(content);
      const [lead, text] = content ? split(content.text, readU32(content.lead)) : [null, null];
      const whose = content && readText(content.whose);
      const target = content && readText(content.target);
      if (!numbered || lead === null || text === null || target === null || !ID.test(target)) return null;
      if (whose !== 'sender' && whose !== 'recipient') return null;
      return mayBeOf(kind, whose) ? { kind, ...common, ...numbered, lead, text, whose, target } : null;
    }
    case 'timer': {
      const content = decodeList(parts.content, ['seconds', 'series', 'number']);
      const numbered = content && numberedOf(content);
      return numbered && { kind, ...common, ...numbered };
    }
    case 'delivered':
    case 'read':
    case 'missing':
    case 'gone': {
      const content = decodeList(parts.content, ['series', 'ranges']);
      const series = content && seriesOf(content.series);
      const text = content && readText(content.ranges);
      const ranges = text === null ? null : decodeRanges(text);
      if (series === null || !ranges || (namesSome(kind) && ranges.length === 0)) return null;
      return { kind, ...common, series, ranges };
    }
    case 'lost': {
      const of = idsOf(parts.content);
      return of && { kind, ...common, of };
    }
    default:
      return {
        kind: 'unknown',
        ...common,
        readable: readableOf(decodeList(parts.content, READABLE, { open: true })),
      };
  }
}

/** What the content of a text, and of every later kind that can be read as one, begins with. */
const READABLE = ['seconds', 'series', 'number', 'text'] as const;

function readableOf(
  content: Readonly<Record<(typeof READABLE)[number], Buffer>> | null,
): Unknown['readable'] {
  const numbered = content && numberedOf(content);
  const text = content && readText(content.text);
  return numbered && text !== null ? { ...numbered, text } : null;
}

const mayBeOf = (kind: KnownBody['kind'], whose: Referring['whose']): boolean =>
  whose === 'sender' || kind === 'reply' || kind === 'reaction';

/** Before so many bytes, and behind them; null for what is no UTF-8. */
const split = (bytes: Buffer, at: number | null): [string | null, string | null] =>
  at === null || at > bytes.length
    ? [null, null]
    : [readText(bytes.subarray(0, at)), readText(bytes.subarray(at))];

const namesSome = (kind: string): boolean => kind === 'missing' || kind === 'gone';

/** 1 to `LISTING_MAX` ids. */
function idsOf(bytes: Buffer): string[] | null {
  const ids = readText(bytes)?.split(' ') ?? [];
  return ids.length <= LISTING_MAX && ids.every((id) => ID.test(id)) && ids.length > 0 ? ids : null;
}

/** What texts and timers have in common. */
function numberedOf(content: Readonly<Record<'seconds' | 'series' | 'number', Buffer>>) {
  const seconds = readU32(content.seconds);
  const series = seriesOf(content.series);
  const number = readU32(content.number);
  if (seconds === null || seconds > SECONDS_MAX || series === null) return null;
  return number !== null && isMessageNumber(number) ? { seconds, series, number } : null;
}

function seriesOf(bytes: Buffer): string | null {
  const series = readText(bytes);
  return series !== null && SERIES.test(series) ? series : null;
}
