import { importPublicKey, oaep256Encrypt } from '@secure-chat/crypto/rsa';
import type { Knex } from '@secure-chat/service-kit/database';
import type { Seal } from '@secure-chat/service-kit/seal';
import { foldName } from '@secure-chat/wire/names';
import { createGate, type Gate } from './gate.ts';
import type { Resealed } from './resealed.ts';

/** Rows sealed anew together: some 4 ms in which nobody else is served. */
const RESEAL_ROWS = 100;

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
  /** Whether an administrator keeps it out. */
  readonly suspended: boolean;
}

interface AccountRow {
  folded_name: string;
  username: string;
  public_key: string;
  sealed_password_hash: string;
  registered_at: number;
  published: number | boolean;
  suspended_at: number | null;
  deleted_at: number | null;
}

/** Accounts in auth's database. Password hashes are sealed there. */
export interface Accounts {
  /** False when the name, without regard to case, is taken. `together`: in the same transaction; when it throws, nothing is added. */
  add(account: Account, together?: (transaction: Knex.Transaction) => Promise<void>): Promise<boolean>;
  /** Null for one that is deleted, too. */
  find(username: string): Promise<Account | null>;
  /** Whether nobody can register under the name, without regard to case: deleted accounts keep theirs. */
  isTaken(username: string): Promise<boolean>;
  /** `at`: since when, or null for no more. False when there is no such account. */
  suspend(username: string, at: number | null): Promise<boolean>;
  /** Names of those that are suspended and have a session all the same: what a crash left. */
  suspendedWithSessions(): Promise<string[]>;
  /** Those that were added but whose `chat.users` record may not be written: what a crash left. */
  unpublished(): Promise<Account[]>;
  markPublished(username: string): Promise<void>;
  changePasswordHash(username: string, passwordHash: string): Promise<void>;
  /** Seals anew what is not under the newest key, in batches; resolves when none is left. */
  reseal(onBatch: (batch: Resealed) => void, signal: AbortSignal): Promise<void>;
}

const place = (username: string): string => `auth/accounts/${foldName(username)}/password_hash`;

/** What is sealed passes `gate`, so that sealing anew knows of all that was sealed before. */
export function createAccounts(database: Knex, seal: Seal, gate: Gate = createGate()): Accounts {
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
      suspended: row.suspended_at !== null,
    };
  };

  const resealAfter = async (name: string): Promise<Resealed & { last: string | undefined }> => {
    const batch = await rows().where('folded_name', '>', name).orderBy('folded_name').limit(RESEAL_ROWS);
    // Of a deleted one there is nothing to seal.
    const stale = batch.filter((row) => row.deleted_at === null && !seal.isCurrent(row.sealed_password_hash));
    let unreadable = 0;
    await database.transaction(async (change) => {
      for (const { folded_name, username, sealed_password_hash } of stale) {
        const hash = seal.open(sealed_password_hash, place(username));
        if (hash === null) {
          unreadable += 1;
          continue;
        }
        await change<AccountRow>('accounts')
          .where({ folded_name, sealed_password_hash })
          .update({ sealed_password_hash: seal.seal(hash, place(username)) });
      }
    });
    return { resealed: stale.length - unreadable, unreadable, last: batch.at(-1)?.folded_name };
  };

  return {
    add: (account, together) =>
      gate.pass(() =>
        database.transaction(async (change) => {
          const inserted = await change<AccountRow>('accounts')
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
          if (inserted.length > 0) await together?.(change);
          return inserted.length > 0;
        }),
      ),
    async find(username) {
      const row = await rows()
        .where({ folded_name: foldName(username), deleted_at: null })
        .first();
      return row ? fromRow(row) : null;
    },
    async isTaken(username) {
      return !!(await rows()
        .where({ folded_name: foldName(username) })
        .first('folded_name'));
    },
    async suspend(username, at) {
      const changed = await rows()
        .where({ folded_name: foldName(username), deleted_at: null })
        .update({ suspended_at: at });
      return changed > 0;
    },
    async suspendedWithSessions() {
      const found: { username: string }[] = await rows()
        .join('sessions', 'sessions.folded_name', 'accounts.folded_name')
        .whereNotNull('suspended_at')
        .distinct('username');
      return found.map(({ username }) => username);
    },
    async unpublished() {
      return (await rows().where({ published: false, deleted_at: null })).map(fromRow);
    },
    async markPublished(username) {
      await rows()
        .where({ folded_name: foldName(username) })
        .update({ published: true });
    },
    changePasswordHash: (username, passwordHash) =>
      gate.pass(async () => {
        await rows()
          .where({ folded_name: foldName(username) })
          .update({ sealed_password_hash: seal.seal(passwordHash, place(username)) });
      }),
    async reseal(onBatch, signal) {
      let last: string | undefined = '';
      while (last !== undefined) {
        signal.throwIfAborted();
        const after: string = last;
        const batch = await gate.alone(() => resealAfter(after));
        onBatch(batch);
        last = batch.last;
      }
    },
  };
}

/** `OAEP256` of the text under the account's key, in hex. Throws when the stored key is damaged: it was checked once. */
export function encryptTo(account: Account, text: string): string {
  const key = importPublicKey(account.publicKey);
  if (!key) throw new Error('a stored public key does not parse');
  return oaep256Encrypt(key, text);
}
