import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { rawConnection } from './raw-connection.ts';

const PROCESS = fileURLToPath(new URL('process-under-test.ts', import.meta.url));

function start(env: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['--import', 'tsx', PROCESS], {
    env: { PATH: process.env.PATH, LOG_LEVEL: 'silent', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let problem = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    problem += text;
  });
  const line = async (): Promise<string> => String(await once(child.stdout, 'data')).trim();
  const ended = once(child, 'close').then(([code]) => ({ code, problem }));
  return { child, line, ended };
}

describe('a process', () => {
  it('that is configured badly exits 1 with one readable line for each problem, all at once', async () => {
    const { ended } = start({ PORT: 'x', HOST: 'a b', SERVICE_KEY: 'c0ffee' });
    const { code, problem } = await ended;
    expect(code).toBe(1);
    const named = /^secure-chat: (\w+) must be .+$/;
    const lines = problem.trimEnd().split('\n');
    expect(lines.map((line) => named.exec(line)?.[1])).toEqual(['HOST', 'PORT', 'SERVICE_KEY']);
    expect(problem).not.toContain('c0ffee');
  });

  it('whose port is taken exits 1 with one readable line', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const { code, problem } = await start({ PORT: String(port) }).ended;
    expect(code).toBe(1);
    expect(problem).toMatch(new RegExp(`^secure-chat: the port is taken .*${port}.*\\n$`));
  });

  it('whose address is not of this machine exits 1 with one line that names the setting', async () => {
    const { code, problem } = await start({ HOST: '192.0.2.1' }).ended;
    expect(code).toBe(1);
    expect(problem).toMatch(/^secure-chat: cannot listen there .*HOST.*\n$/);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('finishes on %s what is in flight and exits 0', async (signal) => {
    const { child, line, ended } = start();
    const url = await line();
    const answer = fetch(`${url}/in-flight`, { headers: { connection: 'close' } });
    await line();
    child.kill(signal);
    expect(await (await answer).json()).toEqual({ finished: true });
    expect(await ended).toEqual({ code: 0, problem: '' });
  });

  it('finishes all the same when the signal comes twice, as npm and a terminal send it', async () => {
    const { child, line, ended } = start();
    const url = await line();
    const answer = fetch(`${url}/in-flight`, { headers: { connection: 'close' } });
    await line();
    child.kill('SIGINT');
    child.kill('SIGTERM');
    child.kill('SIGINT');
    expect(await (await answer).json()).toEqual({ finished: true });
    expect(await ended).toEqual({ code: 0, problem: '' });
  });

  it('exits 0 within 5 s though clients hold connections open and requests half sent', async () => {
    const { child, line, ended } = start();
    const port = Number(new URL(await line()).port);
    const silent = await rawConnection(port);
    const half = await rawConnection(port);
    half.send('GET /in-flight HTTP/1.1\r\nHost: ');
    const signalled = performance.now();
    child.kill('SIGTERM');
    expect(await ended).toEqual({ code: 0, problem: '' });
    expect(performance.now() - signalled).toBeLessThan(5_000);
    await Promise.all([silent.ended, half.ended]);
  });

  it('exits 1 with a line when a part fails', async () => {
    const { child, line, ended } = start();
    await line();
    child.kill('SIGUSR2');
    expect(await ended).toEqual({ code: 1, problem: 'secure-chat: A part failed: Error: the log is gone\n' });
  });
});
