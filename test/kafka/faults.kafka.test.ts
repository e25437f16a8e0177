import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type KafkaCluster, startCluster } from '../../tools/kafka/cluster.ts';
import { type SchemaRegistry, startRegistry } from '../../tools/kafka/registry.ts';
import { expectBody, expectOk, expectRefusal, pollMessages } from '../contract/expectations.ts';
import { newPerson, type Person } from '../contract/people.ts';
import { freePort, type ServiceProcess, startServiceProcess } from '../contract/service-process.ts';
import type { Reply } from '../v1-client/http.ts';
import { member, textMember } from '../v1-client/reading.ts';
import { DEADLY, STEPS, type Step } from './deadly-steps.ts';

/** Bounds, not expectations. */
const SOON = { timeout: 60_000, interval: 100 };
const PROPERTIES = ['broker.session.timeout.ms=3000', 'broker.heartbeat.interval.ms=500'];
const SENDERS = 8;
/** Longer than the broker's session, and than every time-out of ours. */
const STOPPED_MS = 20_000;

describe('the system on Kafka', { timeout: 180_000 }, () => {
  let dataDir: string;
  let cluster: KafkaCluster;
  let registry: SchemaRegistry;
  let environment: Record<string, string>;
  let ports: { relay: string; gateway: string };
  let relay: ServiceProcess;
  let gateway: ServiceProcess;
  const others: ServiceProcess[] = [];
  const server = {
    get url() {
      return gateway.url;
    },
  };

  const startRelay = (module = 'services/relay', more: Record<string, string> = {}) =>
    startServiceProcess(module, { ...environment, PORT: ports.relay, ...more });
  const startGateway = () => {
    const [auth, directory] = others.map(({ url }) => url);
    const urls = {
      AUTH_URL: `${auth}`,
      DIRECTORY_URL: `${directory}`,
      RELAY_URL: `http://127.0.0.1:${ports.relay}`,
    };
    return startServiceProcess('gateway', { ...environment, ...urls, PORT: ports.gateway });
  };

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'secure-chat-faults-'));
    [cluster, registry] = await Promise.all([
      startCluster({ brokers: 1, properties: PROPERTIES }),
      startRegistry(),
    ]);
    ports = { relay: String(await freePort()), gateway: String(await freePort()) };
    environment = {
      DATA_DIR: dataDir,
      LOG_LEVEL: 'warn',
      EVENT_LOG: 'kafka',
      KAFKA_BROKERS: cluster.bootstrap.map(({ host, port }) => `${host}:${port}`).join(),
      SCHEMA_REGISTRY_URL: registry.url,
    };
    others.push(await startServiceProcess('services/auth', environment));
    others.push(await startServiceProcess('services/directory', environment));
    relay = await startRelay();
    gateway = await startGateway();
  }, 180_000);
  afterAll(async () => {
    // Those that a fault has met have logged it: no clean end is asked of them.
    for (const service of [gateway, relay, ...others]) await service?.kill();
    await Promise.all([cluster?.stop(), registry?.stop()]);
    await rm(dataDir, { recursive: true });
  }, 60_000);

  /** Sends with an id until it is acknowledged. Each other answer is a 503 with Retry-After, or none at all. */
  async function sendUntilAcknowledged(
    from: Person,
    to: Person,
    id: string,
    message: string,
  ): Promise<number> {
    for (let attempt = 1; ; attempt++) {
      const reply = await from.session.post(`/chat/${to.name}/send`, { message, id }).catch(() => null);
      if (reply?.status === 200) {
        expectBody(reply, { status: 'OK' });
        return attempt;
      }
      if (reply) expectRefusal(reply, 503);
      expect(attempt).toBeLessThan(2_000);
      if (!reply || attempt % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Polls until a message with this id has come, and one poll more is empty: every record, in the order of the log. */
  async function receiveUntil(person: Person, id: string): Promise<{ id: string; message: string }[]> {
    const records: { id: string; message: string }[] = [];
    await vi.waitFor(async () => {
      const page = await pollMessages(person.session);
      records.push(
        ...page.map((record) => ({ id: textMember(record, 'id'), message: textMember(record, 'message') })),
      );
      expect(page).toEqual([]);
      expect(records.map((record) => record.id)).toContain(id);
    }, SOON);
    return records;
  }

  /** What a client shows: each id once, where it came first. */
  const shown = (records: readonly { id: string; message: string }[]) => [
    ...new Map(records.map(({ id, message }) => [id, message])).values(),
  ];
  const idOf = (name: string) => name.replaceAll(/\W/g, '-').padEnd(24, '_');

  it.each(STEPS)('loses no acknowledged message when the relay is killed %s', async (step: Step) => {
    const [ann, bob] = [await newPerson(server), await newPerson(server)];
    await relay.kill();
    relay = await startRelay('test/kafka/dying-relay.ts', { DIES_AT: step });
    await sendUntilAcknowledged(ann, bob, idOf(`before ${step}`), 'before');
    const first = await ann.session
      .post(`/chat/${bob.name}/send`, { message: DEADLY, id: idOf(step) })
      .catch((): Reply | null => null);
    await relay.gone;
    // Never a success for what may be lost: the log had it before the relay died.
    if (first?.status !== 200 && first) expectRefusal(first, 503);
    if (step !== 'when it is answered') expect(first?.status).not.toBe(200);
    relay = await startRelay();
    if (first?.status !== 200) await sendUntilAcknowledged(ann, bob, idOf(step), DEADLY);
    await sendUntilAcknowledged(ann, bob, idOf(`after ${step}`), 'after');
    const records = await receiveUntil(bob, idOf(`after ${step}`));
    expect(shown(records)).toEqual(['before', DEADLY, 'after']);
  });

  it('keeps sessions over the death of the gateway, and ended ones ended', async () => {
    const [ann, bob] = [await newPerson(server), await newPerson(server)];
    expectOk(await bob.session.post('/chat/auth/logout'));
    await gateway.kill();
    gateway = await startGateway();
    expectOk(await ann.session.get('/chat/users'));
    expectRefusal(await bob.session.get('/chat/users'), 401);
  });

  it('goes on with known schemas while the registry is down, and refuses with 503 where one is not known', async () => {
    const [ann, bob] = [await newPerson(server), await newPerson(server)];
    await sendUntilAcknowledged(ann, bob, idOf('registry up'), 'up');
    await registry.kill();
    const carl = await newPerson(server);
    await sendUntilAcknowledged(carl, bob, idOf('registry down'), 'down');
    // A relay that starts now knows no schema: it waits for them, and takes no request.
    await relay.kill();
    const starting = startRelay();
    expectRefusal(
      await ann.session.post(`/chat/${bob.name}/send`, { message: 'refused', id: idOf('refused') }),
      503,
    );
    await registry.restart();
    relay = await starting;
    await sendUntilAcknowledged(ann, bob, idOf('registry back'), 'back');
    expect(shown(await receiveUntil(bob, idOf('registry back')))).toEqual(['up', 'down', 'back']);
  });

  it('sets a poisoned record aside, says where, and delivers the next one', async () => {
    const [ann, bob] = [await newPerson(server), await newPerson(server)];
    const topic = `user_queue_${bob.name}`;
    const kafka = new Kafka({ brokers: [`${environment.KAFKA_BROKERS}`], logLevel: logLevel.NOTHING });
    const producer = kafka.producer();
    await producer.connect();
    // No Avro, an id that nobody gave, and a tombstone.
    const values = [Buffer.from('poison'), Buffer.from([0, 0, 15, 66, 64, 1, 2, 3]), null];
    await producer.send({ topic, messages: values.map((value) => ({ value })) });
    await producer.disconnect();
    await sendUntilAcknowledged(ann, bob, idOf('after the poison'), 'after the poison');
    expect(shown(await receiveUntil(bob, idOf('after the poison')))).toEqual(['after the poison']);
    const setAside = relay.errors().map((line): unknown => JSON.parse(line));
    const places = setAside.filter((line) => member(line, 'msg') === 'a record was set aside');
    expect(places.map((line) => [member(line, 'topic'), member(line, 'offset')])).toEqual(
      values.map((_, offset) => [topic, offset]),
    );
  });

  it.each([
    ['killed and started again', (broker: KafkaCluster['brokers'][number]) => broker.restart()],
    [
      'stopped for 20 s',
      async (broker: KafkaCluster['brokers'][number]) => {
        broker.pause();
        await new Promise((resolve) => setTimeout(resolve, STOPPED_MS));
        broker.resume();
      },
    ],
  ])('answers 503 or late while the broker is %s, and every message arrives in order', async (name, fail) => {
    const bob = await newPerson(server);
    const senders = await Promise.all(Array.from({ length: SENDERS }, () => newPerson(server)));
    const sent = senders.map((): string[] => []);
    let failing = true;
    async function send(sender: Person, texts: string[]): Promise<void> {
      for (let number = 0; failing || number < 5; number++) {
        const id = idOf(`${sender.name} ${number}`);
        await sendUntilAcknowledged(sender, bob, id, `${sender.name} ${number}`);
        texts.push(`${sender.name} ${number}`);
      }
    }
    const sending = Promise.all(senders.map((sender, index) => send(sender, sent[index] ?? [])));
    await vi.waitFor(() => expect(sent.every((texts) => texts.length >= 5)).toBe(true), SOON);
    const [broker] = cluster.brokers;
    if (!broker) throw new Error('no broker');
    await fail(broker);
    const before = sent.map((texts) => texts.length);
    await vi.waitFor(
      () => expect(sent.every((texts, index) => texts.length > (before[index] ?? 0))).toBe(true),
      SOON,
    );
    failing = false;
    await sending;
    const [ann] = senders;
    if (!ann) throw new Error('no sender');
    await sendUntilAcknowledged(ann, bob, idOf(`last ${name}`), 'last');
    const texts = shown(await receiveUntil(bob, idOf(`last ${name}`)));
    for (const [index, { name: sender }] of senders.entries())
      expect(texts.filter((text) => text.startsWith(`${sender} `))).toEqual(sent[index]);
  });
});
