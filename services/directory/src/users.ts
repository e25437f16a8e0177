import { encryptionKeyHash } from '@secure-chat/crypto/e2ee/bundle';
import { importPublicKey } from '@secure-chat/crypto/rsa';
import type { Knex } from '@secure-chat/service-kit/database';
import type { UserRecord } from '@secure-chat/wire/events';
import { foldName, isUsername } from '@secure-chat/wire/names';

interface UserRow {
  folded_name: string;
  username: string;
  public_key: string;
  registered_at: number;
  /** Null: written before there was a key log, and not followed again yet. */
  key_hash: string | null;
}

/** The directory's copy of `chat.users`: public keys in the database, names in memory as well. */
export interface Users {
  /** False for a record that is refused: bad name, bad key. */
  put(user: UserRecord): Promise<boolean>;
  /** The account is deleted. */
  remove(username: string): Promise<void>;
  /** PEM, or null. */
  publicKey(username: string): Promise<string | null>;
  /** The name as registered, and the SHA-256 of the public key's SPKI DER in hex; or null. */
  key(username: string): Promise<{ readonly username: string; readonly keyHash: string } | null>;
  /** As registered, in the order of the folded names. */
  names(): readonly string[];
}

export async function loadUsers(database: Knex): Promise<Users> {
  const rows = () => database<UserRow>('users');
  const known = new Map<string, { username: string; registeredAt: number }>();
  const written = rows().whereNotNull('key_hash');
  for (const row of await written.select('folded_name', 'username', 'registered_at')) {
    known.set(row.folded_name, { username: row.username, registeredAt: row.registered_at });
  }
  let sorted: readonly string[] | null = null;

  return {
    async put({ username, publicKey, registeredAt }) {
      const key = importPublicKey(publicKey);
      if (!isUsername(username) || !key) return false;
      const folded = foldName(username);
      // Every start follows the topic from its beginning: what stands here already costs no write.
      if (known.get(folded)?.registeredAt === registeredAt) return true;
      const row = {
        folded_name: folded,
        username,
        public_key: publicKey,
        registered_at: registeredAt,
        key_hash: encryptionKeyHash(key).toString('hex'),
      };
      await rows().insert(row).onConflict('folded_name').merge();
      known.set(folded, { username, registeredAt });
      sorted = null;
      return true;
    },
    async remove(username) {
      const folded = foldName(username);
      await rows().where({ folded_name: folded }).delete();
      if (known.delete(folded)) sorted = null;
    },
    async publicKey(username) {
      const row = await rows()
        .where({ folded_name: foldName(username) })
        .first('public_key');
      return row?.public_key ?? null;
    },
    async key(username) {
      const row = await rows()
        .where({ folded_name: foldName(username) })
        .first('username', 'key_hash');
      return row && row.key_hash !== null ? { username: row.username, keyHash: row.key_hash } : null;
    },
    names() {
      sorted ??= [...known.keys()].sort().map((folded) => known.get(folded)?.username ?? folded);
      return sorted;
    },
  };
}
