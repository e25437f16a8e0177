import type { KeyObject } from 'node:crypto';
import { loginProof, passwordHash } from '@secure-chat/crypto/login-proof';
import {
  exportPublicKey,
  generateRsaKeyPair,
  importPublicKey,
  oaep256Decrypt,
  oaep256Encrypt,
  RSA_BITS_MIN,
} from '@secure-chat/crypto/rsa';
import { type HttpClient, textMember } from './http-client.ts';
import { type LoadResult, runLoad } from './load.ts';

export interface User {
  readonly username: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export interface Session {
  readonly user: User;
  readonly sessionKey: string;
  readonly sessionId: string;
  /** Of which kind its requests are signed. */
  readonly signatures: 'v1' | 'v2';
}

const PASSWORD_HASH = passwordHash('a bench password');
/** Registrations and logins in flight. */
const CONCURRENCY = 32;

const json = (body: unknown) => ({
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify(body)),
});

/** Users with fresh keys, made on all cores; no server knows them yet. */
export const makeUsers = (count: number): Promise<User[]> =>
  Promise.all(
    Array.from({ length: count }, async (_, index) => ({
      username: `bench-${index}`,
      ...(await generateRsaKeyPair(RSA_BITS_MIN)),
    })),
  );

/** Users who share one pair of keys: to make one for each of thousands takes minutes, and no message is under them. */
export async function makeAlikeUsers(count: number): Promise<User[]> {
  const keys = await generateRsaKeyPair(RSA_BITS_MIN);
  return Array.from({ length: count }, (_, index) => ({ username: `bench-${index}`, ...keys }));
}

export async function register(http: HttpClient, users: readonly User[]): Promise<void> {
  await eachOf(users, async ({ username, publicKey }) => {
    const challenge = await http.ask({ method: 'GET', path: '/chat/auth/register-challenge' });
    const nonce = textMember(challenge, 'nonce');
    const serverKey = importPublicKey(textMember(challenge, 'public_key'));
    if (!serverKey) throw new Error("the server's key does not parse");
    const payload = oaep256Encrypt(serverKey, `${PASSWORD_HASH}|${nonce}`);
    const body = { username, 'public-key': exportPublicKey(publicKey), nonce, payload };
    await http.ask({ method: 'POST', path: '/chat/auth/register', ...json(body) });
  });
}

export interface Logins {
  readonly sessions: readonly Session[];
  /** The two requests of a login: all challenges first, then all logins. */
  readonly challenges: LoadResult;
  readonly logins: LoadResult;
}

/**
 * Opens `count` sessions, the users in turn. The clients' RSA work stands between the two timed halves: real clients do
 * it each on a machine of its own.
 */
export async function logIn(
  http: HttpClient,
  users: readonly User[],
  count: number,
  signatures: 'v1' | 'v2',
): Promise<Logins> {
  const challenges: string[] = [];
  const keys: { user: User; answer: string }[] = [];
  const userOf = (turn: number): User => pick(users, turn);

  const asked = await runLoad({
    concurrency: CONCURRENCY,
    requests: count,
    warmUp: 0,
    async send(_, turn) {
      const { username } = userOf(turn);
      challenges[turn] = await http.ask({
        method: 'POST',
        path: '/chat/auth/login-challenge',
        ...json({ username }),
      });
    },
  });
  const answers = challenges.map((challenge, turn) => {
    const user = userOf(turn);
    const nonce = opened(user, textMember(challenge, 'challenge')).split('|')[0] ?? '';
    const proof = loginProof(PASSWORD_HASH, nonce);
    return {
      user,
      ...json({
        username: user.username,
        challenge_response: nonce,
        proof,
        ...(signatures === 'v2' && { signatures }),
      }),
    };
  });
  const logins = await runLoad({
    concurrency: CONCURRENCY,
    requests: count,
    warmUp: 0,
    async send(_, turn) {
      const { user, headers, body } = pick(answers, turn);
      const answer = await http.ask({ method: 'POST', path: '/chat/auth/login', headers, body });
      keys.push({ user, answer });
    },
  });
  const sessions = keys.map(({ user, answer }) => ({
    user,
    sessionKey: opened(user, textMember(answer, 'session-key')),
    sessionId: textMember(answer, 'session-id'),
    signatures,
  }));
  return { sessions, challenges: asked, logins };
}

/** The element at an index that wraps round. Throws when there is none. */
export function pick<T>(elements: readonly T[], index: number): T {
  const element = elements[index % elements.length];
  if (element === undefined) throw new RangeError('nothing to pick from');
  return element;
}

function opened(user: User, hex: string): string {
  const text = oaep256Decrypt(user.privateKey, hex);
  if (text === null) throw new Error(`what the server encrypted to ${user.username} does not open`);
  return text;
}

const eachOf = <T>(elements: readonly T[], send: (element: T) => Promise<void>): Promise<LoadResult> =>
  runLoad({
    concurrency: CONCURRENCY,
    requests: elements.length,
    warmUp: 0,
    send: (_, turn) => send(pick(elements, turn)),
  });
