import { randomUUID } from 'node:crypto';
import { EventLogError } from '@secure-chat/event-log/errors';
import { type EventLog, openEventLog } from '@secure-chat/event-log/event-log';
import { IDENTITY_HEADER, signIdentity } from '@secure-chat/service-kit/internal-identity';
import { createLogger } from '@secure-chat/service-kit/logger';
import { fixedKeys } from '@secure-chat/service-kit/service-keys';
import { foldName, keyTopic, messageTopic, PRESENCE_TOPIC, USERS_TOPIC } from '@secure-chat/wire/names';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createRelay } from '../src/app.ts';
import { temporaryFolder } from './temporary-folder.ts';

const SERVICE_KEYS = fixedKeys(Buffer.alloc(32, 7));
const SESSION_ID = 'abcdefghijklmnopqrstuv';
const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const part of open.splice(0).reverse()) await part.close();
});

async function openLog(): Promise<EventLog> {
  const settings = { backend: 'embedded', dataDir: temporaryFolder() } as const;
  const log = await openEventLog(settings, createLogger('event-log', 'fatal'));
  open.push(log);
  return log;
}

async function startRelay(log: EventLog, doubles: Partial<EventLog> = {}) {
  const relay = await createRelay({
    ...log,
    ...doubles,
    serviceKeys: SERVICE_KEYS,
    logger: createLogger('relay', 'silent'),
    clock: Date.now,
  });
  open.push({ close: async () => relay.app.close() });
  const keys = SERVICE_KEYS.for('internal-identity');
  const send = async (to: string) => {
    const [method, path, requestId] = ['POST', `/chat/${to}/send`, randomUUID()] as const;
    const caller = { username: 'alice', sessionId: SESSION_ID };
    const identity = signIdentity(keys, caller, { service: 'relay', method, path, requestId }, Date.now());
    const headers = { 'x-request-id': requestId, [IDENTITY_HEADER]: identity };
    const answer = await relay.app.inject({ method, url: path, headers, payload: { message: 'm' } });
    return answer.statusCode === 200 ? 'ok' : answer.json().error.code;
  };
  return { ...relay, send };
}

async function register({ events, codecs }: EventLog, username: string): Promise<void> {
  const record = await codecs.user.encode({ username, publicKey: 'PEM', registeredAt: 1 });
  await events.publish(USERS_TOPIC, foldName(username), record);
}
async function remove({ events, codecs }: EventLog, username: string): Promise<void> {
  const record = await codecs.user.encode({ username, publicKey: '', registeredAt: 0, deletedAt: 2 });
  await events.publish(USERS_TOPIC, foldName(username), record);
}

async function expectGone({ mailboxes }: EventLog, username: string): Promise<void> {
  for (const topic of [messageTopic(username), keyTopic(username)])
    await vi.waitFor(() => expect(mailboxes.cursor(topic)).rejects.toMatchObject({ code: 'topic_missing' }));
}

describe('of a deleted account', () => {
  it('both mailboxes go, whatever case the name has, and nobody can be written to there', async () => {
    const log = await openLog();
    await register(log, 'Bob');
    await register(log, 'carol');
    const relay = await startRelay(log);
    expect([await relay.send('bob'), await relay.send('carol')]).toEqual(['ok', 'ok']);
    await remove(log, 'Bob');
    await expectGone(log, 'Bob');
    expect([await relay.send('bob'), await relay.send('carol')]).toEqual(['unknown_user', 'ok']);
    expect(await log.mailboxes.head(messageTopic('carol'))).toBe(2);
  });

  it('the mailboxes go when a relay starts that was away, or was killed in between', async () => {
    const log = await openLog();
    await register(log, 'bob');
    await log.mailboxes.create([messageTopic('bob'), keyTopic('bob')]);
    await log.mailboxes.append(messageTopic('bob'), Buffer.from('waits'));
    await remove(log, 'bob');
    const relay = await startRelay(log);
    await expectGone(log, 'bob');
    expect(await relay.send('bob')).toBe('unknown_user');
  });

  it('the mailboxes go though the log cannot remove them at first, and those that are being made', async () => {
    const log = await openLog();
    let failures = 0;
    let letThrough = (): void => {};
    const held = new Promise<void>((resolve) => {
      letThrough = resolve;
    });
    await startRelay(log, {
      mailboxes: {
        ...log.mailboxes,
        async create(topics) {
          if (topics.length > 0) await held;
          await log.mailboxes.create(topics);
        },
        async delete(topics) {
          failures += 1;
          if (failures === 1) throw new EventLogError('unavailable', 'The log is away');
          await log.mailboxes.delete(topics);
        },
      },
    });
    await register(log, 'bob');
    await remove(log, 'bob');
    letThrough();
    await vi.waitFor(() => expect(failures).toBe(2), { timeout: 10_000 });
    await expectGone(log, 'bob');
  });

  it('a mailbox that another relay has removed already is a user who is not there', async () => {
    const log = await openLog();
    await register(log, 'bob');
    const relay = await startRelay(log);
    await log.mailboxes.delete([messageTopic('bob'), keyTopic('bob')]);
    expect(await relay.send('bob')).toBe('unknown_user');
  });

  it('open streams end, and others hear that the user is not online', async () => {
    const log = await openLog();
    for (const name of ['alice', 'Bob']) await register(log, name);
    const online = await log.codecs.presence.encode({ username: 'Bob', online: true, at: 1 });
    await log.events.publish(PRESENCE_TOPIC, 'bob', online);
    const { streams } = await startRelay(log);
    const read = async (username: string) => {
      let text = '';
      let ended = false;
      const start = await streams[0]?.open({
        caller: { username, sessionId: SESSION_ID },
        username: '',
        body: null,
      });
      start?.({
        write(events) {
          text += events;
          return true;
        },
        end() {
          ended = true;
        },
        lost() {},
      });
      await vi.waitFor(() => expect(text).toContain('event: live'));
      return { text: () => text, ended: () => ended };
    };
    const [alice, bob] = [await read('alice'), await read('Bob')];
    await remove(log, 'Bob');
    await log.events.publish(PRESENCE_TOPIC, 'bob', null);
    await vi.waitFor(() => expect(bob.ended()).toBe(true));
    expect(bob.text()).toContain('"reason":"session_over"');
    await vi.waitFor(() => expect(alice.text()).toContain('{"username":"Bob","online":false}'));
    expect(alice.ended()).toBe(false);
  });
});
