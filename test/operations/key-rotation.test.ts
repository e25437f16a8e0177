import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { keyId } from '@secure-chat/service-kit/service-keys';
import { startStack } from '@secure-chat/stack/stack';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { expectOk } from '../contract/expectations.ts';
import { mustRegister, newAccount, newPerson } from '../contract/people.ts';
import { startServiceProcess } from '../contract/service-process.ts';
import { startServiceProcesses } from '../contract/service-processes.ts';
import { openStream } from '../contract/stream-reader.ts';
import { askLoginChallenge, login } from '../v1-client/account.ts';
import { bodyOf, listOf, member, textMember } from '../v1-client/reading.ts';
import { createSession } from '../v1-client/session.ts';
import { createV2Session, loginV2 } from '../v2-client/session.ts';

// The old key stays for 10 s, and a command is a process to start.
vi.setConfig({ testTimeout: 240_000 });

const ROOT = resolve(import.meta.dirname, '../..');

interface System {
  readonly url: string;
  readonly dataDir: string;
  /** A gateway that starts now. Resolves to its URL. */
  anotherGateway(): Promise<string>;
}

async function oneProcess(): Promise<System> {
  const folder = await mkdtemp(join(tmpdir(), 'key-rotation-'));
  const dataDir = join(folder, 'data');
  const start = () => startStack({ dataDir, host: '127.0.0.1', port: 0, logLevel: 'silent' });
  let stack = await start();
  onTestFinished(async () => {
    await stack.close();
    await rm(folder, { recursive: true });
  });
  return {
    url: stack.url,
    dataDir,
    async anotherGateway() {
      await stack.close();
      stack = await start();
      return stack.url;
    },
  };
}

async function fourProcesses(): Promise<System> {
  const { url, dataDir, services, stop } = await startServiceProcesses({});
  onTestFinished(stop);
  const urlOf = (folder: string) => services.find((service) => service.folder === folder)?.url ?? '';
  return {
    url,
    dataDir,
    async anotherGateway() {
      const gateway = await startServiceProcess('gateway', {
        DATA_DIR: dataDir,
        AUTH_URL: urlOf('services/auth'),
        DIRECTORY_URL: urlOf('services/directory'),
        RELAY_URL: urlOf('services/relay'),
      });
      onTestFinished(() => gateway.stop());
      return gateway.url;
    },
  };
}

async function rotateKeys(dataDir: string, ...args: string[]): Promise<unknown> {
  const command = ['--import', 'tsx', 'packages/admin/src/main.ts', 'rotate-keys', '--json', ...args];
  const child = spawn(process.execPath, command, {
    cwd: ROOT,
    env: { ...process.env, DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  expect(code).toBe(0);
  return JSON.parse(said);
}

const keysIn = (dataDir: string) =>
  readFileSync(join(dataDir, 'service.key'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => Buffer.from(line, 'hex'));

/** Every value of every row of auth's database and the event log. */
function dumpOf(dataDir: string): string {
  const values: string[] = [];
  for (const file of ['auth.db', 'event-log.db']) {
    const database = new Database(join(dataDir, file), { readonly: true });
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all();
    for (const table of tables)
      for (const row of database.prepare(`SELECT * FROM "${table}"`).raw().all())
        for (const value of listOf(row))
          values.push(Buffer.isBuffer(value) ? value.toString('latin1') : String(value));
    database.close();
  }
  return values.join('\n');
}

const NOBODIES = Array.from({ length: 8 }, (_, index) => `nobody-${index}`);
const challengeSizes = (url: string) =>
  Promise.all(
    NOBODIES.map(async (name) => {
      const reply = await askLoginChallenge(url, name);
      return textMember(bodyOf(reply), 'challenge').length;
    }),
  );

describe.each([
  ['one process', oneProcess],
  ['four processes', fourProcesses],
])('a rotation of the service keys under %s', (_, start) => {
  test('logs nobody out and ends no stream, and the old key opens nothing afterwards', async () => {
    const system = await start();
    const { url, dataDir } = system;
    const ann = await newPerson(system, 'ann');
    const account = await mustRegister(url, newAccount('bob'));
    const bob = { name: account.username, session: await loginV2(url, account) };
    const stream = await openStream(system, ann.session);
    await stream.until('live');
    const chat = async (message: string) => {
      expectOk(await ann.session.post(`/chat/${bob.name}/send`, { message }));
      const path = `/chat/${ann.name}/send`;
      expectOk(await bob.session.send({ method: 'POST', path, body: JSON.stringify({ message }) }));
      const polled = expectOk(await bob.session.send({ method: 'GET', path: '/chat/messages' }));
      expect(listOf(member(polled, 'messages')).map((record) => textMember(record, 'message'))).toEqual([
        message,
      ]);
      await stream.until('message', { message });
    };
    await chat('before');
    const sizes = await challengeSizes(url);
    const [old = Buffer.alloc(0)] = keysIn(dataDir);
    expect(dumpOf(dataDir)).toContain(`${keyId(old)}.`);

    const rotation = { isOver: false };
    const rotated = rotateKeys(dataDir).finally(() => {
      rotation.isOver = true;
    });
    for (let round = 0; !rotation.isOver; round += 1) {
      await chat(`meanwhile ${round}`);
      await rotateKeys(dataDir, '--status');
    }
    const state = await rotated;

    const [key = Buffer.alloc(0), ...others] = keysIn(dataDir);
    expect(others).toEqual([]);
    expect(state).toMatchObject({
      phase: 'done',
      keyId: keyId(key),
      accounts: 2,
      sessions: 2,
      unreadable: 0,
    });
    expect(keyId(key)).not.toBe(keyId(old));
    await chat('afterwards');
    expect(stream.ended).toBe(false);
    await login(url, ann.account);
    await newPerson(system);
    expect(await challengeSizes(url)).toEqual(sizes);
    const dump = dumpOf(dataDir);
    expect(dump).toContain(`${keyId(key)}.`);
    expect(dump).not.toContain(`${keyId(old)}.`);
    stream.close();

    const later = await system.anotherGateway();
    expectOk(await createSession(later, ann.session.key).get('/chat/users'));
    const { sessionId, key: sessionKey } = bob.session;
    expectOk(
      await createV2Session(later, sessionId, sessionKey).send({ method: 'GET', path: '/chat/users' }),
    );
  });
});
