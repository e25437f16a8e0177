import { fromBase64 } from '@secure-chat/crypto/e2ee/base64';
import { bundleHash } from '@secure-chat/crypto/e2ee/bundle';
import { KEY_LOG_START, type KeyLogKind, keyLogHash } from '@secure-chat/crypto/e2ee/key-log';
import type { KeyLogRecord } from '@secure-chat/wire/events';
import { isUsername } from '@secure-chat/wire/names';

/** Where the log ends. */
export interface Head {
  /** Entries. */
  readonly size: number;
  /** Of the chain, after the last of them: 32 bytes. */
  readonly hash: Buffer;
}

export const START: Head = { size: 0, hash: KEY_LOG_START };

/** What somebody wants in the log. */
export interface Addition {
  /** As registered. */
  readonly username: string;
  readonly kind: KeyLogKind;
  /** SHA-256 of what is published: 32 bytes. */
  readonly content: Buffer;
  /** In base64; empty for a public key. */
  readonly bundle: string;
}

/** An entry in its place. */
export interface Entry extends Addition {
  readonly index: number;
  /** Unix milliseconds. */
  readonly at: number;
  /** Of the chain, after it: 32 bytes. */
  readonly hash: Buffer;
}

export const chain = (head: Head, addition: Addition, at: number): Entry => ({
  ...addition,
  index: head.size,
  at,
  hash: keyLogHash(head.hash, { ...addition, at }),
});

export const headAfter = ({ index, hash }: Entry): Head => ({ size: index + 1, hash });

export const recordOf = ({ content, hash, ...entry }: Entry): KeyLogRecord => ({
  ...entry,
  content: content.toString('hex'),
  hash: hash.toString('hex'),
});

/**
 * The entry that a record adds to a log that ends there. `late` for one that would have been an entry of another log: whoever
 * published it had not seen that another one was first. Null for what can be no entry.
 */
export function nextEntry(head: Head, record: KeyLogRecord): Entry | 'late' | null {
  const { username, kind, at, bundle } = record;
  if (!isUsername(username) || at < 0) return null;
  if (kind !== 'public-key' && kind !== 'bundle') return null;
  if (!/^[0-9a-f]{64}$/.test(record.content)) return null;
  const content = Buffer.from(record.content, 'hex');
  if (!isContent(kind, content, bundle)) return null;
  const entry = chain(head, { username, kind, content, bundle }, at);
  return record.index === entry.index && entry.hash.toString('hex') === record.hash ? entry : 'late';
}

function isContent(kind: KeyLogKind, content: Buffer, bundle: string): boolean {
  if (kind === 'public-key') return bundle === '';
  const bytes = fromBase64(bundle);
  return bytes !== null && bundleHash(bytes).equals(content);
}
