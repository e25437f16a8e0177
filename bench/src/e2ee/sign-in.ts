import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { join } from 'node:path';
import { createAccount, signIn } from '@secure-chat/client/chat-client';
import { createVault, openVault } from '@secure-chat/client/profile/vault';
import { oaep256Decrypt, oaep256Encrypt } from '@secure-chat/crypto/rsa';
import { median, round } from '../arithmetic.ts';
import { startServer } from '../server-process.ts';
import type { Person } from './person.ts';
import type { E2eeScale } from './scale.ts';
import { timed, timedAsync } from './timing.ts';

/** Medians in milliseconds. */
export interface SignIn {
  readonly signIns: number;
  /** From the password to the first round of polls, on a server of this machine. */
  readonly whole: number;
  /** Argon2id at the product's cost. */
  readonly kdf: number;
  /** The login challenge and the session key. */
  readonly rsa: number;
  /** From the start of each request to its answer. */
  readonly requests: number;
  /** What is left. */
  readonly rest: number;
}

const PASSWORD = 'correct horse battery';
/** 64 hex characters: the session key that a login answers. */
const SESSION_KEY = 'a'.repeat(64);

export async function measureSignIn(
  { privateKey, publicKey }: Person,
  { signIns }: E2eeScale,
  { dataDir, profileDir }: { readonly dataDir: string; readonly profileDir: string | null },
): Promise<SignIn> {
  const server = await startServer({ module: 'stack', args: [dataDir], profileDir });
  const samples: Record<'whole' | 'kdf' | 'rsa' | 'requests', number[]> = {
    whole: [],
    kdf: [],
    rsa: [],
    requests: [],
  };
  const watch = watchRequests();
  try {
    const profile = join(dataDir, 'sign-in');
    const account = { server: server.url, profile, username: 'bench', password: PASSWORD };
    const made = await createAccount(account, { makePrivateKey: async () => privateKey });
    await made.logout();
    const { vault } = await createVault(PASSWORD);
    const wrapped = oaep256Encrypt(publicKey, SESSION_KEY);
    for (let turn = 0; turn < signIns; turn++) {
      watch.start();
      const client = await timedAsync(samples.whole, () => signIn(account));
      samples.requests.push(watch.milliseconds());
      await client.logout();
      await timedAsync(samples.kdf, () => openVault(vault, PASSWORD));
      timed(samples.rsa, () => {
        oaep256Decrypt(privateKey, wrapped);
        oaep256Decrypt(privateKey, wrapped);
      });
    }
  } finally {
    watch.end();
    await server.close();
  }
  const of = (values: readonly number[]): number => round(median(values), 2);
  const figures = {
    whole: of(samples.whole),
    kdf: of(samples.kdf),
    rsa: of(samples.rsa),
    requests: of(samples.requests),
  };
  const rest = round(figures.whole - figures.kdf - figures.rsa - figures.requests, 2);
  return { signIns, ...figures, rest };
}

/** Sums up how long undici's requests in this process took, by what undici itself tells. */
function watchRequests() {
  const begun = new Map<unknown, number>();
  let sum = 0;
  const requestOf = (message: unknown): unknown =>
    typeof message === 'object' && message !== null ? Reflect.get(message, 'request') : message;
  const onCreate = (message: unknown): void => void begun.set(requestOf(message), performance.now());
  const onAnswer = (message: unknown): void => {
    const start = begun.get(requestOf(message));
    if (start !== undefined) sum += performance.now() - start;
    begun.delete(requestOf(message));
  };
  subscribe('undici:request:create', onCreate);
  subscribe('undici:request:trailers', onAnswer);
  return {
    start(): void {
      sum = 0;
    },
    milliseconds: (): number => sum,
    end(): void {
      unsubscribe('undici:request:create', onCreate);
      unsubscribe('undici:request:trailers', onAnswer);
    },
  };
}
