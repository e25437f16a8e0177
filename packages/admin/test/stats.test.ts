import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEventLog } from '@secure-chat/event-log/event-log';
import { createLogger } from '@secure-chat/service-kit/logger';
import type { AdminStats, AdminStorage } from '@secure-chat/wire/admin-api';
import { messageTopic } from '@secure-chat/wire/names';
import { expect, it, onTestFinished } from 'vitest';
import { admin, answering, serveIn } from './admin-under-test.ts';
import { temporaryFolder } from './temporary-folder.ts';

const STATS: AdminStats = {
  version: '0.1.0',
  node: 'v20.19.5',
  uptime: 59,
  users: 12,
  suspended: 1,
  deleted: 2,
  sessions: 14,
  online: 3,
  ready: { auth: true, directory: true, relay: false, gateway: true },
};

async function serving(storage: AdminStorage, changed: Partial<AdminStats> = {}) {
  const folder = temporaryFolder();
  await serveIn(folder, [
    answering('GET', '/stats', () => ({ ...STATS, ...changed })),
    answering('GET', '/storage', () => storage),
  ]);
  return { folder, run: (...args: string[]) => admin(folder, ['stats', ...args]) };
}

const HERE: AdminStorage = { eventLog: 'embedded', database: 'sqlite' };

it('shows users, what waits, sizes with their write-ahead logs, and which parts are ready', async () => {
  const { folder, run } = await serving(HERE);
  const log = await openEventLog({ backend: 'embedded', dataDir: folder }, createLogger('log', 'silent'));
  onTestFinished(() => log.close());
  await log.mailboxes.create([messageTopic('bob')]);
  for (const text of ['one', 'two']) await log.mailboxes.append(messageTopic('bob'), Buffer.from(text));
  const sizes = { 'auth.db': 1_500_000, 'auth.db-wal': 700_000, 'directory.db': 40_000 };
  for (const [name, size] of Object.entries(sizes)) writeFileSync(join(folder, name), Buffer.alloc(size));

  const { code, stdout } = await run();
  expect(code).toBe(0);
  expect(stdout.split('\n')).toEqual([
    'version               0.1.0, Node v20.19.5',
    'running for           0 min',
    'users                 12, of them suspended 1',
    'deleted               2',
    'online                3',
    'open sessions         14',
    'records waiting       2',
    expect.stringMatching(/^event log, embedded {3}0\.\d MB$/),
    'accounts, sqlite      2.2 MB',
    'directory, sqlite     0.0 MB',
    'auth                  ready',
    'directory             ready',
    'relay                 not ready',
    'gateway               ready',
    '',
  ]);
  expect(JSON.parse((await run('--json')).stdout)).toEqual({
    ...STATS,
    storage: HERE,
    bytes: { eventLog: expect.any(Number), auth: 2_200_000, directory: 40_000 },
    waiting: 2,
  });
});

it('says nothing of files that lie there while all is on Kafka and PostgreSQL, nor of what auth alone does not know', async () => {
  const ready = { auth: true };
  const { folder, run } = await serving(
    { eventLog: 'kafka', database: 'postgresql' },
    { online: null, ready },
  );
  for (const name of ['event-log.db', 'auth.db', 'directory.db']) writeFileSync(join(folder, name), 'old');
  const { stdout } = await run();
  expect(stdout).toMatch(/^online +-$/m);
  expect(stdout).toMatch(/^records waiting +-$/m);
  expect(stdout).toMatch(/^event log, kafka +-$/m);
  expect(stdout).toMatch(/^accounts, postgresql +-$/m);
  expect(JSON.parse((await run('--json')).stdout)).toMatchObject({
    bytes: { eventLog: null, auth: null, directory: null },
    waiting: null,
    ready,
  });
});

it.each([
  [59 * 60 + 59, '59 min'],
  [60 * 60, '1 h 0 min'],
  [24 * 60 * 60 - 1, '23 h 59 min'],
  [3 * 24 * 60 * 60 + 4 * 60 * 60, '3 d 4 h'],
])('says %i s as %s', async (uptime, said) => {
  const { run } = await serving({ eventLog: 'kafka', database: 'sqlite' }, { uptime });
  expect((await run()).stdout).toMatch(new RegExp(`^running for +${said}$`, 'm'));
});

it('fails where the event log cannot be read', async () => {
  const { folder, run } = await serving(HERE);
  writeFileSync(join(folder, 'event-log.db'), 'no database');
  const { code, stdout, stderr } = await run();
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain('event-log.db cannot be read');
});
