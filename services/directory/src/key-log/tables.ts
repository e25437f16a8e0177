import type { KeyLogKind } from '@secure-chat/crypto/e2ee/key-log';
import type { Knex } from '@secure-chat/service-kit/database';
import { foldName } from '@secure-chat/wire/names';
import { type Entry, type Head, START } from './chain.ts';

interface EntryRow {
  entry: number;
  folded_name: string;
  username: string;
  kind: KeyLogKind;
  content: string;
  at: number;
  hash: string;
}

interface BundleRow {
  folded_name: string;
  bundle: string;
}

/** The directory's copy of `chat.key-log`: the entries, and the bundle that each user published last. */
export interface KeyLogTables {
  head(): Promise<Head>;
  /** All of it or nothing. An entry that stands there already changes nothing. */
  apply(entry: Entry): Promise<void>;
  /** Forgets everything. */
  clear(): Promise<void>;
  /** Up to `limit` entries from one index on, below another. */
  page(from: number, below: number, limit: number): Promise<Omit<EntryRow, 'entry' | 'folded_name'>[]>;
  /** Forgets the bundle of a user whose account is deleted; its entry stays, since others are chained to it. */
  forgetBundle(username: string): Promise<void>;
  /** Forgets all bundles of who is no user. */
  forgetOrphanedBundles(): Promise<void>;
  /** What the user published last: base64, or null. */
  bundle(username: string): Promise<string | null>;
  /** The content of the user's last `public-key` entry: hex, or null. */
  publicKey(username: string): Promise<string | null>;
  /** When the user published the last bundle but so many: Unix milliseconds, or null where there are not so many. */
  bundleAt(username: string, before: number): Promise<number | null>;
  /** Names of users whose public key is not their last one in the log: up to `limit`, in order, after a folded name. */
  unlogged(after: string, limit: number): Promise<string[]>;
}

export function createKeyLogTables(database: Knex): KeyLogTables {
  const entries = () => database<EntryRow>('key_log');
  const lastOf = (username: string, kind: KeyLogKind) =>
    entries()
      .where({ folded_name: foldName(username), kind })
      .orderBy('entry', 'desc');

  return {
    async head() {
      const last = await entries().orderBy('entry', 'desc').first('entry', 'hash');
      return last ? { size: last.entry + 1, hash: Buffer.from(last.hash, 'hex') } : START;
    },
    apply: ({ index, username, kind, content, at, hash, bundle }) =>
      database.transaction(async (transaction) => {
        const row = {
          entry: index,
          folded_name: foldName(username),
          username,
          kind,
          content: content.toString('hex'),
          at,
          hash: hash.toString('hex'),
        };
        // Another directory on the same database may have been here, and further: its bundle is the newer one.
        const added = await transaction<EntryRow>('key_log')
          .insert(row)
          .onConflict('entry')
          .ignore()
          .returning('entry');
        if (kind !== 'bundle' || added.length === 0) return;
        await transaction<BundleRow>('bundles')
          .insert({ folded_name: row.folded_name, bundle })
          .onConflict('folded_name')
          .merge();
      }),
    clear: () =>
      database.transaction(async (transaction) => {
        await transaction('bundles').delete();
        await transaction('key_log').delete();
      }),
    page: (from, below, limit) =>
      entries()
        .where('entry', '>=', from)
        .where('entry', '<', below)
        .orderBy('entry')
        .limit(limit)
        .select('username', 'kind', 'content', 'at', 'hash'),
    async forgetBundle(username) {
      await database<BundleRow>('bundles')
        .where({ folded_name: foldName(username) })
        .delete();
    },
    async forgetOrphanedBundles() {
      await database<BundleRow>('bundles')
        .whereNotIn('folded_name', database('users').select('folded_name'))
        .delete();
    },
    async bundle(username) {
      const row = await database<BundleRow>('bundles')
        .where({ folded_name: foldName(username) })
        .first('bundle');
      return row?.bundle ?? null;
    },
    async publicKey(username) {
      const row = await lastOf(username, 'public-key').first('content');
      return row?.content ?? null;
    },
    async bundleAt(username, before) {
      const row = await lastOf(username, 'bundle').offset(before).first('at');
      return row?.at ?? null;
    },
    async unlogged(after, limit) {
      const rows: { username: string }[] = await database('users')
        .where('folded_name', '>', after)
        .whereNotNull('key_hash')
        .whereRaw(
          `key_hash <> coalesce((SELECT content FROM key_log
             WHERE key_log.folded_name = users.folded_name AND kind = ? ORDER BY entry DESC LIMIT 1), '')`,
          ['public-key'],
        )
        .orderBy('folded_name')
        .limit(limit)
        .select('username');
      return rows.map(({ username }) => username);
    },
  };
}
