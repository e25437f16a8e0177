import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { newAccount, newPerson } from '../contract/people.ts';
import { freePort, startServiceProcess } from '../contract/service-process.ts';
import { openStream } from '../contract/stream-reader.ts';
import { fetchLoginNonce, login, loginAnswer, register } from '../v1-client/account.ts';
import { post } from '../v1-client/http.ts';
import { pythonJson } from '../v1-client/python-json.ts';
import { type MeasuredStack, startMeasuredStack } from './measured-stack.ts';

describe('the metrics of a system in one process', () => {
  let stack: MeasuredStack;
  beforeAll(async () => {
    stack = await startMeasuredStack();
  });
  afterAll(() => stack.stop());

  /** The value of the sample that begins so; 0 where there is none. */
  const value = async (sample: string): Promise<number> => {
    const lines = (await stack.metrics()).split('\n');
    return Number(
      lines
        .find((line) => line.startsWith(`secure_chat_${sample} `))
        ?.split(' ')
        .at(-1) ?? 0,
    );
  };

  test('follow a message from the gateway to the disk, in the parts that it passed', async () => {
    const server = { url: stack.url };
    const [alice, bob] = [await newPerson(server), await newPerson(server)];
    const before = await value('log_commit_writes_sum{service="event-log"}');
    await alice.session.post(`/chat/${bob.name}/send`, { message: 'hello' });
    const send = 'method="POST",route="/chat/:username/send"';
    for (const service of ['gateway', 'relay']) {
      expect(await value(`requests_total{service="${service}",${send},code="ok"}`)).toBe(1);
      expect(await value(`request_seconds_count{service="${service}",${send}}`)).toBe(1);
    }
    expect(await value('log_commit_writes_sum{service="event-log"}')).toBeGreaterThan(before);
    expect(await value('log_waiting_writes{service="event-log"}')).toBe(0);
  });

  test('count open streams, followed mailboxes and who is online', async () => {
    const server = { url: stack.url };
    const { session, name } = await newPerson(server);
    const [topics, online] = [
      await value('log_followed_topics{service="event-log",kind="all"}'),
      await value('online_users{service="directory"}'),
    ];
    const stream = await openStream(server, session);
    await stream.until('presence', { username: name, online: true });
    for (const service of ['gateway', 'relay'])
      expect(await value(`open_streams{service="${service}"}`)).toBe(1);
    expect(await value('log_followed_topics{service="event-log",kind="all"}')).toBe(topics + 2);
    expect(await value('online_users{service="directory"}')).toBe(online + 1);
    stream.close();
    await vi.waitFor(async () => {
      for (const service of ['gateway', 'relay'])
        expect(await value(`open_streams{service="${service}"}`)).toBe(0);
    });
  });

  test('tell the operator why logins fail, which no client is told', async () => {
    const account = newAccount();
    await register(stack.url, account);
    await login(stack.url, account);
    const answer = loginAnswer(account, await fetchLoginNonce(stack.url, account));
    const tries = [{ ...answer, proof: '0'.repeat(64) }, answer, { ...answer, username: 'nobody_there' }];
    for (const body of tries)
      expect((await post(stack.url, '/chat/auth/login', pythonJson(body))).status).toBe(401);
    expect(await value('logins_total{service="auth",outcome="wrong_proof"}')).toBe(1);
    expect(await value('logins_total{service="auth",outcome="bad_challenge"}')).toBe(2);
    expect(await value('logins_total{service="auth",outcome="opened"}')).toBeGreaterThan(0);
    expect(await value('used_challenges{service="auth",kind="login"}')).toBeGreaterThan(0);
  });

  test('hold nothing of what users are, have, or ask for', async () => {
    const { name, session } = await newPerson({ url: stack.url });
    const text = 'canary-text-4711';
    await session.post(`/chat/${name}/send`, { message: text });
    await session.get(`/chat/${name}/publickey?canary=${text}`);
    await session.get(`/nowhere/${text}`);
    await fetch(`${stack.url}/${text}`, { method: 'PURGE' });
    const metrics = await stack.metrics();
    for (const secret of [name, text, session.key, 'PURGE']) expect(metrics).not.toContain(secret);
  });

  test('grow with routes and codes alone: 50 more users and their requests add no sample', async () => {
    const samples = async (): Promise<string[]> =>
      (await stack.metrics())
        .split('\n')
        .map((line) => line.slice(0, line.lastIndexOf(' ')))
        // Those of the process come and go with its files and timers.
        .filter((sample) => sample.startsWith('secure_chat_'));
    const { session, name } = await newPerson({ url: stack.url });
    const ask = async (who: string): Promise<void> => {
      await session.get(`/chat/${who}/publickey`);
      await session.post(`/chat/${who}/send`, { message: who });
      await session.get(`/nowhere/${who}`);
    };
    await ask(name);
    await ask('nobody');
    const before = await samples();
    for (let count = 0; count < 50; count += 1) await ask(`nobody_${count}`);
    expect(await samples()).toEqual(before);
  });
});

test('a service alone answers with its own metrics, at METRICS_PORT, and its port has none', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'measured-relay-'));
  const port = String(await freePort());
  const relay = await startServiceProcess('services/relay', { DATA_DIR: dataDir, METRICS_PORT: port });
  onTestFinished(() => rm(dataDir, { recursive: true }));
  onTestFinished(() => relay.stop());
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(metrics).toContain('secure_chat_open_streams{service="relay"} 0\n');
  expect(metrics).toMatch(/^process_cpu_seconds_total\{service="relay"\} /m);
  expect((await fetch(`${relay.url}/metrics`)).status).toBe(401);
});
