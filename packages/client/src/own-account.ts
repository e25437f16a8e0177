import { randomBytes } from 'node:crypto';
import { importPublicKey, oaep256Encrypt } from '@secure-chat/crypto/rsa';
import { checkPassword } from './account-rules.ts';
import type { OwnSession } from './chat.ts';
import { ClientError } from './client-error.ts';
import { createTurns } from './in-turn.ts';
import type { Profile } from './profile/profile.ts';
import {
  getRegisterChallenge,
  getSessions,
  postDelete,
  postEndSessions,
  postPassword,
  postPresence,
} from './requests.ts';
import type { Session } from './session.ts';
import { notAServer, TransportError, toClientError } from './transport-error.ts';

/** What a person does to an account at the server. All of it throws ClientError offline where that does not answer. */
export interface OwnAccount {
  /** Sessions that are open, the one used last first. Throws ClientError refused where the server has no such list. */
  sessions(): Promise<OwnSession[]>;
  /** Throws ClientError refused for one that is open no more. */
  endSession(id: string): Promise<void>;
  /** Ends all sessions but this one. */
  endOtherSessions(): Promise<void>;
  /**
   * Another password for the profile, and another secret for the server, which ends all other sessions. False where the server
   * cannot replace a secret: then the password alone has changed. Throws ClientError: wrong_password, weak_password.
   */
  changePassword(current: string, next: string): Promise<boolean>;
  /** Deletes the account, for ever. Throws ClientError: wrong_password, refused where the server cannot. */
  deleteAccount(password: string): Promise<void>;
}

export function createOwnAccount(options: {
  profile: Profile;
  session: Session;
  server: string;
}): OwnAccount {
  const { profile, session, server } = options;
  const inTurn = createTurns();

  async function asked<T>(work: () => Promise<T>, notFound: string): Promise<T> {
    return work().catch((error: unknown) => {
      if (isNotFound(error)) throw new ClientError('refused', notFound, { cause: error });
      throw toClientError(error);
    });
  }

  /** Secrets for the server's eyes, with a nonce of its. */
  async function sealed(...secrets: readonly string[]): Promise<{ nonce: string; payload: string }> {
    const { public_key, nonce } = await session.request(getRegisterChallenge);
    const serverKey = importPublicKey(public_key);
    if (!serverKey) throw notAServer(server);
    return { nonce, payload: oaep256Encrypt(serverKey, [...secrets, nonce].join('|')) };
  }

  /** Has the server take the secret in place of the one that it has. False where it knows no such request. */
  async function replaceSecret(next: string): Promise<boolean> {
    const body = await sealed(profile.identity.get().loginSecret, next);
    try {
      await session.request(postPassword(body));
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      // An earlier attempt has arrived, though its answer did not.
      if (!isWrongSecret(error)) throw error;
      await session.end();
      await session.request(postPresence);
      if (profile.identity.get().nextSecret !== null) throw error;
      return true;
    }
  }

  /**
   * The new secret is on the disk before the server hears of it, and the one of before until it has: whenever this ends, one of
   * the two opens the next session. It is the same one until it is taken, since an attempt may arrive late.
   */
  async function change(current: string, next: string): Promise<boolean> {
    const rewrap = await profile.rewrap(current, next);
    const before = profile.identity.get();
    const nextSecret = before.nextSecret ?? randomBytes(32).toString('hex');
    if (before.nextSecret === null) profile.identity.put({ ...before, nextSecret });
    const replaced = await replaceSecret(nextSecret);
    profile.transaction(() => {
      const identity = profile.identity.get();
      profile.identity.put(
        replaced
          ? { ...identity, loginSecret: nextSecret, nextSecret: null }
          : { ...identity, nextSecret: before.nextSecret },
      );
      rewrap();
    });
    profile.sweep();
    return replaced;
  }

  /** That it was asked for is on the disk before the server hears of it: the answer may be lost, and the next sign-in finds out. */
  async function remove(password: string): Promise<void> {
    await profile.assertPassword(password);
    if (profile.identity.get().deletion === 'done') return;
    const note = (deletion: 'asked' | 'done' | null): void =>
      profile.identity.put({ ...profile.identity.get(), deletion });
    note('asked');
    try {
      await session.request(postDelete(await sealed(profile.identity.get().loginSecret)));
    } catch (error) {
      if (isDeleted(error)) return;
      if (!mayHaveArrived(error)) note(null);
      throw error;
    }
    note('done');
  }

  return {
    sessions: () =>
      asked(
        () => session.request(getSessions),
        'This server is of an older version, and has no list of sessions.',
      ),
    async endSession(id) {
      await asked(
        () => session.request(postEndSessions({ 'session-id': id })),
        'That session is open no more. Look at the list again.',
      );
    },
    async endOtherSessions() {
      await asked(
        () => session.request(postEndSessions({ others: true })),
        'This server is of an older version, and cannot end other sessions.',
      );
    },
    deleteAccount: (password) =>
      inTurn(() =>
        asked(
          () => remove(password),
          'This server is of an older version, and cannot delete an account. Ask who runs it.',
        ),
      ),
    changePassword: (current, next) =>
      inTurn(async () => {
        const weakness = checkPassword(next);
        if (weakness !== null) throw new ClientError('weak_password', weakness);
        return change(current, next).catch((error: unknown) => {
          throw toClientError(error);
        });
      }),
  };
}

const isNotFound = (error: unknown): boolean => error instanceof TransportError && error.code === 'not_found';

const isDeleted = (error: unknown): boolean =>
  error instanceof ClientError && error.code === 'account_deleted';

/** Whether the server may have done what was asked, since it did not say that it has not. */
const mayHaveArrived = (error: unknown): boolean =>
  error instanceof TransportError && error.retryable && (error.status === null || error.status >= 500);

const isWrongSecret = (error: unknown): boolean =>
  error instanceof TransportError && error.code === 'wrong_password';
