import { importPublicKey, oaep256Encrypt } from '@secure-chat/crypto/rsa';
import type { Knex } from '@secure-chat/service-kit/database';
import type { Seal } from '@secure-chat/service-kit/seal';
import { foldName } from '@secure-chat/wire/names';

export interface Account {
  /** As it was registered. */
  readonly username: string;
  /** PEM. */
  readonly publicKey: string;
  readonly passwordHash: string;
  /** Milliseconds since the epoch. */
  readonly registeredAt: number;
  /** Whether its `chat.users` record is known to be written. */
  readonly published: boolean;
}

interface AccountRow {
  folded_name: string;
  username: string;
  public_key: string;
  sealed_password_hash: string;
  registered_at: number;
  published: number | boolean;
}

/** Accounts in auth's database. Password hashes are sealed there. */
export interface Accounts {
  /** False when the name, without regard to case, is taken. */
  add(account: Account): Promise<boolean>;
  find(username: string): Promise<Account | null>;
  /** Those that were added but whose `chat.users` record may not be written: what a crash left. */
  unpublished(): Promise<Account[]>;
  markPublished(username: string): Promise<void>;
  changePasswordHash(username: string, passwordHash: string): Promise<void>;
}

const place = (username: string): string => `auth/accounts/${foldName(username)}/password_hash`;

export function createAccounts(database: Knex, seal: Seal): Accounts {
  const rows = () => database<AccountRow>('accounts');

  const fromRow = (row: AccountRow): Account => {
    const passwordHash = seal.open(row.sealed_password_hash, place(row.username));
    if (passwordHash === null)
      throw new Error('a password hash does not open: is SERVICE_KEY the one that sealed it?');
    return {
      username: row.username,
      publicKey: row.public_key,
      passwordHash,
      registeredAt: row.registered_at,
      published: Boolean(row.published),
    };
  };

  return {
    async add(account) {
      const inserted = await rows()
        .insert({
          folded_name: foldName(account.username),
          username: account.username,
          public_key: account.publicKey,
          sealed_password_hash: seal.seal(account.passwordHash, place(account.username)),
          registered_at: account.registeredAt,
          published: account.published,
        })
        .onConflict('folded_name')
        .ignore()
        .returning('folded_name');
      return inserted.length > 0;
    },
    async find(username) {
      const row = await rows()
        .where({ folded_name: foldName(username) })
        .first();
      return row ? fromRow(row) : null;
    },
    async unpublished() {
      return (await rows().where({ published: false })).map(fromRow);
    },
    async markPublished(username) {
      await rows()
        .where({ folded_name: foldName(username) })
        .update({ published: true });
    },
    async changePasswordHash(username, passwordHash) {
      await rows()
        .where({ folded_name: foldName(username) })
        .update({ sealed_password_hash: seal.seal(passwordHash, place(username)) });
    },
  };
}

/** `OAEP256` of the text under the account's key, in hex. Throws when the stored key is damaged: it was checked once. */
export function encryptTo(account: Account, text: string): string {
  const key = importPublicKey(account.publicKey);
  if (!key) throw new Error('a stored public key does not parse');
  return oaep256Encrypt(key, text);
}
