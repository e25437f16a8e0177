import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type ChatClient, createAccount, profileExists, signIn } from '@secure-chat/client/chat-client';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createAuthority } from '../../tools/certificates.ts';
import { freePort } from '../../tools/kafka/free-port.ts';

const ROOT = resolve(import.meta.dirname, '../..');

describe('npm start', () => {
  let folder: string;
  let npm: ChildProcess;
  let output: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'npm-start-'));
    output = '';
  });
  afterEach(() => rm(folder, { recursive: true }));

  const start = (env: Record<string, string>, args: readonly string[] = ['--no-echo']): void => {
    npm = spawn('npm', ['start', '--silent', '--', ...args], {
      cwd: ROOT,
      env: { ...process.env, DATA_DIR: join(folder, 'data'), ...env },
    });
    for (const stream of [npm.stdout, npm.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
  };
  const readyUrl = (): Promise<string> =>
    vi.waitFor(
      () => {
        const [, url] = /is ready at (https?:\S+)/.exec(output) ?? [];
        if (!url) throw new Error(`not ready: ${output}`);
        return url;
      },
      { timeout: 20_000, interval: 20 },
    );

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'says one line when it is ready, and ends with exit code 0 on %s',
    async (signal) => {
      start({ PORT: '0' });
      const url = await readyUrl();
      expect(output.trim().split('\n')).toHaveLength(1);
      expect(output).toContain(join(folder, 'data'));
      expect(output).toContain(`npm run tui -- --server ${url}`);
      expect((await fetch(`${url}/ready`)).status).toBe(200);

      npm.kill(signal);
      expect(await once(npm, 'exit')).toEqual([0, null]);
      await expect(fetch(`${url}/ready`)).rejects.toThrow();
    },
  );

  test('answers for metrics of all parts at one listener of its own, where it is asked to', async () => {
    const port = String(await freePort());
    start({ PORT: '0', METRICS_PORT: port });
    const url = await readyUrl();
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    for (const part of ['auth', 'directory', 'relay', 'gateway', 'event-log', 'secure-chat'])
      expect(metrics).toContain(`{service="${part}"`);
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
    npm.kill('SIGTERM');
    expect(await once(npm, 'exit')).toEqual([0, null]);
    await expect(fetch(`http://127.0.0.1:${port}/metrics`)).rejects.toThrow();
  });

  test('takes as many connections of one address as it is told', async () => {
    start({ PORT: '0', CONNECTIONS_PER_ADDRESS_MAX: '1' });
    const { port, hostname } = new URL(await readyUrl());
    const first = connect(Number(port), hostname);
    await once(first, 'connect');
    const second = connect(Number(port), hostname);
    await once(second, 'close');
    first.end('GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(String((await once(first, 'data'))[0])).toMatch(/^HTTP\/1\.1 200 /);
    npm.kill('SIGTERM');
    await once(npm, 'exit');
  });

  test('speaks TLS with a certificate, and brings up no bot then', async () => {
    const authority = createAuthority();
    const { cert, key } = authority.issue({ names: ['chat.example', '127.0.0.1'] });
    await writeFile(join(folder, 'cert.pem'), cert);
    await writeFile(join(folder, 'key.pem'), key);
    start({ PORT: '0', TLS_CERT: join(folder, 'cert.pem'), TLS_KEY: join(folder, 'key.pem') }, []);
    const url = await readyUrl();
    const { protocol, port } = new URL(url);
    expect(protocol).toBe('https:');
    expect(output).toContain(`npm run tui -- --server https://chat.example:${port}\n`);
    const asked = get(`${url}/health`, { ca: authority.cert, agent: false });
    const [answer] = await once(asked, 'response');
    expect(answer.statusCode).toBe(200);
    answer.resume();

    const trust = { ca: authority.cert, insecureHttp: false, pin: null };
    const enter = async (username: string): Promise<ChatClient> => {
      const profile = join(folder, username);
      const client = await createAccount({
        server: url,
        username,
        profile,
        password: 'correct horse',
        trust,
      });
      onTestFinished(() => client.close());
      return client;
    };
    const [ada, bob] = [await enter('ada'), await enter('bob')];
    await ada.addContact('bob');
    ada.send('bob', 'over TLS');
    await vi.waitFor(() => expect(bob.messages('ada', { limit: 1 })[0]?.text).toBe('over TLS'), {
      timeout: 20_000,
      interval: 30,
    });
    await Promise.all([ada.close(), bob.close()]);
    npm.kill('SIGTERM');
    expect(await once(npm, 'exit')).toEqual([0, null]);
    expect(await readdir(join(folder, 'data'))).not.toContain('echo');
  });

  test('keeps its data readable by its owner alone', async () => {
    start({ PORT: '0' });
    await readyUrl();
    const data = join(folder, 'data');
    expect((await stat(data)).mode & 0o777).toBe(0o700);
    const files = await readdir(data);
    expect(files).toEqual(expect.arrayContaining(['auth.db', 'directory.db', 'event-log.db', 'service.key']));
    for (const file of files) expect((await stat(join(data, file))).mode & 0o777).toBe(0o600);
    npm.kill('SIGTERM');
    await once(npm, 'exit');
  });

  test('says every wrong setting at once, a line each, and exits 1', async () => {
    start({ PORT: 'eighty', LOG_LEVEL: 'loud', HOST: 'a b', CONNECTIONS_MAX: '0' });
    expect(await once(npm, 'exit')).toEqual([1, null]);
    expect(output.match(/^secure-chat: (HOST|PORT|LOG_LEVEL|CONNECTIONS_MAX) must be /gm)).toHaveLength(4);
  });

  describe('brings up echo', () => {
    const enter = async (url: string): Promise<ChatClient> => {
      const profile = join(folder, 'ada');
      const open = profileExists(profile) ? signIn : createAccount;
      const client = await open({ server: url, username: 'ada', profile, password: 'correct horse' });
      onTestFinished(() => client.close());
      await vi.waitFor(async () => expect((await client.addContact('echo')).online).toBe(true), {
        timeout: 30_000,
        interval: 100,
      });
      return client;
    };
    const answers = (client: ChatClient): string[] =>
      client
        .messages('echo', { limit: 10 })
        .filter(({ sender, state }) => sender === 'echo' && state === 'received')
        .map(({ text }) => text);

    test('which answers with what it was told, and is the same one at the next start', async () => {
      for (const said of ['hello', 'hello again']) {
        output = '';
        start({ PORT: '0' }, []);
        const client = await enter(await readyUrl());
        client.send('echo', said);
        await vi.waitFor(() => expect(answers(client)).toContain(said), { timeout: 20_000, interval: 30 });
        expect(client.contacts().map(({ username, protection }) => [username, protection])).toEqual([
          ['echo', 'unverified'],
        ]);
        await client.close();
        npm.kill('SIGTERM');
        expect(await once(npm, 'exit')).toEqual([0, null]);
        expect(output.trim().split('\n')).toHaveLength(1);
      }
      const echo = join(folder, 'data', 'echo');
      expect((await stat(echo)).mode & 0o777).toBe(0o700);
      expect((await stat(join(echo, 'password'))).mode & 0o777).toBe(0o600);
    }, 90_000);

    test('whose trouble is a warning, and not that of the system', async () => {
      await mkdir(join(folder, 'data'), { mode: 0o700 });
      await writeFile(join(folder, 'data', 'echo'), 'no folder');
      start({ PORT: '0' }, []);
      const url = await readyUrl();
      await vi.waitFor(() => expect(output).toContain('the bot echo cannot be started'), { timeout: 10_000 });
      expect((await fetch(`${url}/ready`)).status).toBe(200);
      npm.kill('SIGTERM');
      expect(await once(npm, 'exit')).toEqual([0, null]);
    });

    test('unless ECHO is off', async () => {
      start({ PORT: '0', ECHO: 'off' }, []);
      await readyUrl();
      npm.kill('SIGTERM');
      expect(await once(npm, 'exit')).toEqual([0, null]);
      expect(await readdir(join(folder, 'data'))).not.toContain('echo');
    });

    test('and refuses an option that it does not know', async () => {
      start({ PORT: '0' }, ['--no-ecko']);
      expect(await once(npm, 'exit')).toEqual([1, null]);
      expect(output).toMatch(/^secure-chat: Unknown option '--no-ecko'/);
    });
  });
});
