import { sha256 } from '@noble/hashes/sha2.js';
import { describe, expect, it } from 'vitest';
import { KEY_LOG_START, keyLogHash } from '../../src/e2ee/key-log.ts';

const ENTRY = {
  username: 'alice',
  kind: 'bundle',
  content: Buffer.alloc(32, 7),
  at: 1_764_000_000_000,
} as const;

describe('the chain of the key log', () => {
  it('is what docs/e2ee.md says, byte for byte', () => {
    const part = (bytes: Uint8Array) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return Buffer.concat([length, bytes]);
    };
    const at = Buffer.from('0000019ab697e800', 'hex');
    expect(BigInt(ENTRY.at)).toBe(at.readBigUInt64BE());
    const parts = ['secure-chat/v2/key-log', Buffer.alloc(32), 'alice', 'bundle', Buffer.alloc(32, 7), at];
    const bytes = Buffer.concat(
      parts.map((each) => part(typeof each === 'string' ? Buffer.from(each) : each)),
    );
    expect(keyLogHash(KEY_LOG_START, ENTRY)).toEqual(Buffer.from(sha256(bytes)));
  });

  it.each([
    { ...ENTRY, username: 'Alice' },
    { ...ENTRY, kind: 'public-key' as const },
    { ...ENTRY, content: Buffer.alloc(32, 8) },
    { ...ENTRY, at: ENTRY.at + 1 },
  ])('differs for another entry: %o', (entry) => {
    expect(keyLogHash(KEY_LOG_START, entry)).not.toEqual(keyLogHash(KEY_LOG_START, ENTRY));
  });

  it('differs after another one before', () => {
    const after = keyLogHash(KEY_LOG_START, ENTRY);
    expect(keyLogHash(after, ENTRY)).not.toEqual(after);
  });
});
