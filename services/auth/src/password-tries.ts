import { createHmac } from 'node:crypto';
import type { Knex } from '@secure-chat/service-kit/database';
import { foldName } from '@secure-chat/wire/names';
import { type GrowingDelay, oneMore, waitAfter } from './growing-delay.ts';
import type { NetworkFailures } from './network-failures.ts';

/** Who mistypes needs a few tries; who guesses has 288 a day. */
const ACCOUNT_DELAY: GrowingDelay = {
  free: 5,
  firstMs: 1_000,
  maxMs: 5 * 60_000,
  forgiveMs: 60 * 60_000,
};

/** Networks of one account that count apart: home, work, a phone, and where one travelled. */
const KNOWN_MAX = 8;
/** Milliseconds for which a network counts as the owner's after a login from there. */
const KNOWN_MS = 30 * 24 * 60 * 60_000;
/** Milliseconds between two writes that say no more than that the owner is still there. */
const KNOWN_AGAIN_MS = 24 * 60 * 60_000;

/** Of all networks that the account is not known at. */
const ELSEWHERE = '';

/**
 * Tries of an account's password, in auth's database, so that a restart forgives none. To make one at a login takes the account's
 * private key, which opens the challenge: a stranger makes none, and so delays nobody. A network from which the account lately
 * proved itself counts apart from all others: a thief elsewhere does not delay the owner at home.
 *
 * Called in the user's turn: tries that come at once are counted one by one.
 */
export interface PasswordTries {
  /** Milliseconds until the next try from there. `network`: as `clientNetwork` writes it; empty where it is not told. */
  wait(username: string, network: string): Promise<number>;
  wrong(username: string, network: string): Promise<void>;
  right(username: string, network: string): Promise<void>;
  /** Nothing is kept of the account, which is deleted. */
  forget(username: string): Promise<void>;
}

interface TriesRow {
  folded_name: string;
  network: string;
  failures: number;
  failed_at: number;
  proven_at: number;
}

export interface PasswordTriesParts {
  readonly database: Knex;
  /** 32 bytes that outlive the process: addresses are not stored. */
  readonly key: Uint8Array;
  readonly failures: NetworkFailures;
  readonly clock: () => number;
}

export function createPasswordTries({ database, key, failures, clock }: PasswordTriesParts): PasswordTries {
  const rows = () => database<TriesRow>('password_tries');
  const isTold = (network: string): boolean => network !== '' && network !== 'unknown';
  const pseudonym = (username: string, network: string): string =>
    createHmac('sha256', key)
      .update(`${foldName(username)} ${network}`)
      .digest('base64url');

  /** What counts there: the network's own row, or that of everywhere else. */
  const countedAt = async (username: string, network: string): Promise<TriesRow> => {
    const name = { folded_name: foldName(username) };
    const own = isTold(network)
      ? await rows()
          .where({ ...name, network: pseudonym(username, network) })
          .where('proven_at', '>', clock() - KNOWN_MS)
          .first()
      : undefined;
    const elsewhere =
      own ??
      (await rows()
        .where({ ...name, network: ELSEWHERE })
        .first());
    return elsewhere ?? { ...name, network: ELSEWHERE, failures: 0, failed_at: 0, proven_at: 0 };
  };
  const failuresOf = (row: TriesRow) => ({ count: row.failures, lastAt: row.failed_at });

  const write = async (row: TriesRow): Promise<void> => {
    await rows().insert(row).onConflict(['folded_name', 'network']).merge();
  };

  return {
    async wait(username, network) {
      const row = await countedAt(username, network);
      const account = waitAfter(failuresOf(row), ACCOUNT_DELAY, clock());
      const elsewhere = row.network === ELSEWHERE ? failures.wait('wrong_proof', network) : 0;
      return Math.max(account, elsewhere);
    },
    async wrong(username, network) {
      const row = await countedAt(username, network);
      const { count, lastAt } = oneMore(failuresOf(row), ACCOUNT_DELAY, clock());
      await write({ ...row, failures: count, failed_at: lastAt });
      if (row.network === ELSEWHERE) failures.failed('wrong_proof', network);
    },
    async right(username, network) {
      if (!isTold(network)) return;
      const now = clock();
      const row = await countedAt(username, network);
      const isNew = row.network === ELSEWHERE;
      if (!isNew && row.failures === 0 && row.proven_at > now - KNOWN_AGAIN_MS) return;
      const own = { folded_name: foldName(username), network: pseudonym(username, network) };
      await write({ ...own, failures: 0, failed_at: 0, proven_at: now });
      if (!isNew) return;
      const known = await rows()
        .where({ folded_name: own.folded_name })
        .whereNot({ network: ELSEWHERE })
        .orderBy('proven_at', 'desc')
        .pluck('network');
      await rows()
        .where({ folded_name: own.folded_name })
        .whereIn('network', known.slice(KNOWN_MAX))
        .delete();
    },
    async forget(username) {
      await rows()
        .where({ folded_name: foldName(username) })
        .delete();
    },
  };
}
