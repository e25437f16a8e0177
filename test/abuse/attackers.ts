import { mustRegister, newAccount } from '../contract/people.ts';
import { login, loginWithId } from '../v1-client/account.ts';
import { loginV2 } from '../v2-client/session.ts';

/** A user of the attacker's own, with sessions of both kinds. */
export interface Attacker {
  readonly name: string;
  /** Sign a body, v1 with the session's id. */
  headers(body: string): Record<string, string>;
  headersV2(method: string, path: string, body: string): Record<string, string>;
}

export async function createAttackers(url: string, count: number): Promise<Attacker[]> {
  const attackers: Attacker[] = [];
  while (attackers.length < count) {
    const account = await mustRegister(url, newAccount('abuse'));
    const { session, sessionId } = await loginWithId(url, account);
    const v2 = await loginV2(url, account);
    attackers.push({
      name: account.username,
      headers: (body) => ({ ...session.headers(body), 'X-Session-Id': sessionId }),
      headersV2: (method, path, body) => v2.headers({ method, path, body }),
    });
  }
  return attackers;
}

/** Users among whom many sessions are spread. */
const USERS = 10;

/** Opens v1 sessions that nobody uses. */
export async function openSessions(url: string, count: number): Promise<void> {
  for (let user = 0; user < USERS; user++) {
    const account = await mustRegister(url, newAccount('abuse'));
    for (let opened = 0; opened < count / USERS; opened++) await login(url, account);
  }
}
