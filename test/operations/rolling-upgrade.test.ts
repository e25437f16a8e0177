import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChatClient, createAccount } from '@secure-chat/client/chat-client';
import { expect, onTestFinished, test, vi } from 'vitest';
import { mustRegister, newAccount } from '../contract/people.ts';
import { freePort, type ServiceProcess, startServiceProcess } from '../contract/service-process.ts';
import { login, register } from '../v1-client/account.ts';
import type { Reply } from '../v1-client/http.ts';
import { bodyOf, listOf, member, textMember } from '../v1-client/reading.ts';
import { startBalancer } from './balancer.ts';

/** Milliseconds for a client to come back after the last restart: its pauses double up to 10 s. */
const BACK_MS = 60_000;
/** Milliseconds between two tries of a v1 client, as it polls once a second. */
const AGAIN_MS = 100;
/** Cheap enough for a test; the real cost has its own. */
const QUICK = { kdfCost: { memoryKib: 64, passes: 1, lanes: 1 } };

/** Two of each that there may be two of: who restarts one after the other is never without. */
async function startSystem() {
  const dataDir = await mkdtemp(join(tmpdir(), 'rolling-'));
  const services = new Map<string, ServiceProcess>();
  const environments = new Map<string, Record<string, string>>();
  const start = async (name: string, folder: string, more: Record<string, string> = {}): Promise<string> => {
    const environment = {
      DATA_DIR: dataDir,
      LOG_LEVEL: 'warn',
      LIMITS: 'off',
      PORT: String(await freePort()),
      ...more,
    };
    const service = await startServiceProcess(folder, environment);
    services.set(name, service);
    environments.set(name, environment);
    return service.url;
  };
  const AUTH_URL = await start('auth', 'services/auth');
  const DIRECTORY_URL = await start('directory', 'services/directory');
  const relays = [await start('relay 1', 'services/relay'), await start('relay 2', 'services/relay')];
  const upstreams = { AUTH_URL, DIRECTORY_URL, RELAY_URL: relays.join() };
  const gateways = [
    await start('gateway 1', 'gateway', upstreams),
    await start('gateway 2', 'gateway', upstreams),
  ];
  return {
    gateways,
    names: [...services.keys()],
    /** As a new version is put in the place of the old one. `stop` rejects unless it ended in time, without an error in its log. */
    async replace(name: string): Promise<void> {
      const old = services.get(name);
      const environment = environments.get(name);
      if (!old || !environment) throw new Error(`there is no ${name}`);
      await old.stop();
      services.set(name, await startServiceProcess(old.folder, environment));
    },
    async stop(): Promise<void> {
      for (const service of [...services.values()].reverse()) await service.stop();
      await rm(dataDir, { recursive: true });
    },
  };
}

/** Something that goes on until it is told to stop, one after another. */
function keepDoing(act: (count: number) => Promise<void>) {
  let stopping = false;
  let done = 0;
  const running = (async () => {
    while (!stopping) {
      await act(done);
      done += 1;
    }
  })();
  // Seen by whoever stops it.
  running.catch(() => {});
  return {
    done: () => done,
    async stop(): Promise<number> {
      stopping = true;
      await running;
      return done;
    },
  };
}

/** What a v1 client sees: no answer, or one that says to come again, and it asks again until it is answered. */
function createPatience() {
  const failures: string[] = [];
  return {
    failures,
    async ask(send: () => Promise<Reply>): Promise<Reply> {
      for (;;) {
        const answer = await send().catch((error: unknown) => String(error));
        if (typeof answer !== 'string' && answer.status !== 503) return answer;
        failures.push(typeof answer === 'string' ? answer : answer.text);
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    },
  };
}

test('each process is replaced by another under load, and nobody loses a message or sees a request fail for good', async () => {
  const system = await startSystem();
  onTestFinished(() => system.stop());
  const balancer = await startBalancer(system.gateways);
  onTestFinished(() => balancer.close());
  const profiles = await mkdtemp(join(tmpdir(), 'rolling-profiles-'));
  onTestFinished(() => rm(profiles, { recursive: true }));
  const { url } = balancer;

  const enrol = async (username: string): Promise<ChatClient> => {
    const profile = join(profiles, username);
    const client = await createAccount(
      { server: url, profile, username, password: 'a long password' },
      QUICK,
    );
    onTestFinished(() => client.close());
    return client;
  };
  const ada = await enrol('ada');
  const ben = await enrol('ben');
  const reader = await mustRegister(url, newAccount());
  const writer = await mustRegister(url, newAccount());
  const [reading, writing] = [await login(url, reader), await login(url, writer)];

  /** Both of ours write, each the next one when the last one has left. */
  const chat = (from: ChatClient, to: ChatClient) =>
    keepDoing(async (count) => {
      const { id } = from.send(to.username, `${from.username} ${count}`);
      const state = () => from.messages(to.username, { after: id - 1, limit: 1 })[0]?.state;
      await vi.waitFor(() => expect(state()).not.toBe('queued'), { timeout: BACK_MS, interval: 5 });
    });
  const v1 = createPatience();
  const received: string[] = [];
  const poll = async (): Promise<void> => {
    const answer = await v1.ask(() => reading.get('/chat/messages'));
    expect(answer.status).toBe(200);
    for (const message of listOf(member(bodyOf(answer), 'messages')))
      received.push(textMember(message, 'id'));
  };
  const idOf = (count: number): string => `message-${String(count).padStart(16, '0')}`;
  const loads = {
    ada: chat(ada, ben),
    ben: chat(ben, ada),
    polls: keepDoing(poll),
    sends: keepDoing(async (count) => {
      const body = { message: 'v1', id: idOf(count) };
      const answer = await v1.ask(() => writing.post(`/chat/${reader.username}/send`, body));
      expect(answer.status).toBe(200);
    }),
    logins: keepDoing(async () => {
      const session = await login(url, reader).catch(() => null);
      if (session) expect((await v1.ask(() => session.post('/chat/auth/logout'))).status).toBe(200);
    }),
    keys: keepDoing(async () => {
      const answer = await v1.ask(() => writing.get(`/chat/${reader.username}/publickey`));
      expect(answer.status).toBe(200);
    }),
  };
  const counts = () => Object.entries(loads).map(([name, load]) => [name, load.done()] as const);

  for (const name of system.names) {
    const before = new Map(counts());
    await system.replace(name);
    // Everything goes on with the new one, not only until the old one ended.
    await vi.waitFor(
      () => {
        for (const [load, done] of counts())
          expect(done, `${load}, ${name}`).toBeGreaterThan((before.get(load) ?? 0) + 2);
      },
      { timeout: BACK_MS },
    );
  }
  const registered = await register(url, newAccount());
  expect(registered.status).toBe(200);

  const sent = { ada: await loads.ada.stop(), ben: await loads.ben.stop(), v1: await loads.sends.stop() };
  await Promise.all([loads.polls.stop(), loads.logins.stop(), loads.keys.stop()]);
  const texts = (of: ChatClient, contact: string): string[] =>
    of
      .messages(contact, { limit: 100_000 })
      .filter(({ sender, state }) => sender === contact && state !== 'note')
      .map(({ text }) => text);
  const all = (name: string, count: number): string[] =>
    Array.from({ length: count }, (_, at) => `${name} ${at}`);
  const soon = { timeout: BACK_MS };
  await vi.waitFor(() => expect(texts(ben, 'ada')).toEqual(all('ada', sent.ada)), soon);
  await vi.waitFor(() => expect(texts(ada, 'ben')).toEqual(all('ben', sent.ben)), soon);
  const wanted = Array.from({ length: sent.v1 }, (_, count) => idOf(count));
  await vi.waitFor(async () => {
    await poll();
    // Who repeats a send whose answer was lost may have written it twice, under one id.
    expect([...new Set(received)]).toEqual(wanted);
  }, soon);
}, 300_000);
