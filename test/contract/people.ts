import { login, register, type V1Account } from '../v1-client/account.ts';
import { newKeyPair, type V1KeyPair } from '../v1-client/primitives.ts';
import type { V1Session } from '../v1-client/session.ts';
import type { ServerUnderTest } from './server-under-test.ts';

/** A registered user with an open session. */
export type Person = { name: string; account: V1Account; session: V1Session };

// Making RSA keys is the slowest step of a test by far, and no rule says that users may not share one.
const KEY_PAIRS = 4;
const keyPairs: V1KeyPair[] = [];
let made = 0;

/** An account with a name that nobody has, not registered yet. */
export function newAccount(prefix = 'user'): V1Account {
  made += 1;
  const place = made % KEY_PAIRS;
  keyPairs[place] ??= newKeyPair();
  const username = `${prefix}_${made.toString(36)}_${Date.now().toString(36).slice(-5)}`;
  return { username, password: `päss word ${made}`, keys: keyPairs[place] };
}

/** Registers the account; throws when the server refuses. */
export async function mustRegister(url: string, account: V1Account): Promise<V1Account> {
  const reply = await register(url, account);
  if (reply.status !== 200) throw new Error(`${account.username} not registered: ${reply.text}`);
  return account;
}

/** A new user, registered and logged in. */
export async function newPerson(server: ServerUnderTest, prefix?: string): Promise<Person> {
  const account = await mustRegister(server.url, newAccount(prefix));
  return { name: account.username, account, session: await login(server.url, account) };
}
