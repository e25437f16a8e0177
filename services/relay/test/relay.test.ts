import { randomUUID } from 'node:crypto';
import { EventLogError } from '@secure-chat/event-log/errors';
import { type EventLog, openEventLog } from '@secure-chat/event-log/event-log';
import { IDENTITY_HEADER, signIdentity } from '@secure-chat/service-kit/internal-identity';
import { createLogger } from '@secure-chat/service-kit/logger';
import { fixedKeys } from '@secure-chat/service-kit/service-keys';
import { CURSOR_HEADER, CURSOR_PATH } from '@secure-chat/wire/internal-api';
import { MESSAGE_MAX, POLL_BYTES_MAX, POLL_RECORDS_MAX } from '@secure-chat/wire/limits';
import { foldName, keyTopic, messageTopic, USERS_TOPIC } from '@secure-chat/wire/names';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createRelay } from '../src/app.ts';
import { temporaryFolder } from './temporary-folder.ts';

const SERVICE_KEYS = fixedKeys(Buffer.alloc(32, 7));
const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const part of open.splice(0).reverse()) await part.close();
});

async function openLog(): Promise<EventLog> {
  const log = await openEventLog(
    { backend: 'embedded', dataDir: temporaryFolder() },
    createLogger('event-log', 'fatal'),
  );
  open.push(log);
  return log;
}

async function startRelay(log: EventLog, doubles: Partial<EventLog> = {}) {
  const lines: string[] = [];
  const { app } = await createRelay({
    ...log,
    ...doubles,
    serviceKeys: SERVICE_KEYS,
    logger: createLogger('relay', 'trace', { write: (line) => void lines.push(line) }),
    clock: Date.now,
  });
  open.push({ close: async () => app.close() });
  const keys = SERVICE_KEYS.for('internal-identity');
  const call = (username: string, method: 'GET' | 'POST', path: string, body?: object) => {
    const requestId = randomUUID();
    const caller = { username, sessionId: 'abcdefghijklmnopqrstuv' };
    const identity = signIdentity(keys, caller, { service: 'relay', method, path, requestId }, Date.now());
    return app.inject({
      method,
      url: path,
      headers: { 'x-request-id': requestId, [IDENTITY_HEADER]: identity },
      ...(body && { payload: body }),
    });
  };
  return {
    app,
    lines,
    call,
    send: (from: string, to: string, message: string) => call(from, 'POST', `/chat/${to}/send`, { message }),
    poll: async (username: string) => {
      const answer = await call(username, 'GET', '/chat/messages');
      const messages: { message: string; seq: number }[] = answer.json().messages;
      const cursor = answer.headers[CURSOR_HEADER];
      return { status: answer.statusCode, messages, cursor: cursor === undefined ? null : Number(cursor) };
    },
    commit: (username: string, cursor: number) =>
      call(username, 'POST', CURSOR_PATH, { mailbox: 'messages', cursor }),
  };
}

async function publishUser({ events, codecs }: EventLog, username: string): Promise<void> {
  const record = await codecs.user.encode({ username, publicKey: 'PEM', registeredAt: 1 });
  await events.publish(USERS_TOPIC, foldName(username), record);
}

const record = ({ codecs }: EventLog, message: string) =>
  codecs.message.encode({ id: 'i', sender: 'alice', message, sentAt: 1 });

describe('a send', () => {
  it('is answered only when the record is durable', async () => {
    const log = await openLog();
    await publishUser(log, 'bob');
    let letThrough = (): void => {};
    const held = new Promise<void>((resolve) => {
      letThrough = resolve;
    });
    const append: EventLog['mailboxes']['append'] = async (topic, value) => {
      await held;
      return log.mailboxes.append(topic, value);
    };
    const relay = await startRelay(log, { mailboxes: { ...log.mailboxes, append } });
    let answered = false;
    const sent = relay.send('alice', 'bob', 'hello').then((answer) => {
      answered = true;
      return answer;
    });
    await relay.poll('bob');
    await relay.poll('bob');
    expect(answered).toBe(false);
    letThrough();
    expect((await sent).statusCode).toBe(200);
    expect(await log.mailboxes.head(messageTopic('bob'))).toBe(1);
  });

  it('of half a character is refused: the recipient would get another text', async () => {
    const log = await openLog();
    await publishUser(log, 'bob');
    const relay = await startRelay(log);
    for (const path of ['/chat/bob/send', '/chat/bob/keyexchange']) {
      const send = (text: string) =>
        relay.call('alice', 'POST', path, { message: text, encrypted_key: text });
      expect((await send('a\ud83d')).statusCode).toBe(400);
      expect((await send('a\ud83d\ude00')).statusCode).toBe(200);
    }
    expect((await relay.poll('bob')).messages.map(({ message }) => message)).toEqual(['a😀']);
  });

  it.each([
    ['send', 'messages', 20_000],
    ['keyexchange', 'keys', 2_000],
  ] as const)(
    '(%s) into a mailbox where as many %s wait as may is mailbox_full, and nothing is written',
    async (path, kind, max) => {
      const log = await openLog();
      await publishUser(log, 'bob');
      const heads: number[] = [max - 1, max];
      const head = async () => heads.shift() ?? max;
      const read = async () => [{ offset: 0, value: Buffer.of() }];
      const append = vi.fn(log.mailboxes.append);
      const doubles = { mailboxes: { ...log.mailboxes, head, read, append } };
      const body = { message: 'm', encrypted_key: 'k' };
      const sendTo = async (relay: Awaited<ReturnType<typeof startRelay>>) =>
        relay.call('alice', 'POST', `/chat/bob/${path}`, body);
      expect((await sendTo(await startRelay(log, doubles))).statusCode).toBe(200);
      const refused = await sendTo(await startRelay(log, doubles));
      expect(refused.statusCode).toBe(429);
      expect(refused.headers['retry-after']).toBe('30');
      expect(refused.json()).toMatchObject({ error: { code: 'mailbox_full' } });
      expect(append.mock.calls.map(([topic]) => topic)).toEqual([
        kind === 'messages' ? messageTopic('bob') : keyTopic('bob'),
      ]);
    },
  );

  it('that cannot be encoded now is a 503 with Retry-After, and nothing is written', async () => {
    const log = await openLog();
    await publishUser(log, 'bob');
    const encode = () => Promise.reject(new EventLogError('unavailable', 'canary: no registry'));
    const { message, key } = log.codecs;
    const codecs = { ...log.codecs, message: { ...message, encode }, key: { ...key, encode } };
    const relay = await startRelay(log, { codecs });
    for (const path of ['/chat/bob/send', '/chat/bob/keyexchange']) {
      const refused = await relay.call('alice', 'POST', path, { message: 'm', encrypted_key: 'k' });
      expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '1']);
      expect(refused.body).not.toContain('canary');
    }
    expect(await log.mailboxes.head(messageTopic('bob'))).toBe(0);
  });

  it('that the log cannot take is a 503 with Retry-After; nothing is lost and the next one goes through', async () => {
    const log = await openLog();
    await publishUser(log, 'bob');
    let broken = false;
    const append: EventLog['mailboxes']['append'] = (topic, value) =>
      broken
        ? Promise.reject(new EventLogError('unavailable', 'canary: the disk is full'))
        : log.mailboxes.append(topic, value);
    const relay = await startRelay(log, { mailboxes: { ...log.mailboxes, append } });
    expect((await relay.send('alice', 'bob', 'one')).statusCode).toBe(200);
    broken = true;
    for (const path of ['/chat/bob/send', '/chat/bob/keyexchange']) {
      const refused = await relay.call('alice', 'POST', path, { message: 'm', encrypted_key: 'k' });
      expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '1']);
      expect(refused.json()).toMatchObject({ error: { code: 'unavailable' } });
      expect(refused.body).not.toContain('canary');
    }
    broken = false;
    expect((await relay.send('alice', 'bob', 'two')).statusCode).toBe(200);
    const { messages } = await relay.poll('bob');
    expect(messages.map(({ message }) => message)).toEqual(['one', 'two']);
  });

  it('reaches a user who registered while the relay runs, at once', async () => {
    const log = await openLog();
    const relay = await startRelay(log);
    for (let index = 0; index < 20; index += 1) {
      await publishUser(log, `User-${index}`);
      expect((await relay.send('alice', `user-${index}`, 'hello')).statusCode).toBe(200);
      expect(await log.mailboxes.head(messageTopic(`User-${index}`))).toBe(1);
    }
    expect((await relay.send('alice', 'nobody', 'hello')).statusCode).toBe(404);
  });

  it('reaches those whose registration stands among poisoned records', async () => {
    const log = await openLog();
    await log.events.publish(USERS_TOPIC, 'poison', Buffer.from('{'));
    await publishUser(log, 'bob');
    const relay = await startRelay(log);
    await log.events.publish(USERS_TOPIC, 'poison2', Buffer.from('[]'));
    await publishUser(log, 'carol');
    for (const name of ['bob', 'carol']) {
      expect((await relay.send('alice', name, 'hello')).statusCode).toBe(200);
    }
    expect(relay.lines.filter((line) => line.includes('set aside'))).toHaveLength(2);
  });
});

describe('a poll', () => {
  it('of a user who registered while the relay runs is empty, at once', async () => {
    const log = await openLog();
    const relay = await startRelay(log);
    for (let index = 0; index < 20; index += 1) {
      await publishUser(log, `user-${index}`);
      expect(await relay.poll(`user-${index}`)).toMatchObject({ status: 200, messages: [] });
    }
  });

  it('waits for the topics of a user whose registration has not come here yet', async () => {
    const log = await openLog();
    let letThrough = (): void => {};
    const held = new Promise<void>((resolve) => {
      letThrough = resolve;
    });
    const subscribe: EventLog['events']['subscribe'] = (topic, handler) =>
      log.events.subscribe(topic, async (event) => {
        await held;
        await handler(event);
      });
    const relay = await startRelay(log, { events: { ...log.events, subscribe } });
    await publishUser(log, 'bob');
    let answered = false;
    const answer = relay.poll('bob').finally(() => {
      answered = true;
    });
    // An answer that does not wait comes before these, which were asked later.
    for (let count = 0; count < 5; count += 1) await relay.app.inject('/health');
    expect(answered).toBe(false);
    letThrough();
    expect(await answer).toMatchObject({ status: 200, messages: [] });
  });

  it('gives the same records until the cursor is committed, which moves forward only', async () => {
    const log = await openLog();
    await publishUser(log, 'bob');
    const relay = await startRelay(log);
    for (const message of ['a', 'b', 'c']) await relay.send('alice', 'bob', message);
    const texts = async () => (await relay.poll('bob')).messages.map(({ message }) => message);
    expect(await texts()).toEqual(['a', 'b', 'c']);
    expect((await relay.poll('bob')).cursor).toBe(3);
    expect((await relay.commit('bob', 2)).statusCode).toBe(200);
    expect(await texts()).toEqual(['c']);
    expect((await relay.commit('bob', 1)).statusCode).toBe(200);
    expect(await texts()).toEqual(['c']);
    await relay.commit('bob', 3);
    expect(await relay.poll('bob')).toEqual({ status: 200, messages: [], cursor: null });
  });

  it('has at most 1,000 records; the rest comes with the next', async () => {
    const log = await openLog();
    await publishUser(log, 'bob');
    const relay = await startRelay(log);
    const count = POLL_RECORDS_MAX + 5;
    const values = await Promise.all(Array.from({ length: count }, (_, index) => record(log, String(index))));
    await Promise.all(values.map((value) => log.mailboxes.append(messageTopic('bob'), value)));
    const first = await relay.poll('bob');
    expect(first.messages).toHaveLength(POLL_RECORDS_MAX);
    await relay.commit('bob', Number(first.cursor));
    const rest = await relay.poll('bob');
    expect(rest.messages.map(({ seq }) => seq)).toEqual([1_000, 1_001, 1_002, 1_003, 1_004]);
  });

  it('has at most 4 MiB of records; the rest comes with the next', async () => {
    const log = await openLog();
    await publishUser(log, 'bob');
    const relay = await startRelay(log);
    const value = await record(log, 'x'.repeat(MESSAGE_MAX));
    const count = Math.floor(POLL_BYTES_MAX / value.byteLength) + 1;
    const appends = Array.from({ length: count }, () => log.mailboxes.append(messageTopic('bob'), value));
    await Promise.all(appends);
    const first = await relay.poll('bob');
    expect(first.messages).toHaveLength(count - 1);
    await relay.commit('bob', Number(first.cursor));
    expect((await relay.poll('bob')).messages).toHaveLength(1);
  });

  it('sets a poisoned record aside, and the next one arrives', async () => {
    const log = await openLog();
    await publishUser(log, 'bob');
    const relay = await startRelay(log);
    await relay.send('alice', 'bob', 'before');
    for (const poison of ['', '{', '[]', '{"id":"i","sender":"alice"}']) {
      await log.mailboxes.append(messageTopic('bob'), Buffer.from(poison));
    }
    await relay.send('alice', 'bob', 'after');
    const { messages, cursor } = await relay.poll('bob');
    expect(messages.map(({ message, seq }) => [message, seq])).toEqual([
      ['before', 0],
      ['after', 5],
    ]);
    expect(cursor).toBe(6);
    expect(relay.lines.filter((line) => line.includes('set aside'))).toHaveLength(4);
  });

  it('that needs a schema which cannot be had is a 503; the cursor stays, and all come later', async () => {
    const log = await openLog();
    await publishUser(log, 'bob');
    let down = false;
    const { message } = log.codecs;
    const relay = await startRelay(log, {
      codecs: {
        ...log.codecs,
        message: {
          encode: message.encode,
          decode: (bytes) =>
            down ? Promise.reject(new EventLogError('unavailable', 'canary')) : message.decode(bytes),
        },
      },
    });
    await log.mailboxes.append(messageTopic('bob'), Buffer.from('{'));
    await relay.send('alice', 'bob', 'one');
    down = true;
    const refused = await relay.call('bob', 'GET', '/chat/messages');
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '1']);
    expect(refused.headers[CURSOR_HEADER]).toBeUndefined();
    expect(await log.mailboxes.cursor(messageTopic('bob'))).toBe(0);
    down = false;
    expect((await relay.poll('bob')).messages.map(({ message }) => message)).toEqual(['one']);
  });

  it('of nothing but poisoned records is empty and still names the cursor behind them', async () => {
    const log = await openLog();
    await publishUser(log, 'bob');
    const relay = await startRelay(log);
    await log.mailboxes.append(messageTopic('bob'), Buffer.from('{'));
    expect(await relay.poll('bob')).toMatchObject({ status: 200, messages: [], cursor: 1 });
  });

  it('moves the cursor of its own mailbox and user alone', async () => {
    const log = await openLog();
    await publishUser(log, 'bob');
    await publishUser(log, 'carol');
    const relay = await startRelay(log);
    for (const name of ['bob', 'carol']) await relay.send('alice', name, 'hello');
    await relay.call('alice', 'POST', '/chat/bob/keyexchange', { encrypted_key: 'k' });
    await relay.commit('bob', 1);
    expect((await relay.poll('carol')).messages).toHaveLength(1);
    expect(await log.mailboxes.cursor(keyTopic('bob'))).toBe(0);
    for (const cursor of [-1, 1.5, '1', null]) {
      const body = { mailbox: 'messages', cursor };
      expect((await relay.call('bob', 'POST', CURSOR_PATH, body)).statusCode).toBe(400);
    }
  });
});

describe('a data folder from before Avro', () => {
  it('keeps its users and their waiting messages', async () => {
    const log = await openLog();
    const json = (value: object) => Buffer.from(JSON.stringify(value));
    await log.events.publish(
      USERS_TOPIC,
      'bob',
      json({ username: 'Bob', publicKey: 'PEM', registeredAt: 1 }),
    );
    await log.mailboxes.create([messageTopic('Bob')]);
    const old = { id: 'A'.repeat(22), sender: 'alice', message: 'before', sentAt: 1 };
    await log.mailboxes.append(messageTopic('Bob'), json(old));
    const relay = await startRelay(log);
    expect((await relay.send('alice', 'bob', 'after')).statusCode).toBe(200);
    const { messages } = await relay.poll('bob');
    expect(messages.map(({ message }) => message)).toEqual(['before', 'after']);
    expect(relay.lines.filter((line) => line.includes('set aside'))).toEqual([]);
  });
});

describe('the relay', () => {
  it('refuses a direct call of every endpoint and changes nothing', async () => {
    const log = await openLog();
    await publishUser(log, 'bob');
    const { app } = await startRelay(log);
    for (const [method, url] of [
      ['POST', '/chat/bob/send'],
      ['POST', '/chat/bob/keyexchange'],
      ['GET', '/chat/messages'],
      ['GET', '/chat/keyexchange'],
      ['POST', CURSOR_PATH],
    ] as const) {
      expect((await app.inject({ method, url, ...(method === 'POST' && { payload: {} }) })).statusCode).toBe(
        401,
      );
    }
    expect(await log.mailboxes.head(messageTopic('bob'))).toBe(0);
  });
});
