import { ask, post, type Reply } from './http.ts';
import { loginProof, openOaep256, passwordHash, sealOaep256, type V1KeyPair } from './primitives.ts';
import { pythonJson } from './python-json.ts';
import { bodyOf, textMember } from './reading.ts';
import { createSession, type V1Session } from './session.ts';

/** What a v1 user keeps at home. */
export type V1Account = { username: string; password: string; keys: V1KeyPair };

/** An invitation to register: the server's public key and a nonce of 32 hex characters. */
export type RegisterChallenge = { publicKey: string; nonce: string };

/** `GET /chat/auth/register-challenge`. */
export async function fetchRegisterChallenge(url: string): Promise<RegisterChallenge> {
  const body = bodyOf(await ask(url, { method: 'GET', path: '/chat/auth/register-challenge' }));
  return { publicKey: textMember(body, 'public_key'), nonce: textMember(body, 'nonce') };
}

/** The body of a registration, for a test to bend before it is sent. */
export function registration(account: V1Account, challenge: RegisterChallenge) {
  const secret = `${passwordHash(account.password)}|${challenge.nonce}`;
  return {
    username: account.username,
    'public-key': account.keys.publicPem,
    nonce: challenge.nonce,
    payload: sealOaep256(challenge.publicKey, secret),
  };
}

/** Registers, and hands out whatever the server said. */
export async function register(url: string, account: V1Account): Promise<Reply> {
  const body = registration(account, await fetchRegisterChallenge(url));
  return post(url, '/chat/auth/register', pythonJson(body));
}

/** `POST /chat/auth/login-challenge`: whatever the server said. */
export function askLoginChallenge(url: string, username: string): Promise<Reply> {
  return post(url, '/chat/auth/login-challenge', pythonJson({ username }));
}

/** The nonce of a login challenge, read with the user's private key. */
export async function fetchLoginNonce(url: string, account: V1Account): Promise<string> {
  const challenge = textMember(bodyOf(await askLoginChallenge(url, account.username)), 'challenge');
  return openOaep256(account.keys.privateKey, challenge).split('|')[0] ?? '';
}

/** The body of a login that answers this nonce. */
export function loginAnswer(account: V1Account, nonce: string) {
  const proof = loginProof(passwordHash(account.password), nonce);
  return { username: account.username, challenge_response: nonce, proof };
}

/** Logs in as v1 does: no session id is read. Throws when the server refuses. */
export async function login(url: string, account: V1Account): Promise<V1Session> {
  return sessionIn(url, account, await freshLogin(url, account));
}

/** Logs in and reads the public session id too, which is what newer clients send back. */
export async function loginWithId(url: string, account: V1Account) {
  const body = await freshLogin(url, account);
  return { session: sessionIn(url, account, body), sessionId: textMember(body, 'session-id') };
}

async function freshLogin(url: string, account: V1Account): Promise<unknown> {
  const answer = loginAnswer(account, await fetchLoginNonce(url, account));
  return bodyOf(await post(url, '/chat/auth/login', pythonJson(answer)));
}

function sessionIn(url: string, account: V1Account, body: unknown): V1Session {
  return createSession(url, openOaep256(account.keys.privateKey, textMember(body, 'session-key')));
}
