import type { Database } from 'better-sqlite3';
import { type Metrics, NO_METRICS } from '../metrics.ts';
import { createBell } from './bell.ts';
import { openDatabase } from './database.ts';
import { createFollowers, type Followers } from './followers.ts';
import { createGroupCommit, type GroupCommit } from './group-commit.ts';
import { createSweeper, type Sweeper } from './sweeper.ts';

/** One open file of an embedded event log, and what its `Events` and `Mailboxes` share. */
export interface SqliteFile {
  readonly database: Database;
  readonly commits: GroupCommit;
  readonly followers: Followers;
  readonly sweeper: Sweeper;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Finishes the accepted writes, then closes the file. Close what uses it first. */
  close(): Promise<void>;
}

export function openSqliteFile(
  file: string,
  now: () => number = Date.now,
  metrics: Metrics = NO_METRICS,
): SqliteFile {
  const database = openDatabase(file);
  const sweeper = createSweeper(database, now);
  const bell = createBell(`${file}-bell`);
  const commits = createGroupCommit(database, { housekeep: sweeper.sweep, onCommit: bell.ring, metrics });
  const followers = createFollowers(database, bell);
  metrics.gauge('log_followed_topics', 'Topics that this process follows.', () => followers.topics(), {
    kind: 'all',
  });
  return {
    database,
    commits,
    followers,
    sweeper,
    now,
    async close() {
      await commits.close();
      bell.close();
      database.close();
    },
  };
}
