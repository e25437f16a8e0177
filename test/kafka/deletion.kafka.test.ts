import { type Admin, Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type KafkaCluster, startCluster } from '../../tools/kafka/cluster.ts';
import { expectBody, expectOk, expectRefusal, pollMessages } from '../contract/expectations.ts';
import { newPerson } from '../contract/people.ts';
import { type ServiceProcesses, startServiceProcesses } from '../contract/service-processes.ts';
import { fetchRegisterChallenge, login, register, type V1Account } from '../v1-client/account.ts';
import { passwordHash, sealOaep256 } from '../v1-client/primitives.ts';
import { textMember } from '../v1-client/reading.ts';
import type { V1Session } from '../v1-client/session.ts';
import { brokerUnderTest } from './broker-under-test.ts';

/** A bound, not an expectation. */
const SOON = { timeout: 60_000, interval: 100 };

describe('an account that is deleted on Kafka, where each service is a process, and two relays', {
  timeout: 180_000,
}, () => {
  // A broker of its own: what it writes to `chat.sessions` no other system could open.
  let cluster: KafkaCluster;
  let system: ServiceProcesses;
  let admin: Admin;

  beforeAll(async () => {
    cluster = await startCluster({ brokers: 1 });
    const brokers = cluster.bootstrap.map(({ host, port }) => `${host}:${port}`);
    admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const environment = { ...brokerUnderTest().environment, KAFKA_BROKERS: brokers.join() };
    system = await startServiceProcesses({ environment, relays: 2 });
  }, 180_000);
  afterAll(async () => {
    await system?.stop();
    await admin?.disconnect();
    await cluster?.stop();
  }, 60_000);

  /** What of a user's the broker has. */
  const topicsOf = async (name: string) =>
    (await admin.listTopics()).filter((topic) => topic.toLowerCase().endsWith(`_${name.toLowerCase()}`));

  async function deleteAccount(account: V1Account, session: V1Session): Promise<void> {
    const { publicKey, nonce } = await fetchRegisterChallenge(system.url);
    const payload = sealOaep256(publicKey, `${passwordHash(account.password)}|${nonce}`);
    expectBody(await session.post('/chat/auth/delete', { nonce, payload }), { status: 'OK' });
  }

  it('is gone from the broker with what waited for it, its name is nobody’s, and others go on', async () => {
    const [ann, bob, carl] = [await newPerson(system), await newPerson(system), await newPerson(system)];
    for (const { name } of [bob, carl]) {
      expectOk(await ann.session.post(`/chat/${name}/send`, { message: `waits for ${name}` }));
      expectOk(await ann.session.post(`/chat/${name}/keyexchange`, { encrypted_key: 'a2V5' }));
      expect(await topicsOf(name)).toHaveLength(2);
    }

    await deleteAccount(bob.account, bob.session);
    await vi.waitFor(async () => expect(await topicsOf(bob.name)).toEqual([]), SOON);

    // Two relays: each has to have heard of it, whichever is asked.
    await vi.waitFor(async () => {
      for (let count = 0; count < 4; count += 1) {
        const late = await ann.session.post(`/chat/${bob.name}/send`, { message: 'late' });
        expect(expectRefusal(late, 404)).toBe('unknown_user');
      }
    }, SOON);
    for (const path of [`/chat/${bob.name}/publickey`, `/chat/${bob.name}/bundle`])
      expect(expectRefusal(await ann.session.get(path), 404)).toBe('unknown_user');
    expectRefusal(await bob.session.get('/chat/messages'), 401);
    await expect(login(system.url, bob.account)).rejects.toThrow();
    for (const username of [bob.name, bob.name.toUpperCase()])
      expect(expectRefusal(await register(system.url, { ...bob.account, username }), 400)).toBe('name_taken');

    expect(await topicsOf(carl.name)).toHaveLength(2);
    const [waiting] = await pollMessages(carl.session);
    expect(textMember(waiting, 'message')).toBe(`waits for ${carl.name}`);
    expectOk(await carl.session.post(`/chat/${ann.name}/send`, { message: 'still here' }));
    expect(textMember((await pollMessages(ann.session))[0], 'message')).toBe('still here');
    // Nothing that came since has made the topics again.
    expect(await topicsOf(bob.name)).toEqual([]);
  });
});
