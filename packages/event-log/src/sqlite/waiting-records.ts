import Database from 'better-sqlite3';

/**
 * Records in the mailboxes of users that nobody has acknowledged, in the file of an embedded event log that others may be writing to.
 * Looks into the index twice a user. Throws where it is none of this version.
 */
export function countWaitingRecords(file: string): number {
  const database = new Database(file, { readonly: true, fileMustExist: true });
  try {
    const waiting = database
      .prepare<[], number>(
        "SELECT coalesce(sum(head - max(start, cursor)), 0) FROM topic_state WHERE kind = 'mailbox' AND name LIKE 'user!_%' ESCAPE '!'",
      )
      .pluck();
    return waiting.get() ?? 0;
  } finally {
    database.close();
  }
}
