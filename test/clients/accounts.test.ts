import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  type ChatClient,
  createAccount,
  profileExists,
  removeProfile,
  signIn,
} from '@secure-chat/client/chat-client';
import { adminSocketPath } from '@secure-chat/service-kit/admin/socket-path';
import { createLogger } from '@secure-chat/service-kit/logger';
import { type Stack, type StackOptions, startStack } from '@secure-chat/stack/stack';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { login, register } from '../v1-client/account.ts';
import { newKeyPair } from '../v1-client/primitives.ts';
import { textMember } from '../v1-client/reading.ts';

const PASSWORD = 'correct horse';
/** Cheap enough for a test; the real cost has its own. */
const QUICK = {
  kdfCost: { memoryKib: 64, passes: 1, lanes: 1 },
  timing: { pollMs: 50, usersMs: 50, retryMs: 50, retryMaxMs: 200, graceMs: 1_000, upkeepMs: 60_000 },
};

const eventually = (check: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: 15_000, interval: 20 });

/** Who is let in, who is shut out, and who leaves: our client and the services, each as it is. */
describe('accounts', () => {
  let folder: string;
  let stack: Stack;
  let clients: ChatClient[];
  let logs: string;

  const write = (line: string): void => {
    logs += line;
  };
  const start = async (part: Partial<StackOptions> = {}): Promise<void> => {
    stack = await startStack({
      dataDir: join(folder, 'data'),
      host: '127.0.0.1',
      port: 0,
      logLevel: 'trace',
      loggerFor: (name) => createLogger(name, 'trace', { write }),
      ...part,
    });
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'accounts-'));
    clients = [];
    logs = '';
  });
  afterEach(async () => {
    for (const client of clients) await client.close();
    await stack.close();
    await rm(folder, { recursive: true });
  });

  const profileOf = (username: string): string => join(folder, 'profiles', username);
  const options = (username: string) => ({
    server: stack.url,
    profile: profileOf(username),
    username,
    password: PASSWORD,
    requests: 'accept' as const,
  });
  const keep = (client: ChatClient): ChatClient => {
    clients.push(client);
    return client;
  };
  const enrol = async (username: string, invite?: string): Promise<ChatClient> =>
    keep(await createAccount({ ...options(username), invite }, QUICK));
  const back = async (username: string): Promise<ChatClient> => keep(await signIn(options(username), QUICK));

  /** What `npm run admin` asks. */
  const admin = async (path: string, body?: object): Promise<unknown> => {
    const place = adminSocketPath(join(folder, 'data'));
    if ('error' in place) throw new Error(place.error);
    const socketPath = place.path;
    const answer = await new Promise<string>((resolve, reject) => {
      const outgoing = request({ socketPath, method: 'POST', path }, (incoming) => {
        text(incoming).then(resolve, reject);
      });
      outgoing.on('error', reject);
      outgoing.end(body && JSON.stringify(body));
    });
    return JSON.parse(answer);
  };

  const received = (client: ChatClient, contact: string): string[] =>
    client
      .messages(contact, { limit: 100 })
      .filter(({ state }) => state === 'received')
      .map((message) => message.text);

  test('where an invitation is wanted, one makes one account, and nothing is left of who had none', async () => {
    await start({ registration: 'invite' });
    const code = textMember(await admin('/invites', { uses: 1, days: 1 }), 'code');
    const uninvited = { code: 'bad_invite', message: expect.stringContaining('wants an invitation') };
    const notInvited = { code: 'bad_invite', message: expect.stringContaining('does not count') };
    await expect(enrol('ada')).rejects.toMatchObject(uninvited);
    await expect(enrol('ada', 'ABCD-ABCD-ABCD-ABCD')).rejects.toMatchObject(notInvited);
    expect(profileExists(profileOf('ada'))).toBe(false);

    const ada = await enrol('ada', ` ${code.toLowerCase()} `.trim());
    expect(ada.state()).toEqual({ kind: 'online' });
    await expect(enrol('ben', code)).rejects.toMatchObject(notInvited);
    await ada.close();
    expect((await back('ada')).state()).toEqual({ kind: 'online' });
    expect(logs).not.toContain(code);
    expect(logs).not.toContain(code.toLowerCase());
  });

  test('where nobody may register, our client says so, with an invitation or without one', async () => {
    await start({ registration: 'closed' });
    const closed = {
      code: 'registration_closed',
      message: 'This server takes no new accounts. Ask who runs it, or choose another server.',
    };
    await expect(enrol('ada')).rejects.toMatchObject(closed);
    await expect(enrol('ada', 'ABCD-ABCD-ABCD-ABCD')).rejects.toMatchObject(closed);
    expect(profileExists(profileOf('ada'))).toBe(false);
  });

  test('who is suspended is out at once, is told so with the right password, reads on, and is back after it', async () => {
    await start();
    const [ada, ben] = await Promise.all([enrol('ada'), enrol('ben')]);
    ben.send('ada', 'before');
    await eventually(() => expect(received(ada, 'ben')).toEqual(['before']));
    const ended = new Promise<string>((resolve) => {
      ada.on((event) => event.kind === 'ended' && resolve(event.reason));
    });
    expect(await admin('/users/ada/suspend')).toEqual({ status: 'OK' });
    expect(await ended).toContain('This session was ended from elsewhere');
    await ada.close();

    const out = await back('ada');
    expect(out.state()).toMatchObject({
      kind: 'offline',
      reason: 'This account is suspended. Ask who runs the server.',
    });
    expect(received(out, 'ben')).toEqual(['before']);
    ben.send('ada', 'meanwhile');
    await eventually(() =>
      expect(ben.messages('ada', { limit: 1 })[0]).toMatchObject({ state: 'sent', text: 'meanwhile' }),
    );
    expect(await admin('/users/ada/resume')).toEqual({ status: 'OK' });
    await eventually(() => expect(received(out, 'ben')).toEqual(['before', 'meanwhile']));
    await eventually(() => expect(out.state()).toEqual({ kind: 'online' }));
  });

  test('who deletes the account is gone: others are told, nobody gets the name, and the profile is there to be read', async () => {
    await start();
    const [ada, ben] = await Promise.all([enrol('ada'), enrol('ben')]);
    ben.send('ada', 'hello');
    await eventually(() => expect(received(ada, 'ben')).toEqual(['hello']));
    ada.send('ben', 'hi');
    await eventually(() => expect(received(ben, 'ada')).toEqual(['hi']));
    await expect(ada.deleteAccount('another password')).rejects.toMatchObject({ code: 'wrong_password' });
    expect(ada.state()).toEqual({ kind: 'online' });

    const told: string[] = [];
    ada.on(({ kind }) => told.push(kind));
    await ada.deleteAccount(PASSWORD);
    await eventually(() =>
      expect(ada.state()).toMatchObject({ reason: expect.stringContaining('The account ada is deleted.') }),
    );
    expect(told).not.toContain('ended');

    ben.send('ada', 'are you there?');
    await eventually(() =>
      expect(ben.messages('ada', { limit: 1 })[0]).toMatchObject({
        state: 'failed',
        failure: expect.stringContaining('ada is on this server no more: the account was deleted.'),
      }),
    );
    expect(received(ben, 'ada')).toEqual(['hi']);

    // Neither our client nor one that we did not write gets the name, whatever its case.
    const again = { ...options('ADA'), profile: profileOf('again') };
    await expect(createAccount(again, QUICK)).rejects.toMatchObject({ code: 'name_taken' });
    const v1 = { username: 'ada', password: PASSWORD, keys: newKeyPair() };
    expect(await register(stack.url, v1)).toMatchObject({ status: 400 });
    await expect(login(stack.url, v1)).rejects.toThrow();

    await ada.close();
    const reading = await back('ada');
    expect(reading.state()).toMatchObject({ kind: 'offline', retryAt: Number.POSITIVE_INFINITY });
    expect(received(reading, 'ben')).toEqual(['hello']);
    await reading.close();
    removeProfile(profileOf('ada'));
    expect(profileExists(profileOf('ada'))).toBe(false);
  });

  test('whose account an administrator has deleted is told that it may be so', async () => {
    await start();
    const ada = await enrol('ada');
    expect(await admin('/users/ada/delete')).toEqual({ status: 'OK' });
    await ada.close();
    await expect(back('ada')).rejects.toMatchObject({
      code: 'unknown_user',
      message: expect.stringContaining('or the account was deleted'),
    });
  });
});
