import { type Operation, signedOperation } from '@secure-chat/service-kit/operation';
import { KeyLog, KeyLogQuery } from '@secure-chat/wire/api';
import { KEY_LOG_PAGE_MAX } from '@secure-chat/wire/limits';
import type { KeyLogFollower } from '../key-log/follower.ts';
import type { KeyLogTables } from '../key-log/tables.ts';

export interface KeyLogParts {
  readonly log: Pick<KeyLogFollower, 'head' | 'caughtUp'>;
  readonly tables: KeyLogTables;
}

/** protocol: `GET /key-log`. All that was in the log before the call is in the answer's `size`. */
export const keyLog = ({ log, tables }: KeyLogParts): Operation =>
  signedOperation({
    method: 'GET',
    path: '/key-log',
    query: KeyLogQuery,
    response: KeyLog,
    async handle({ query }) {
      // Asked first: a follower waits for a database that is away, and who asks should not.
      await tables.head();
      await log.caughtUp();
      const from = Number(query.from ?? 0);
      const head = log.head();
      const rows = await tables.page(from, head.size, KEY_LOG_PAGE_MAX);
      const entries = rows.map(({ username, kind, content, at }) => ({ username, kind, content, at }));
      const hash = rows.at(-1)?.hash ?? head.hash.toString('hex');
      return { value: { from, size: head.size, hash, entries } };
    },
  });
