import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freshDatabase, POSTGRES, serverUrl } from '../../tools/postgres/databases.ts';
import { startServiceProcess } from '../contract/service-process.ts';

const ROOT = resolve(import.meta.dirname, '../..');

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'secure-chat-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** The settings of a PostgreSQL database and of the key, each secret in a file. */
async function settings(folder: string): Promise<Record<string, string>> {
  const url = new URL(await freshDatabase(await serverUrl()));
  const [password, key] = [join(folder, 'password'), join(folder, 'key')];
  await writeFile(password, `${url.password}\n`, { mode: 0o444 });
  await writeFile(key, `${'ab'.repeat(32)}\n`, { mode: 0o444 });
  url.password = '';
  return {
    DATA_DIR: join(folder, 'data'),
    DATABASE_URL: url.href,
    DATABASE_PASSWORD_FILE: password,
    SERVICE_KEY_FILE: key,
  };
}

describe.each(POSTGRES)('with DATABASE_URL, $kind', () => {
  test.each(['services/auth', 'services/directory'])(
    '%s makes no file but that of the event log',
    async (service) => {
      const folder = await temporaryFolder();
      const { stop } = await startServiceProcess(service, await settings(folder));
      expect(
        (await readdir(join(folder, 'data'))).filter(
          (file) => !file.startsWith('event-log.db') && file !== 'admin.sock',
        ),
      ).toEqual([]);
      await stop();
    },
  );

  test('the system in one process keeps the tables of all services in one database', async () => {
    const folder = await temporaryFolder();
    const { url, stop } = await startServiceProcess('packages/stack', await settings(folder));
    expect((await fetch(`${url}/chat/auth/register-challenge`)).status).toBe(200);
    const files = (await readdir(join(folder, 'data'))).filter((file) => !file.startsWith('event-log.db'));
    expect(files).toEqual(['admin.sock', 'stack.lock']);
    await stop();
  });
});

describe('a service whose database cannot be had', () => {
  test('exits 1 with one line that does not hold the password', async () => {
    const folder = await temporaryFolder();
    const start = async (url: string) => {
      const child = spawn(process.execPath, ['--import', 'tsx', 'services/auth/src/main.ts'], {
        cwd: ROOT,
        env: { PATH: process.env.PATH, DATA_DIR: folder, PORT: '0', DATABASE_URL: url },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const [problem, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
      expect(code).toBe(1);
      return problem;
    };
    expect(await start('postgres://me:canary@db')).toMatch(
      /^secure-chat: DATABASE_URL must be (?!.*canary).*\n$/,
    );
    // Nobody listens on port 9: it is waited for, as long as a server takes to start.
    expect(await start('postgres://me:canary@127.0.0.1:9/chat')).toBe(
      'secure-chat: cannot start: cannot open the PostgreSQL database chat at 127.0.0.1:9 as me: connect ECONNREFUSED 127.0.0.1:9\n',
    );
  });
});
