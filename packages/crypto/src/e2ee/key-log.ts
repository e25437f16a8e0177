import { createHash } from 'node:crypto';
import { encodeList, u64 } from './byte-list.ts';

/**
 * The key log: every public key and every bundle that was ever published, each entry chained to the one before. Who has
 * followed it up to some entry notices when anything before that is changed, taken out or put in.
 */

/** What an entry says was published. */
export type KeyLogKind = 'public-key' | 'bundle';

export interface KeyLogEntry {
  readonly username: string;
  readonly kind: KeyLogKind;
  /** SHA-256, 32 bytes: of the SPKI DER of a public key, of the bytes of a bundle. */
  readonly content: Uint8Array;
  /** Unix milliseconds. */
  readonly at: number;
}

const TAG = 'secure-chat/v2/key-log';
const HASH_BYTES = 32;

/** The hash before the first entry. */
export const KEY_LOG_START: Buffer = Buffer.alloc(HASH_BYTES);

/** The hash after an entry, 32 bytes, given the one before it. */
export const keyLogHash = (previous: Uint8Array, { username, kind, content, at }: KeyLogEntry): Buffer =>
  createHash('sha256')
    .update(encodeList([TAG, previous, username, kind, content, u64(at)]))
    .digest();
