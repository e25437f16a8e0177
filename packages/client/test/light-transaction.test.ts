import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDatabase } from '../src/profile/database.ts';
import { type Profile, unlocked } from '../src/profile/profile.ts';

let folder: string;
let db: Database;
let profile: Profile;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'secure-chat-light-'));
  db = createDatabase(join(folder, 'profile.db'));
  profile = unlocked(db, randomBytes(32));
});
afterEach(() => {
  profile.close();
  rmSync(folder, { recursive: true });
});

const FULL = 2;
const NORMAL = 1;
const flushing = (): unknown => db.pragma('synchronous', { simple: true });
const names = (): string[] => profile.contacts.all().map(({ username }) => username);

it('a light transaction is not flushed, and what comes after it is', () => {
  const meanwhile = profile.lightTransaction(() => {
    profile.contacts.ensure('bob');
    return flushing();
  });
  expect([meanwhile, flushing()]).toEqual([NORMAL, FULL]);
  expect(names()).toEqual(['bob']);
});

it('a light transaction that throws leaves nothing, and the next one is flushed', () => {
  const work = (): void => {
    profile.contacts.ensure('bob');
    throw new Error('no');
  };
  expect(() => profile.lightTransaction(work)).toThrow('no');
  expect([names(), flushing()]).toEqual([[], FULL]);
});

it('within a transaction a light one is a part of that, and flushed with it', () => {
  const work = (): void =>
    profile.transaction(() => {
      profile.lightTransaction(() => profile.contacts.ensure('bob'));
      expect(flushing()).toBe(FULL);
      throw new Error('no');
    });
  expect(work).toThrow('no');
  expect(names()).toEqual([]);
});
