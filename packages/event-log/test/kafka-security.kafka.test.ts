import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '@secure-chat/service-kit/config';
import { eventLogOf, eventLogSettings } from '@secure-chat/service-kit/event-log-config';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { brokerUnderTest } from '../../../test/kafka/broker-under-test.ts';
import { createAuthority } from '../../../tools/certificates.ts';
import { type KafkaCluster, startCluster } from '../../../tools/kafka/cluster.ts';
import { freePort } from '../../../tools/kafka/free-port.ts';
import { describeEventsContract } from '../src/contract/events-contract.ts';
import { describeMailboxesContract } from '../src/contract/mailboxes-contract.ts';
import { uniqueTopic } from '../src/contract/values.ts';
import { openEventLog } from '../src/event-log.ts';
import type { KafkaLogin, KafkaSecurity } from '../src/kafka/security.ts';
import { kafkaHarness } from './kafka-harness.ts';
import { openKafka } from './open-kafka.ts';

/** Milliseconds after which a broker ends a connection whose login is as old: the contracts outlive several. */
const LOGIN_MS = 8_000;
const authority = createAuthority();
const user = { username: 'chat', password: 'pencil=7' };
const tls = { ca: authority.cert, pair: null };
const login = (mechanism: KafkaLogin['mechanism'], password = user.password): KafkaSecurity => ({
  tls,
  login: { mechanism, username: user.username, password },
});

let cluster: KafkaCluster;
let certificatePort: number;

beforeAll(async () => {
  certificatePort = await freePort();
  const certificate = authority.issue({ names: ['127.0.0.1'] });
  const security = { authority: authority.cert, certificate, user, certificatePort };
  cluster = await startCluster({
    brokers: 1,
    security,
    properties: [`connections.max.reauth.ms=${LOGIN_MS}`],
  });
});
afterAll(() => cluster?.stop());

const port = (): number => cluster.bootstrap[0]?.port ?? 0;
const place = () => ({ bootstrap: `127.0.0.1:${port()}`, security: login('scram-sha-256') });

/** What many topics cost is the other broker's test, where nothing is encrypted; here they are several lanes. */
const TOPICS_AT_ONCE = 300;

describeMailboxesContract(
  'Kafka with SASL_SSL',
  kafkaHarness(place, (log) => log.mailboxes, new URL('./kafka-mailboxes-writer.ts', import.meta.url)),
  120_000,
  TOPICS_AT_ONCE,
);

describeEventsContract(
  'Kafka with SASL_SSL',
  kafkaHarness(place, (log) => log.events, new URL('./kafka-events-writer.ts', import.meta.url)),
  120_000,
);

/** Makes a mailbox, writes to it and reads it. */
async function use(bootstrap: string, security: KafkaSecurity): Promise<string[]> {
  const { mailboxes, close } = openKafka(bootstrap, {}, security);
  onTestFinished(close);
  const topic = uniqueTopic();
  await mailboxes.create([topic]);
  await mailboxes.append(topic, Buffer.from('hello'));
  const records = await mailboxes.read(topic, { from: 0, limit: 10, maxBytes: 1_000 });
  return records.map(({ value }) => Buffer.from(value).toString());
}

describe('a broker that speaks TLS', () => {
  it.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('takes a login by %s', async (mechanism) => {
    expect(await use(`127.0.0.1:${port()}`, login(mechanism))).toEqual(['hello']);
  });

  it('takes a certificate of ours in place of a login', async () => {
    const pair = authority.issue({ names: ['chat'] });
    const security = { tls: { ca: authority.cert, pair }, login: null };
    expect(await use(`127.0.0.1:${certificatePort}`, security)).toEqual(['hello']);
  });

  it('is what the settings of a service lead to, with password and authority in files', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'secure-chat-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const put = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const config = readConfig(eventLogSettings, {
      EVENT_LOG: 'kafka',
      KAFKA_BROKERS: `127.0.0.1:${port()}`,
      KAFKA_TLS: 'on',
      KAFKA_TLS_CA: put('ca.pem', authority.cert),
      KAFKA_SASL: 'scram-sha-512',
      KAFKA_USERNAME: user.username,
      KAFKA_PASSWORD_FILE: put('password', `${user.password}\n`),
      SCHEMA_REGISTRY_URL: brokerUnderTest().schemaRegistryUrl,
    });
    const log = await openEventLog(eventLogOf(config, folder), { warn: () => {}, error: () => {} });
    onTestFinished(() => log.close());
    const topic = uniqueTopic();
    await log.events.publish(topic, 'key', Buffer.from('value'));
    const read: string[] = [];
    await log.events.subscribe(topic, ({ key }) => void read.push(key));
    await vi.waitFor(() => expect(read).toEqual(['key']), { timeout: 30_000 });
  });

  it('loses no reader and no record while logins run out', async () => {
    const { mailboxes, close } = openKafka(`127.0.0.1:${port()}`, {}, login('scram-sha-256'));
    onTestFinished(close);
    const topic = uniqueTopic();
    await mailboxes.create([topic]);
    const read: number[] = [];
    await mailboxes.follow(topic, 0, (records) => {
      for (const { value } of records) read.push(Number(Buffer.from(value).toString()));
    });
    const until = Date.now() + 1.5 * LOGIN_MS;
    let count = 0;
    while (Date.now() < until) await mailboxes.append(topic, Buffer.from(`${count++}`));
    await vi.waitFor(() => expect(read).toHaveLength(count), { timeout: 30_000 });
    expect(read).toEqual(Array.from({ length: count }, (_, number) => number));
  });

  const NOBODY = { tls, login: null };
  const OTHERS: [string, () => [string, KafkaSecurity], RegExp][] = [
    ['a wrong password, by PLAIN', () => [at(), login('plain', 'canary')], /refuses the login: .*nvalid/],
    [
      'a wrong password, by SCRAM',
      () => [at(), login('scram-sha-256', 'canary')],
      /refuses the login: .*nvalid/,
    ],
    [
      'another authority',
      () => [at(), { ...login('plain'), tls: { ca: createAuthority('x').cert, pair: null } }],
      /UNABLE_TO_VERIFY|CERT_SIGNATURE/,
    ],
    [
      'the authorities of the system',
      () => [at(), { ...login('plain'), tls: { ca: null, pair: null } }],
      /UNABLE_TO_VERIFY/,
    ],
    ['another host name', () => [at('localhost'), login('plain')], /ERR_TLS_CERT_ALTNAME_INVALID/],
    ['plain TCP', () => [at(), { tls: null, login: null }], /speaks TLS: see KAFKA_TLS/],
    ['no login', () => [at(), NOBODY], /it may want a login: see KAFKA_SASL/],
    [
      'no certificate, where it wants one',
      () => [`127.0.0.1:${certificatePort}`, NOBODY],
      /see KAFKA_TLS_CERT/,
    ],
    [
      'a login, where it wants a certificate',
      () => [
        `127.0.0.1:${certificatePort}`,
        { ...login('plain'), tls: { ca: authority.cert, pair: authority.issue({ names: ['x'] }) } },
      ],
      /refuses the login/,
    ],
  ];
  const at = (host = '127.0.0.1') => `${host}:${port()}`;

  it.each(OTHERS)('is unavailable, and says why, with %s', async (_, settings, why) => {
    const { mailboxes, events, close } = openKafka(settings()[0], {}, settings()[1]);
    onTestFinished(close);
    const unavailable = { code: 'unavailable', message: expect.stringMatching(why) };
    await expect(mailboxes.create(['user_queue_x'])).rejects.toMatchObject(unavailable);
    await expect(events.reachable('chat.sessions')).rejects.toMatchObject(unavailable);
  });
});
