import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, startServiceProcess } from './service-process.ts';

/** Answers every request with the status, and does more. */
const serving = (status: number, more = ''): string => `
  import { createServer } from 'node:http';
  createServer((request, response) => response.writeHead(${status}).end()).listen(process.env.PORT, '127.0.0.1');
  ${more}`;

const PROGRAMS = {
  good: serving(200, "process.on('SIGTERM', () => process.exit(0));"),
  rude: serving(200, "process.on('SIGTERM', () => { console.log('no time'); process.exit(3); });"),
  stubborn: serving(200, "process.on('SIGTERM', () => {});"),
  unready: serving(503),
  broken: "console.error('no such database'); process.exitCode = 7;",
  suicidal: "console.error('goodbye'); process.kill(process.pid, 'SIGKILL');",
  // takes connections, answers nothing
  silent:
    "import { createServer } from 'node:net'; createServer(() => {}).listen(process.env.PORT, '127.0.0.1');",
};

describe('a service in a process of its own', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'secure-chat-service-process-'));
    for (const [name, program] of Object.entries(PROGRAMS))
      await writeFile(join(folder, `${name}.mjs`), program);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const start = (name: keyof typeof PROGRAMS, readyMs?: number, port?: string) =>
    startServiceProcess(join(folder, `${name}.mjs`), port ? { PORT: port } : {}, undefined, readyMs);
  const failure = (promise: Promise<unknown>): Promise<Error> =>
    promise.then(
      () => expect.fail('it went well'),
      (error: Error) => error,
    );

  it('stops', async () => {
    const service = await start('good');
    await service.stop();
    expect(await service.gone).toEqual({ code: 0, signal: null });
  });

  it('says the exit code of one that does not end well, and what it said last', async () => {
    const service = await start('rude');
    expect((await failure(service.stop())).message).toMatch(/exit code 3, signal null:\nno time$/);
  });

  it('says the signal of one that was killed before', async () => {
    const service = await start('good');
    service.signal('SIGKILL');
    expect((await failure(service.stop())).message).toContain('exit code null, signal SIGKILL');
    expect(service.alive()).toBe(false);
    expect(await service.gone).toEqual({ code: null, signal: 'SIGKILL' });
    await service.kill();
  });

  it('says that one does not end', async () => {
    const service = await start('stubborn');
    expect((await failure(service.stop())).message).toContain('did not end in 5000 ms');
    expect(service.alive()).toBe(false);
  });

  it.each([
    ['broken', 'no such database', 'ended: exit code 7, signal null'],
    ['suicidal', 'goodbye', 'ended: exit code null, signal SIGKILL'],
  ] as const)('says how one ended at its start: %s', async (name, last, how) => {
    const { message, cause } = await failure(start(name));
    expect(message).toContain(`did not start:\n${last}`);
    expect(cause).toEqual(new Error(how));
  });

  it.each(['unready', 'silent'] as const)('leaves nothing of one that is not ready: %s', async (name) => {
    const port = String(await freePort());
    const { cause } = await failure(start(name, 1_000, port));
    expect(cause).toEqual(new Error('not ready in 1000 ms'));
    const server = createServer().listen(Number(port), '127.0.0.1');
    await once(server, 'listening');
    server.close();
  });
});
