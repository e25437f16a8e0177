import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Type } from 'typebox';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openAdminSocket } from '../src/admin/socket.ts';
import { adminSocketPath, SOCKET_PATH_MAX } from '../src/admin/socket-path.ts';
import { AppError } from '../src/app-error.ts';
import { createLogger } from '../src/logger.ts';
import { openOperation } from '../src/operation.ts';
import { temporaryFolder } from './temporary-folder.ts';

const greet = openOperation({
  method: 'POST',
  path: '/users/:username/greet',
  body: Type.Object({ word: Type.String() }),
  response: Type.Object({ said: Type.String() }),
  handle({ username, body }) {
    if (username === 'nobody') throw new AppError('unknown_user');
    return { value: { said: `${body.word}, ${username}` } };
  },
});

async function openIn(folder: string) {
  const lines: string[] = [];
  const logger = createLogger('admin', 'warn', { write: (line) => void lines.push(line) });
  const socket = await openAdminSocket({ folder, operations: [greet], logger });
  onTestFinished(() => socket?.close());
  return { socket, said: () => lines.map((line): Record<string, unknown> => JSON.parse(line)) };
}

function ask(folder: string, path: string, body: object): Promise<{ status: number; answer: unknown }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath: join(folder, 'admin.sock'), method: 'POST', path }, (incoming) => {
      text(incoming).then(
        (answer) => resolve({ status: incoming.statusCode ?? 0, answer: JSON.parse(answer) }),
        reject,
      );
    });
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify(body));
  });
}

it('answers whoever runs the process, at a socket that nobody else may open', async () => {
  const folder = temporaryFolder();
  await openIn(folder);
  const { mode } = statSync(join(folder, 'admin.sock'));
  expect([mode & 0o170000, mode & 0o777]).toEqual([0o140000, 0o600]);
  expect(readdirSync(folder)).toEqual(['admin.sock']);
  expect(await ask(folder, '/users/bob/greet', { word: 'hello' })).toEqual({
    status: 200,
    answer: { said: 'hello, bob' },
  });
});

it('keeps the rights of the socket under a umask that forbids nothing', async () => {
  const before = process.umask(0);
  onTestFinished(() => void process.umask(before));
  const folder = temporaryFolder();
  await openIn(folder);
  expect(statSync(join(folder, 'admin.sock')).mode & 0o777).toBe(0o600);
});

it('writes a line of the log for each request, with how it ended and nothing of its body', async () => {
  const folder = temporaryFolder();
  const { said } = await openIn(folder);
  await ask(folder, '/users/bob/greet', { word: 'canary' });
  expect((await ask(folder, '/users/nobody/greet', { word: 'canary' })).status).toBe(404);
  expect((await ask(folder, '/other', {})).status).toBe(404);
  expect((await ask(folder, '/users/bob/greet', { word: 7 })).status).toBe(400);
  await vi.waitFor(() => expect(said()).toHaveLength(4));
  expect(said().map(({ level, command, outcome, msg }) => [level, command, outcome, msg])).toEqual([
    [40, 'POST /users/bob/greet', 'ok', 'an administrator'],
    [40, 'POST /users/nobody/greet', 'unknown_user', 'an administrator'],
    [40, 'POST /other', 'not_found', 'an administrator'],
    [40, 'POST /users/bob/greet', 'bad_request', 'an administrator'],
  ]);
  expect(JSON.stringify(said())).not.toContain('canary');
});

it('is gone when it is closed, and leaves alone what somebody else has put in its place', async () => {
  const folder = temporaryFolder();
  const place = join(folder, 'admin.sock');
  const { socket } = await openIn(folder);
  await socket?.close();
  expect(existsSync(place)).toBe(false);

  const { socket: second } = await openIn(folder);
  renameSync(place, join(folder, 'old'));
  writeFileSync(place, 'mine');
  await second?.close();
  expect(statSync(place).isFile()).toBe(true);
});

/** A server on a Unix socket, which was moved since. */
async function listenAt(folder: string): Promise<Server> {
  const server = createServer().listen(join(folder, 'aside'));
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  renameSync(join(folder, 'aside'), join(folder, 'admin.sock'));
  return server;
}

it('takes over what a killed process has left', async () => {
  const folder = temporaryFolder();
  const killed = await listenAt(folder);
  killed.close();
  await once(killed, 'close');
  expect(statSync(join(folder, 'admin.sock')).isSocket()).toBe(true);

  await openIn(folder);
  expect((await ask(folder, '/users/bob/greet', { word: 'hello' })).status).toBe(200);
});

it.each([
  [
    'of a process that runs',
    async (folder: string) => void (await listenAt(folder)),
    'Another process answers',
  ],
  [
    'where a file is',
    (folder: string) => writeFileSync(join(folder, 'admin.sock'), 'mine'),
    'is there, and no socket',
  ],
  [
    'where a link leads elsewhere',
    (folder: string) => symlinkSync('/nowhere', join(folder, 'admin.sock')),
    'is there, and no socket',
  ],
  ['in a folder that its group may write to', (folder: string) => chmodSync(folder, 0o770), 'chmod go-w it'],
])('does not take the place %s, and says so', async (_, prepare, reason) => {
  const folder = temporaryFolder();
  await prepare(folder);
  const before = readdirSync(folder);
  const { socket, said } = await openIn(folder);
  expect(socket).toBeNull();
  expect(said()).toEqual([expect.objectContaining({ level: 40, reason: expect.stringContaining(reason) })]);
  expect(readdirSync(folder)).toEqual(before);
});

it('says that a folder lies too deep where the path of its socket would be too long', async () => {
  const folder = temporaryFolder();
  const room = SOCKET_PATH_MAX - Buffer.byteLength(join(folder, '', 'admin.sock')) - 1;
  const [deep, tooDeep] = [join(folder, 'd'.repeat(room)), join(folder, 'd'.repeat(room + 1))];
  for (const made of [deep, tooDeep]) mkdirSync(made, { mode: 0o700 });
  expect((await openIn(deep)).socket).not.toBeNull();
  expect(statSync(join(deep, 'admin.sock')).isSocket()).toBe(true);

  const { socket, said } = await openIn(tooDeep);
  expect(socket).toBeNull();
  expect(said()[0]?.reason).toContain('lies too deep');
  expect(adminSocketPath(tooDeep)).toEqual({ error: said()[0]?.reason });
});
