import { expect } from 'vitest';
import type { ChatClient } from '../../src/chat-client.ts';
import { openProfile, type Profile } from '../../src/profile/profile.ts';
import { type FakeServer, startFakeServer } from '../fake-server.ts';
import { eventually, gatherPeople, lines, PASSWORD, type People, states } from '../people.ts';

/** Alice and Bob on a server that knows protocol v2 and does what a test wants. */
export interface Pair {
  server: FakeServer;
  people: People;
  alice: ChatClient;
  bob: ChatClient;
  end(): Promise<void>;
}

export async function gatherPair(): Promise<Pair> {
  const server = await startFakeServer({ modern: true });
  const people = await gatherPeople(() => server.url);
  return {
    server,
    people,
    alice: await people.join('alice'),
    bob: await people.join('bob'),
    async end() {
      await people.end();
      await server.stop();
    },
  };
}

/** They have written to each other, and each knows that it has arrived. */
export async function introduce({ alice, bob }: Pair): Promise<void> {
  alice.send('bob', 'hello');
  await eventually(() => expect(lines(bob, 'alice')).toContain('received hello'));
  bob.send('alice', 'hello too');
  await eventually(() => expect(states(bob, 'alice')).toContain('delivered hello too'));
  await eventually(() => expect(states(alice, 'bob')).toContain('delivered hello'));
}

export const protection = (client: ChatClient, name: string) =>
  client.contacts().find(({ username }) => username === name)?.protection;

/** What was posted so, as its body: newest last. */
export const posted = (server: FakeServer, verb: 'send' | 'keyexchange'): Record<string, string>[] =>
  server.requests
    .filter(({ path, body }) => path.endsWith(`/${verb}`) && body !== '')
    .map(({ body }) => JSON.parse(body));

/** Rounds of polls of any client that began after this call and ended. */
export async function rounds(server: FakeServer, count = 6): Promise<void> {
  const polls = () => server.requests.filter(({ path }) => path === '/presence').length;
  const before = polls();
  await eventually(() => expect(polls()).toBeGreaterThan(before + count));
}

/** Looks into the profile of somebody whose client is closed. */
export async function inspect<T>(people: People, name: string, look: (profile: Profile) => T): Promise<T> {
  const profile = await openProfile(people.profileOf(name), PASSWORD);
  try {
    return look(profile);
  } finally {
    profile.close();
  }
}
