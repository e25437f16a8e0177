import { createHash, randomBytes } from 'node:crypto';
import type { Knex } from '@secure-chat/service-kit/database';
import type { AdminInvite } from '@secure-chat/wire/admin-api';

/** 80 bits: nobody finds one by trying, so hashes of them need no salt and no slowness. */
const CODE_BYTES = 10;
/** Without the letters that look like digits (Crockford). */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** Invitations that administrators may have open: a list of 10 KB, and an end to a script that makes them. */
export const INVITES_MAX = 1_000;

interface InviteRow {
  code_hash: string;
  uses: number;
  used: number;
  made_at: number;
  expires_at: number;
}

/** Invitations: codes with which so many may register, for a time. Only hashes of them are kept. */
export interface Invites {
  /** The code, which is told nobody again: four groups of four characters. Null when there are too many. */
  make(uses: number, lifeMs: number): Promise<string | null>;
  /** Those that count, the newest first. */
  list(): Promise<AdminInvite[]>;
  /** False when there is none of this id. */
  end(id: string): Promise<boolean>;
  /** Whether `use` would take it now. */
  isGood(code: string): Promise<boolean>;
  /** Within the transaction that makes the account: false where it does not count any more. */
  use(transaction: Knex.Transaction, code: string): Promise<boolean>;
}

export function createInvites(database: Knex, clock: () => number): Invites {
  const good = (within: Knex) =>
    within<InviteRow>('invites').where('expires_at', '>', clock()).whereRaw('used < uses');
  const forgetOver = () =>
    database('invites')
      .where((over) => over.where('expires_at', '<=', clock()).orWhereRaw('used >= uses'))
      .delete();

  return {
    async make(uses, lifeMs) {
      await forgetOver();
      const open = await database('invites').count({ count: '*' }).first();
      if (Number(open?.count) >= INVITES_MAX) return null;
      const code = codeOf(randomBytes(CODE_BYTES));
      const now = clock();
      const row = { code_hash: hashOf(code), uses, used: 0, made_at: now, expires_at: now + lifeMs };
      await database<InviteRow>('invites').insert(row);
      return code;
    },
    async list() {
      const rows = await good(database).orderBy('made_at', 'desc').orderBy('code_hash');
      return rows.map((row) => ({
        id: row.code_hash.slice(0, 8),
        uses: row.uses,
        used: row.used,
        madeAt: row.made_at,
        expiresAt: row.expires_at,
      }));
    },
    async end(id) {
      return (await good(database).where('code_hash', 'like', `${id}%`).delete()) > 0;
    },
    async isGood(code) {
      return (
        (await good(database)
          .where({ code_hash: hashOf(code) })
          .first('code_hash')) !== undefined
      );
    },
    async use(transaction, code) {
      const used = await good(transaction)
        .where({ code_hash: hashOf(code) })
        .increment('used');
      return used > 0;
    },
  };
}

function codeOf(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const characters = (bits.match(/.{5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five, 2)]).join('');
  return (characters.match(/.{4}/g) ?? []).join('-');
}

/** Of what a person typed: hyphens, spaces and case do not matter, nor do letters for the digits that they look like. */
function hashOf(typed: string): string {
  const code = typed
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  return createHash('sha256').update(code).digest('hex');
}
