import { KEY_LOG_START } from '@secure-chat/crypto/e2ee/key-log';
import { foldName } from '@secure-chat/wire/names';
import type { Database } from 'better-sqlite3';
import type { Sealer } from './sealed.ts';

/** How far the server's key log was followed, and what it said last of each user. */
export interface KeyLogTable {
  /** Entries that were read, and the chain's hash after them. */
  head(): { size: number; hash: Buffer };
  setHead(head: { size: number; hash: Buffer }): void;
  /** SHA-256 of a user's newest bundle in hex, null for a user who published none. */
  bundle(username: string): string | null;
  /** `hash`: SHA-256 of a bundle, 32 bytes. */
  setBundle(username: string, hash: Buffer): void;
  /** As if nothing of it had been read. */
  forget(): void;
}

/** Names whose index is kept: more than a person has contacts, who are asked about whenever one of them comes or goes. */
const INDEXES_MAX = 4096;

export function createKeyLogTable(db: Database, sealer: Sealer): KeyLogTable {
  const selectHead = db.prepare<[], { size: number; hash: Buffer }>('SELECT size, hash FROM key_log');
  const replaceHead = db.prepare<[number, Buffer]>(
    'INSERT OR REPLACE INTO key_log (id, size, hash) VALUES (1, ?, ?)',
  );
  const select = db.prepare<[Buffer], { bundle: Buffer }>(
    'SELECT bundle FROM published WHERE name_index = ?',
  );
  const replace = db.prepare<[Buffer, Buffer]>(
    'INSERT OR REPLACE INTO published (name_index, bundle) VALUES (?, ?)',
  );
  const indexes = new Map<string, Buffer>();
  const nameIndex = (username: string): Buffer => {
    const folded = foldName(username);
    const known = indexes.get(folded);
    if (known) return known;
    const index = sealer.index('published', folded);
    if (indexes.size >= INDEXES_MAX) indexes.clear();
    indexes.set(folded, index);
    return index;
  };
  return {
    head: () => selectHead.get() ?? { size: 0, hash: KEY_LOG_START },
    setHead: ({ size, hash }) => void replaceHead.run(size, hash),
    bundle: (username) => select.get(nameIndex(username))?.bundle.toString('hex') ?? null,
    setBundle: (username, hash) => void replace.run(nameIndex(username), hash),
    forget: () => void db.exec('DELETE FROM key_log; DELETE FROM published'),
  };
}
