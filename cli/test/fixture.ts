import type { KeyObject } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { makePrivateKey } from '@secure-chat/client/account';
import { type ChatClient, createAccount, signIn } from '@secure-chat/client/chat-client';
import { startStack } from '@secure-chat/stack/stack';
import { runChat, type World } from '../src/chat.ts';

export const PASSWORD = 'correct horse';

/** Making an RSA key takes a second: one a user of this file. */
const keys = new Map<string, Promise<KeyObject>>();
function keyOf(username: string): Promise<KeyObject> {
  const known = keys.get(username);
  if (known) return known;
  const made = makePrivateKey();
  keys.set(username, made);
  return made;
}

/** Cheap enough for a test; the real cost has tests of its own. */
const QUICK = {
  kdfCost: { memoryKib: 64, passes: 1, lanes: 1 },
  timing: { retryMs: 50, retryMaxMs: 200, graceMs: 500 },
};

export interface Run {
  readonly code: number;
  /** Lines of stdout. */
  readonly lines: readonly string[];
  readonly errors: string;
}

export interface RunOptions {
  readonly stdin?: Readable;
  readonly password?: string;
  /** alice, if it is nobody else. */
  readonly username?: string;
  readonly signal?: AbortSignal;
  /** That of the fixture, if it is no other; null for none given. */
  readonly server?: string | null;
  readonly part?: Partial<World>;
  /** Gets each piece of stdout. */
  readonly onOutput?: (text: string) => void;
}

export interface Fixture {
  readonly server: string;
  readonly folder: string;
  /** A signed-in client of a new account, which accepts whoever writes first, and is closed in the end. */
  enrol(username: string): Promise<ChatClient>;
  /** The same, of an account that `chat` uses: closed at once. */
  account(username: string): Promise<void>;
  open(username: string): Promise<ChatClient>;
  profileOf(username: string): string;
  /** One command in this process. */
  chat(args: readonly string[], options?: RunOptions): Promise<Run>;
  close(): Promise<void>;
}

/** A whole system, and `chat` on it. */
export async function createFixture(): Promise<Fixture> {
  const folder = await mkdtemp(join(tmpdir(), 'chat-'));
  const stack = await startStack({
    dataDir: join(folder, 'data'),
    host: '127.0.0.1',
    port: 0,
    logLevel: 'silent',
  });
  const clients: ChatClient[] = [];
  const profileOf = (username: string): string => join(folder, 'secure-chat', username);
  const options = (username: string) => ({
    server: stack.url,
    username,
    profile: profileOf(username),
    password: PASSWORD,
  });
  const make = (username: string) =>
    createAccount(
      { ...options(username), requests: 'accept' },
      { ...QUICK, makePrivateKey: () => keyOf(username) },
    );
  const kept = (client: ChatClient): ChatClient => {
    clients.push(client);
    return client;
  };
  return {
    server: stack.url,
    folder,
    profileOf,
    enrol: async (username) => kept(await make(username)),
    account: async (username) => (await make(username)).close(),
    open: async (username) => kept(await signIn(options(username), QUICK)),
    async chat(args, given = {}) {
      const { password = PASSWORD, onOutput } = given;
      const stdout = new PassThrough();
      let written = '';
      let errors = '';
      stdout.setEncoding('utf8').on('data', (text: string) => {
        written += text;
        onOutput?.(text);
      });
      const server = given.server === null ? [] : ['--server', given.server ?? stack.url];
      const account = [...server, '--username', given.username ?? 'alice'];
      const code = await runChat([...args, ...account], {
        env: { XDG_DATA_HOME: folder },
        cwd: folder,
        stdin: given.stdin ?? Readable.from([]),
        stdout,
        watchReader: () => () => undefined,
        stderr: {
          write(text) {
            errors += text;
          },
        },
        passwords: {
          keyring: { lookUp: async () => null, store: async () => undefined },
          openPrompt: () => ({ ask: async () => password }),
        },
        accounts: {
          createAccount: (account) => createAccount(account, QUICK),
          signIn: (account) => signIn(account, QUICK),
        },
        signal: given.signal ?? new AbortController().signal,
        ...given.part,
      });
      return { code, lines: written.split('\n').slice(0, -1), errors };
    },
    async close() {
      for (const client of clients) await client.close();
      await stack.close();
      await rm(folder, { recursive: true });
    },
  };
}
