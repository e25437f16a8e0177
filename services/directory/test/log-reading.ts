import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { startDirectory } from './directory-under-test.ts';

export interface LoggedEntry {
  readonly username: string;
  readonly kind: string;
  readonly content: string;
  readonly at: number;
}

export interface Page {
  readonly from: number;
  readonly size: number;
  readonly hash: string;
  readonly entries: readonly LoggedEntry[];
}

type Directory = Pick<Awaited<ReturnType<typeof startDirectory>>, 'call'>;

export async function pageOf({ call }: Directory, from?: number): Promise<Page> {
  const answer = await call('reader', 'GET', from === undefined ? '/key-log' : `/key-log?from=${from}`);
  expect(answer.statusCode).toBe(200);
  return answer.json();
}

/** As `docs/e2ee.md` has it: written here once more. Hex. */
export function hashAfter(entries: readonly LoggedEntry[], before = '00'.repeat(32)): string {
  let hash = Buffer.from(before, 'hex');
  for (const { username, kind, content, at } of entries) {
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(BigInt(at));
    const parts = ['secure-chat/v2/key-log', hash, username, kind, Buffer.from(content, 'hex'), time];
    const digest = createHash('sha256');
    for (const part of parts.map((each) => Buffer.from(each))) {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      digest.update(length).update(part);
    }
    hash = digest.digest();
  }
  return hash.toString('hex');
}

/** All entries of a directory; each page's hash has to be that of its entries. */
export async function wholeLog(directory: Directory): Promise<LoggedEntry[]> {
  const entries: LoggedEntry[] = [];
  for (;;) {
    const page = await pageOf(directory, entries.length);
    entries.push(...page.entries);
    expect(page.hash).toBe(hashAfter(entries));
    if (entries.length === page.size) return entries;
    expect(page.entries.length).toBeGreaterThan(0);
  }
}
