import { setTimeout as sleep } from 'node:timers/promises';
import { retryDatabase } from '@secure-chat/service-kit/database-trouble';
import type { Logger } from '@secure-chat/service-kit/logger';
import { foldName } from '@secure-chat/wire/names';
import type { Users } from '../users.ts';
import type { KeyLogTables } from './tables.ts';
import { type KeyLogWriter, TURN_MAX } from './writer.ts';

/** Milliseconds before keys that could not be added are tried again. */
const RETRY_MS = 1_000;

export interface PublicKeysOptions {
  readonly users: Users;
  readonly tables: KeyLogTables;
  readonly writer: KeyLogWriter;
  readonly logger: Logger;
}

/** Sees to it that the key log has every user's public key: of many at once, beside whatever else is done. */
export interface PublicKeys {
  /** Adds those that the log lacks, such as of users from before there was one; from then on those that are named. */
  start(): void;
  /** The user is new, or may have another key. Nothing happens before the start, which finds them all. */
  check(username: string): void;
  /** Resolves when nothing is being added any more. */
  close(): Promise<void>;
}

export function createPublicKeys({ users, tables, writer, logger }: PublicKeysOptions): PublicKeys {
  const closing = new AbortController();
  const named = new Set<string>();
  let work: Promise<void> | null = null;

  const add = (name: string): Promise<void> =>
    writer.add(name, async () => {
      const user = await users.key(name);
      if (user === null || user.keyHash === (await tables.publicKey(name))) return null;
      const { username, keyHash } = user;
      return { username, kind: 'public-key', content: Buffer.from(keyHash, 'hex'), bundle: '' };
    });

  /** Tries until the log has them all. */
  async function addAll(names: readonly string[]): Promise<void> {
    let left = names;
    for (let failures = 0; ; failures += 1) {
      const outcomes = await Promise.allSettled(left.map(add));
      left = left.filter((_, index) => outcomes[index]?.status === 'rejected');
      if (left.length === 0) return;
      closing.signal.throwIfAborted();
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failures === 0)
        logger.warn({ err: failed?.reason, users: left.length }, 'public keys wait for the key log');
      await sleep(RETRY_MS, undefined, { signal: closing.signal });
    }
  }

  async function addUnlogged(): Promise<void> {
    let after = '';
    for (;;) {
      const names = await retryDatabase(() => tables.unlogged(after, TURN_MAX), closing.signal);
      const last = names.at(-1);
      if (last === undefined) return;
      await addAll(names);
      after = foldName(last);
    }
  }

  async function addNamed(): Promise<void> {
    while (named.size > 0) {
      const names = [...named].slice(0, TURN_MAX);
      for (const name of names) named.delete(name);
      await addAll(names);
    }
  }

  const begin = (task: () => Promise<void>, before: Promise<void> = Promise.resolve()): Promise<void> =>
    before.then(task).catch((error: unknown) => {
      if (!closing.signal.aborted) logger.error({ err: error }, 'public keys are not added to the key log');
    });

  return {
    start() {
      work ??= begin(addUnlogged);
    },
    check(username) {
      if (work === null || closing.signal.aborted) return;
      named.add(username);
      if (named.size === 1) work = begin(addNamed, work);
    },
    async close() {
      closing.abort();
      await work;
    },
  };
}
