import type { Events } from '@secure-chat/event-log/events';
import { type Knex, overwriteDeleted } from '@secure-chat/service-kit/database';
import type { Codec, UserRecord } from '@secure-chat/wire/events';
import { foldName, USERS_TOPIC } from '@secure-chat/wire/names';
import type { Accounts } from './accounts.ts';
import type { InTurn } from './in-turn.ts';
import type { PasswordTries } from './password-tries.ts';
import type { Sessions } from './sessions.ts';

export interface DeletionParts {
  readonly database: Knex;
  readonly accounts: Pick<Accounts, 'markPublished'>;
  readonly sessions: Pick<Sessions, 'closeAllOf'>;
  readonly tries: Pick<PasswordTries, 'forget'>;
  readonly events: Events;
  readonly codec: Codec<UserRecord>;
  readonly inTurn: InTurn;
  readonly clock: () => number;
}

/**
 * Deletes accounts. What stays of one is its name, which nobody gets again, and when it was deleted: here, and in `chat.users`, from
 * where every other part learns that it has to forget the user.
 */
export interface Deletion {
  /** Resolves when nobody can use the account and everybody will hear of it. False when there is none. */
  delete(username: string): Promise<boolean>;
  /** Goes on with deletions that a crash, or a log that was away, has left in the middle. */
  finish(): Promise<void>;
}

interface DeletedRow {
  readonly folded_name: string;
  readonly username: string;
  readonly deleted_at: number;
}

export function createDeletion(parts: DeletionParts): Deletion {
  const { database, accounts, sessions, tries, events, codec, inTurn, clock } = parts;

  /** First: a crash after it leaves an account that nobody can use, and a mark that it is not finished. */
  const erase = (username: string): Promise<number> =>
    database('accounts')
      .where({ folded_name: foldName(username), deleted_at: null })
      .update({
        public_key: '',
        sealed_password_hash: '',
        registered_at: 0,
        suspended_at: null,
        deleted_at: clock(),
        published: false,
      });

  const unfinished = (): Promise<DeletedRow[]> =>
    database('accounts')
      .whereNotNull('deleted_at')
      .where({ published: false })
      .select('folded_name', 'username', 'deleted_at');

  async function complete({ username, deleted_at: deletedAt }: DeletedRow): Promise<void> {
    await tries.forget(username);
    await overwriteDeleted(database);
    await sessions.closeAllOf(username);
    const record = await codec.encode({ username, publicKey: '', registeredAt: 0, deletedAt });
    await events.publish(USERS_TOPIC, foldName(username), record);
    await accounts.markPublished(username);
  }

  return {
    delete: (username) =>
      inTurn(foldName(username), async () => {
        const erased = await erase(username);
        const rows = await unfinished();
        const row = rows.find(({ folded_name }) => folded_name === foldName(username));
        if (row) await complete(row);
        return erased > 0 || row !== undefined;
      }),
    async finish() {
      for (const row of await unfinished()) await complete(row);
    },
  };
}
