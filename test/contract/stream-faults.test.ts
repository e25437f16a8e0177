import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { login } from '../v1-client/account.ts';
import { expectBody, expectOk } from './expectations.ts';
import { newPerson, type Person } from './people.ts';
import { freePort, type ServiceProcess, startServiceProcess } from './service-process.ts';
import { openStream } from './stream-reader.ts';

const OK = { status: 'OK' };
/** A bound, not an expectation. */
const SOON = { timeout: 10_000, interval: 10 };

/** Two relays and two gateways, each a process that can be stopped, killed and started again. */
async function startProcesses() {
  const dataDir = await mkdtemp(join(tmpdir(), 'secure-chat-streams-'));
  const running = new Set<ServiceProcess>();
  const begin = async (folder: string, more: Record<string, string> = {}) => {
    const service = await startServiceProcess(folder, { DATA_DIR: dataDir, LOG_LEVEL: 'warn', ...more });
    running.add(service);
    return service;
  };
  const [auth, directory] = [await begin('services/auth'), await begin('services/directory')];
  const ports = [String(await freePort()), String(await freePort())] as const;
  const beginRelay = (index: 0 | 1) => begin('services/relay', { PORT: ports[index] });
  const relays: [ServiceProcess, ServiceProcess] = [await beginRelay(0), await beginRelay(1)];
  const beginGateway = () =>
    begin('gateway', {
      AUTH_URL: auth.url,
      DIRECTORY_URL: directory.url,
      RELAY_URL: ports.map((port) => `http://127.0.0.1:${port}`).join(),
    });
  return {
    relays,
    async startRelay(index: 0 | 1) {
      relays[index] = await beginRelay(index);
    },
    beginGateway,
    gateway: await beginGateway(),
    otherGateway: await beginGateway(),
    async stop() {
      for (const service of running) await service.kill();
      await rm(dataDir, { recursive: true });
    },
  };
}

describe('streams, when processes come and go', { timeout: 60_000 }, () => {
  let processes: Awaited<ReturnType<typeof startProcesses>>;
  beforeAll(async () => {
    processes = await startProcesses();
  }, 60_000);
  afterAll(() => processes.stop());

  const send = async (from: Person, to: Person, message: string) =>
    vi.waitFor(
      async () => expectBody(await from.session.post(`/chat/${to.name}/send`, { message }), OK),
      SOON,
    );

  it('are spread over relays, and handed over without loss when one is told to stop', async () => {
    const { relays, startRelay, gateway } = processes;
    const [ann, bob] = [await newPerson(gateway), await newPerson(gateway)];
    const sessions = [bob.session, await login(gateway.url, bob.account)];
    const streams = await Promise.all(
      sessions.map((session) => openStream(gateway, session, { presence: '' })),
    );
    for (const stream of streams) await stream.until('live');
    await send(ann, bob, '1');
    for (const stream of streams) await stream.until('message', { message: '1' });

    const stopped = performance.now();
    await relays[0].stop();
    expect(performance.now() - stopped).toBeLessThan(4_500);
    await vi.waitFor(() => expect(streams.filter(({ ended }) => ended)).toHaveLength(1), SOON);
    const ended = streams.findIndex((stream) => stream.ended);
    expect(await streams[ended]?.bye()).toBe('drain');
    const bye = streams[ended]?.events.at(-1);
    expect(bye?.data).toEqual({ reason: 'drain', retry_ms: expect.any(Number) });

    await send(ann, bob, '2');
    const session = sessions[ended];
    if (!session || !bye) throw new Error('no session');
    const again = await openStream(gateway, session, { lastEventId: bye.cursor, presence: '' });
    await again.until('message', { message: '2' });
    expect(again.texts()).toEqual(['2']);
    await streams[1 - ended]?.until('message', { message: '2' });
    await startRelay(0);
  });

  it('end with a bye when their relay is killed, and resume at the other one', async () => {
    const { relays, startRelay, beginGateway } = processes;
    // One that has not seen a relay fail.
    const gateway = await beginGateway();
    const [ann, bob] = [await newPerson(gateway), await newPerson(gateway)];
    const sessions = [bob.session, await login(gateway.url, bob.account)];
    const streams = await Promise.all(
      sessions.map((session) => openStream(gateway, session, { presence: '' })),
    );
    for (const stream of streams) await stream.until('live');
    await relays[0].kill();
    await vi.waitFor(() => expect(streams.filter(({ ended }) => ended)).toHaveLength(1), SOON);
    const lost = streams.findIndex(({ ended }) => ended);
    expect(await streams[lost]?.bye()).toBe('unavailable');
    await send(ann, bob, 'hello');
    await streams[1 - lost]?.until('message', { message: 'hello' });
    const cursor = streams[lost]?.events.at(-1)?.cursor ?? '';
    const again = await openStream(gateway, sessions[lost] ?? bob.session, { cursor, presence: '' });
    await again.until('message', { message: 'hello' });
    expect(again.texts()).toEqual(['hello']);
    await startRelay(0);
  });

  it('end with a bye when the gateway is told to stop, within its time, and with it their user goes offline', async () => {
    const { beginGateway, otherGateway } = processes;
    const gateway = await beginGateway();
    const [ann, bob] = [await newPerson(gateway), await newPerson(gateway)];
    const watching = await openStream(otherGateway, ann.session, { presence: bob.name });
    await watching.until('live');
    const stream = await openStream(gateway, bob.session);
    await watching.until('presence', { username: bob.name, online: true });
    const stopped = performance.now();
    await gateway.stop();
    expect(performance.now() - stopped).toBeLessThan(4_500);
    expect(await stream.bye()).toBe('drain');
    await watching.until('presence', { username: bob.name, online: false });
  });

  it('end with a bye at every gateway when the session ends at one of them', async () => {
    const { gateway, otherGateway } = processes;
    const bob = await newPerson(gateway);
    const streams = [await openStream(gateway, bob.session), await openStream(otherGateway, bob.session)];
    for (const stream of streams) await stream.until('live');
    const ended = performance.now();
    expectOk(await bob.session.post('/chat/auth/logout'));
    for (const stream of streams) {
      expect(await stream.bye()).toBe('session_over');
      expect((stream.events.at(-1)?.at ?? Number.POSITIVE_INFINITY) - ended).toBeLessThan(1_000);
    }
  });

  it('bring ephemerals from any gateway to any relay', async () => {
    const { gateway, otherGateway } = processes;
    const [ann, bob] = [await newPerson(gateway), await newPerson(otherGateway)];
    const sessions = [bob.session, await login(otherGateway.url, bob.account)];
    const streams = await Promise.all(sessions.map((session) => openStream(otherGateway, session)));
    for (const stream of streams) await stream.until('live');
    expectBody(await ann.session.post(`/chat/${bob.name}/ephemeral`, { body: 'typing' }), OK);
    for (const stream of streams) await stream.until('ephemeral', { sender: ann.name, body: 'typing' });
  });

  it('begin after what was acknowledged before every relay was killed', async () => {
    const { relays, startRelay, gateway } = processes;
    const [ann, bob] = [await newPerson(gateway), await newPerson(gateway)];
    await send(ann, bob, '1');
    await send(ann, bob, '2');
    const stream = await openStream(gateway, bob.session);
    const { cursor } = await stream.until('message', { message: '1' });
    expectBody(await bob.session.post('/chat/ack', { cursor }), OK);
    for (const relay of relays) await relay.kill();
    await startRelay(0);
    const again = await vi.waitFor(() => openStream(gateway, bob.session), SOON);
    await again.until('live');
    expect(again.texts()).toEqual(['2']);
  });
});
