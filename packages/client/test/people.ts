import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import {
  type ChatClient,
  type Conditions,
  createAccount,
  type Message,
  type RequestsMode,
  signIn,
} from '../src/chat-client.ts';
import { QUICK } from './quick.ts';

export const PASSWORD = 'correct horse battery';

/**
 * Clients of one server with their profiles; `end` closes and removes all of them. Whoever writes first is accepted, unless the test
 * is about that.
 */
export async function gatherPeople(server: () => string, requests: RequestsMode = 'accept') {
  const root = await mkdtemp(join(tmpdir(), 'secure-chat-client-'));
  const clients = new Set<ChatClient>();
  const profileOf = (name: string): string => join(root, name);
  const options = (username: string, mode = requests) => ({
    server: server(),
    profile: profileOf(username),
    username,
    password: PASSWORD,
    requests: mode,
  });
  const keep = (client: ChatClient): ChatClient => {
    clients.add(client);
    return client;
  };
  return {
    root,
    profileOf,
    options,
    join: async (name: string, conditions: Partial<Conditions> = {}) =>
      keep(await createAccount(options(name), { ...QUICK, ...conditions })),
    back: async (name: string, conditions: Partial<Conditions> = {}, mode = requests) =>
      keep(await signIn(options(name, mode), { ...QUICK, ...conditions })),
    async end() {
      await Promise.all([...clients].map((client) => client.close()));
      await rm(root, { recursive: true, force: true });
    },
  };
}

export type People = Awaited<ReturnType<typeof gatherPeople>>;

/** The conversation as `state text`, oldest first. */
export const states = (client: ChatClient, contact: string): string[] =>
  client.messages(contact, { limit: 1_000 }).map(({ state, text }: Message) => `${state} ${text}`.trim());

/** The same, where it does not matter what the contact says of what was sent. */
export const lines = (client: ChatClient, contact: string): string[] =>
  states(client, contact).map((line) => line.replace(/^(delivered|read) /, 'sent '));

export const eventually = (check: () => void): Promise<void> =>
  vi.waitFor(check, { timeout: 10_000, interval: 5 });
