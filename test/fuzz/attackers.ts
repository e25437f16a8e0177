import { mustRegister, newAccount } from '../contract/people.ts';
import { login, loginWithId, type V1Account } from '../v1-client/account.ts';
import { loginV2 } from '../v2-client/session.ts';
import type { Draft } from './draft.ts';

/** A user whose requests are bent, with a session for each way to sign. */
export interface Attacker {
  readonly account: V1Account;
  /** The headers that sign a draft as it is now. */
  sign(draft: Draft): Promise<Record<string, string>>;
  /** One of the sessions has ended, as it may by what is sent: another one is opened. */
  ended(signing: Draft['signing']): void;
}

/** Registers a new user. */
export async function createAttacker(url: string): Promise<Attacker> {
  const account = await mustRegister(url, newAccount('fuzz'));
  let v1: ReturnType<typeof login> | null = null;
  let named: ReturnType<typeof loginWithId> | null = null;
  let v2: ReturnType<typeof loginV2> | null = null;
  return {
    account,
    async sign({ method, target, body, signing }) {
      if (signing === 'none') return {};
      if (signing === 'v1') {
        v1 ??= login(url, account);
        return (await v1).headers(body);
      }
      if (signing === 'v2') {
        v2 ??= loginV2(url, account);
        return (await v2).headers({ method, path: target, body });
      }
      named ??= loginWithId(url, account);
      const { session, sessionId } = await named;
      return { ...session.headers(body), 'X-Session-Id': sessionId };
    },
    ended(signing) {
      if (signing === 'v1') v1 = null;
      if (signing === 'v1 with its id') named = null;
      if (signing === 'v2') v2 = null;
    },
  };
}
