import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChatClient } from '../../src/chat-client.ts';
import { BATCHES_MAX, type Batch, createEarly, RESTS_MS, SENDERS_MAX } from '../../src/early.ts';
import { openProfile, type Profile } from '../../src/profile/profile.ts';
import { posted } from '../e2ee/people.ts';
import { type FakeServer, startFakeServer } from '../fake-server.ts';
import { eventually, gatherPeople, lines, PASSWORD, type People } from '../people.ts';
import { QUICK } from '../quick.ts';

let server: FakeServer;
let people: People;
let alice: ChatClient;
beforeEach(async () => {
  server = await startFakeServer({ modern: true, streaming: true });
  people = await gatherPeople(() => server.url);
  alice = await people.join('alice');
});
afterEach(async () => {
  await people.end();
  await server.stop();
});

/** Bob, who waits so long for keys, and what he is shown. The server keeps the exchanges with him back. */
async function joinBob(earlyMs: number) {
  const kept: Record<string, unknown>[] = [];
  const shown: string[] = [];
  server.setLoss((to, { verb, ...record }) => {
    const isExchange = to === 'bob' && verb === 'keyexchange';
    if (isExchange) kept.push(record);
    return isExchange;
  });
  const bob = await people.join('bob', { timing: { ...QUICK.timing, earlyMs } });
  bob.on((event) => {
    if (event.kind === 'message') shown.push(`${event.message.state} ${event.message.text}`.trim());
  });
  const releaseKeys = (): void => {
    for (const record of kept) server.deliverKey('bob', record);
  };
  return { bob, shown, releaseKeys };
}

async function send(...texts: string[]): Promise<void> {
  for (const text of texts) alice.send('bob', text);
  await eventually(() => expect(alice.status('bob').queued).toBe(0));
}

describe('a message that has overtaken its key exchange', () => {
  it('waits for it, and is never shown as one that cannot be read', async () => {
    const { shown, releaseKeys } = await joinBob(60_000);
    await send('early', 'next');
    expect(shown).toEqual([]);
    releaseKeys();
    await eventually(() => expect(shown).toEqual(['received early', 'received next']));
    await eventually(() => expect(server.user('bob').messages).toEqual([]));
  });

  it('is shown so when the exchange does not come, and read when it does', async () => {
    const { bob, shown, releaseKeys } = await joinBob(20);
    await send('early', 'next');
    await eventually(() => expect(shown).toEqual(['undecryptable', 'undecryptable']));
    releaseKeys();
    await eventually(() => expect(lines(bob, 'alice')).toEqual(['received early', 'received next']));
  });

  it('and whose stream ends meanwhile comes again with the next one', async () => {
    const { shown, releaseKeys } = await joinBob(60_000);
    await send('early');
    server.push('bob', null);
    releaseKeys();
    await eventually(() => expect(shown).toEqual(['received early']));
  });
});

describe('batches of the stream', () => {
  let profile: Profile;
  let early: Batch;
  let now: number;
  beforeEach(async () => {
    const { bob } = await joinBob(20);
    await send('early');
    await bob.close();
    profile = await openProfile(people.profileOf('bob'), PASSWORD);
    early = batchOf('alice', posted(server, 'send')[0]?.message ?? '');
    now = 0;
  });
  afterEach(() => profile.close());

  const record = { id: 'i'.repeat(22), seq: 0, timestamp: '2026-11-25T10:00:00.000000+00:00' };
  const batchOf = (sender: string, message: string): Batch => ({
    events: [{ name: 'message', data: { sender, message, ...record } }],
    cursor: message.slice(-8),
  });
  const keys: Batch = {
    events: [{ name: 'key', data: { sender: 'Alice', encrypted_key: 'v2.AAAA', ...record } }],
    cursor: undefined,
  };

  /** What comes out of a source that gives these and then nothing, as far as it is read for the first one. */
  async function first(batches: readonly Batch[], by = createEarly({ profile, now: () => now, earlyMs: 1 })) {
    let taken = 0;
    async function* source(): AsyncGenerator<Batch> {
      for (const batch of batches) {
        taken += 1;
        yield batch;
      }
      taken += 1;
      await new Promise(() => undefined);
    }
    const { value } = await by.joined(source()).next();
    return { events: value?.events.length, cursor: value?.cursor, taken };
  }

  it('are joined up to the exchange, with the last cursor', async () => {
    const other = batchOf('carol', 'v1');
    const patient = createEarly({ profile, now: () => now, earlyMs: 60_000 });
    expect(await first([early, other, keys, other], patient)).toEqual({
      events: 3,
      cursor: other.cursor,
      taken: 3,
    });
  });

  it('that are whole are given at once', async () => {
    expect(await first([batchOf('carol', 'v1'), keys])).toMatchObject({ events: 1, taken: 1 });
    expect(await first([{ ...early, events: [...keys.events, ...early.events] }, keys])).toMatchObject({
      taken: 1,
    });
  });

  it(`are joined ${BATCHES_MAX} at most`, async () => {
    const patient = createEarly({ profile, now: () => now, earlyMs: 60_000 });
    const many = Array.from({ length: 2 * BATCHES_MAX }, () => early);
    expect(await first(many, patient)).toMatchObject({ events: BATCHES_MAX, taken: BATCHES_MAX });
  });

  it('wait once a minute for a sender whose keys did not come, and go on waiting for others', async () => {
    const by = createEarly({ profile, now: () => now, earlyMs: 1 });
    expect(await first([early], by)).toMatchObject({ events: 1, taken: 2 });
    now = RESTS_MS - 1;
    expect(await first([early], by)).toMatchObject({ events: 1, taken: 1 });
    const [message] = early.events;
    const ofCarol = message?.name === 'message' ? batchOf('carol', message.data.message) : early;
    expect(await first([ofCarol], by)).toMatchObject({ events: 1, taken: 2 });
    now = RESTS_MS;
    expect(await first([early], by)).toMatchObject({ taken: 2 });
  });

  it(`remember ${SENDERS_MAX} such senders`, async () => {
    const by = createEarly({ profile, now: () => now, earlyMs: 1 });
    const [event] = early.events;
    const message = event?.name === 'message' ? event.data.message : '';
    const names = Array.from({ length: SENDERS_MAX - 1 }, (_, index) => `carol${index}`);
    const all = { ...early, events: names.flatMap((name) => batchOf(name, message).events) };
    for (const batch of [all, early]) expect(await first([batch], by)).toMatchObject({ taken: 2 });
    for (const batch of [all, early]) expect(await first([batch], by)).toMatchObject({ taken: 1 });
    expect(await first([batchOf('dave', message)], by)).toMatchObject({ taken: 2 });
    expect(await first([early], by)).toMatchObject({ taken: 2 });
  });
});
