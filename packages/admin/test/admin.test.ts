import { join } from 'node:path';
import { AppError } from '@secure-chat/service-kit/app-error';
import type { AdminUser } from '@secure-chat/wire/admin-api';
import { expect, it } from 'vitest';
import { COMMANDS } from '../src/commands.ts';
import { admin, answering, serveIn } from './admin-under-test.ts';
import { temporaryFolder } from './temporary-folder.ts';

it.each([[[]], [['--help']], [['-h']], [['help']]])(
  'lists every command and exit code for %j',
  async (args) => {
    const { code, stdout, stderr } = await admin(temporaryFolder(), args);
    expect([code, stderr]).toEqual([0, '']);
    for (const { name, summary } of COMMANDS)
      expect(stdout).toMatch(new RegExp(`^  ${name}\\b.*${summary}$`, 'm'));
    expect(stdout).toMatch(/^ {2}3 {3}nothing runs/m);
  },
);

it.each(COMMANDS)('says with --help what $name takes', async (command) => {
  const { code, stdout } = await admin(temporaryFolder(), [command.name, '--help']);
  expect(code).toBe(0);
  expect(stdout).toContain(`Usage: npm run admin -- ${command.name}`);
  for (const { name } of command.options ?? []) expect(stdout).toContain(`--${name}`);
});

it.each([
  [['frobnicate'], 'There is no command "frobnicate". There are stats, users'],
  [['users', 'bob'], 'Usage: npm run admin -- users'],
  [['users', '--frob'], "Unknown option '--frob'"],
])('refuses the command line %j', async (args, sentence) => {
  const { code, stdout, stderr } = await admin(temporaryFolder(), args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(sentence);
});

it('says where nothing runs, and that a folder lies too deep', async () => {
  const folder = temporaryFolder();
  const { code, stderr } = await admin(folder, ['users']);
  expect(code).toBe(3);
  expect(stderr).toContain(`Nothing runs on ${folder} that could be asked.`);
  const deep = await admin(join(folder, 'd'.repeat(100)), ['users']);
  expect(deep.code).toBe(3);
  expect(deep.stderr).toContain('lies too deep');
});

const USER = {
  registeredAt: 1_767_522_600_000,
  seenAt: null,
  sessions: 0,
  suspendedAt: null,
  deletedAt: null,
};

it('shows all users, page by page, as text and as JSON', async () => {
  const folder = temporaryFolder();
  const users: AdminUser[] = [
    { ...USER, username: 'alice', seenAt: 1_767_522_660_000, sessions: 2 },
    { ...USER, username: 'Bob', suspendedAt: 1_767_522_660_000 },
    { ...USER, username: 'carol', deletedAt: 1_767_522_660_000 },
  ];
  let asked = 0;
  await serveIn(folder, [
    answering('GET', '/users', () => {
      const user = users[asked];
      asked += 1;
      return { users: [user], more: asked < users.length };
    }),
  ]);
  const { code, stdout } = await admin(folder, ['users']);
  expect(code).toBe(0);
  expect(stdout.split('\n')).toEqual([
    'NAME    REGISTERED         LAST SEEN          SESSIONS   STATE',
    'alice   2026-01-04 10:30   2026-01-04 10:31   2',
    'Bob     2026-01-04 10:30   -                  0          suspended 2026-01-04 10:31',
    'carol   -                  -                  0          deleted 2026-01-04 10:31',
    '',
  ]);
  asked = 0;
  expect(JSON.parse((await admin(folder, ['users', '--json'])).stdout)).toEqual({ users });
});

it('deletes only who is named twice, or with --yes', async () => {
  const folder = temporaryFolder();
  let deleted = 0;
  await serveIn(folder, [
    answering('POST', '/users/:username/delete', () => {
      deleted += 1;
      return { status: 'OK' };
    }),
  ]);
  const nobody = await admin(folder, ['delete', 'Bob']);
  expect([nobody.code, nobody.questions]).toEqual([2, ['This deletes Bob for ever. Repeat the name: ']]);
  expect((await admin(folder, ['delete', 'Bob'], 'yes')).code).toBe(1);
  expect((await admin(folder, ['delete', 'Bob'], '')).code).toBe(1);
  expect(deleted).toBe(0);
  expect((await admin(folder, ['delete', 'Bob'], 'bob\n')).code).toBe(0);
  expect(await admin(folder, ['delete', 'Bob', '--yes'])).toMatchObject({ code: 0, questions: [] });
  expect(deleted).toBe(2);
});

it.each(['suspend', 'resume', 'delete'])('refuses to %s what is no name', async (command) => {
  const { code, stderr } = await admin(temporaryFolder(), [
    command,
    '../bob',
    ...(command === 'delete' ? ['--yes'] : []),
  ]);
  expect([code, stderr]).toEqual([2, 'admin: "../bob" is no user name.\n']);
});

it('says what the server refuses, in its words, and refuses what is no answer', async () => {
  const refusing = temporaryFolder();
  await serveIn(refusing, [
    answering('GET', '/users', () => {
      throw new AppError('unavailable', { message: 'The log\u001b[2J is away.' });
    }),
  ]);
  expect(await admin(refusing, ['users'])).toMatchObject({ code: 1, stderr: 'admin: The log is away.\n' });

  const lying = temporaryFolder();
  await serveIn(lying, [
    answering('GET', '/users', () => ({ users: [{ username: '\u001b[2J' }], more: false })),
  ]);
  const { code, stderr } = await admin(lying, ['users']);
  expect(code).toBe(1);
  expect(stderr).toContain('is it of the same?');

  const other = temporaryFolder();
  await serveIn(other, []);
  expect(await admin(other, ['users'])).toMatchObject({
    code: 1,
    stderr: 'admin: There is no such endpoint.\n',
  });
});
