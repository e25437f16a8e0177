import type { Knex } from '@secure-chat/service-kit/database';
import type { AdminAccounts, AdminUser } from '@secure-chat/wire/admin-api';
import { foldName } from '@secure-chat/wire/names';

interface ListedRow {
  username: string;
  registered_at: number;
  suspended_at: number | null;
  deleted_at: number | null;
  sessions: number | string;
  seen_at: number | null;
}

/** All accounts with their open sessions, for administrators: no secret is read. */
export interface AccountList {
  /** Up to `limit`, in the order of the folded names, after one name. */
  page(after: string, limit: number): Promise<AdminUser[]>;
  count(): Promise<AdminAccounts>;
}

export const createAccountList = (database: Knex): AccountList => ({
  async page(after, limit) {
    const rows: ListedRow[] = await database('accounts')
      .leftJoin('sessions', 'sessions.folded_name', 'accounts.folded_name')
      .where('accounts.folded_name', '>', foldName(after))
      .groupBy('accounts.folded_name')
      .orderBy('accounts.folded_name')
      .limit(limit)
      .select('username', 'registered_at', 'suspended_at', 'deleted_at')
      .count({ sessions: 'session_id' })
      .max({ seen_at: 'seen_at' });
    return rows.map((row) => ({
      username: row.username,
      registeredAt: row.registered_at,
      seenAt: row.seen_at,
      sessions: Number(row.sessions),
      suspendedAt: row.suspended_at,
      deletedAt: row.deleted_at,
    }));
  },
  async count() {
    const [names, sessions] = await Promise.all([
      database('accounts').count({ all: '*', suspended: 'suspended_at', deleted: 'deleted_at' }).first(),
      database('sessions').count({ open: '*' }).first(),
    ]);
    const deleted = Number(names?.deleted);
    return {
      users: Number(names?.all) - deleted,
      suspended: Number(names?.suspended),
      deleted,
      sessions: Number(sessions?.open),
    };
  },
});
