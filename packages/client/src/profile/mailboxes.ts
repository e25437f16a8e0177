import type { Database } from 'better-sqlite3';

/** How far the server's mailboxes were read: their records are numbered without a gap. */
export interface MailboxTable {
  /**
   * These records came now, by their numbers in order. Returns how many before them never came here; 0 also for a mailbox
   * that was never read, and for records that are delivered again.
   */
  advance(kind: 'keys' | 'messages', numbers: readonly number[]): number;
}

export function createMailboxTable(db: Database): MailboxTable {
  const select = db.prepare<[string], { next: number }>('SELECT next FROM mailboxes WHERE kind = ?');
  const replace = db.prepare<[string, number]>('INSERT OR REPLACE INTO mailboxes (kind, next) VALUES (?, ?)');
  return {
    advance(kind, numbers) {
      const known = select.get(kind)?.next;
      let next = known ?? numbers[0] ?? 0;
      let missing = 0;
      for (const number of numbers) {
        missing += Math.max(0, number - next);
        next = Math.max(next, number + 1);
      }
      if (next !== known) replace.run(kind, next);
      return missing;
    },
  };
}
