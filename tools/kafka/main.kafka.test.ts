import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { freePort, isFree } from './free-port.ts';

interface Runner {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Resolves to the exit code, null after a signal. */
  readonly exit: Promise<number | null>;
}

let folder: string;
let port: number;
let registryPort: number;
const runners: Runner[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secure-chat-runner-'));
  [port, registryPort] = [await freePort(), await freePort()];
});
afterEach(async () => {
  for (const { child } of runners.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** What `npm run kafka` runs, with its temporary files in the test's folder. */
function run(...args: string[]): Runner {
  const main = join(import.meta.dirname, 'main.ts');
  const ports = ['--port', `${port}`, '--registry-port', `${registryPort}`];
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...ports, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: folder },
  });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output += chunk;
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const runner = { child, output: () => output, exit: once(child, 'close').then(([code]) => code) };
  runners.push(runner);
  return runner;
}

const ready = (runner: Runner): Promise<void> =>
  vi.waitFor(() => expect(runner.output()).toContain('are ready'), { timeout: 100_000, interval: 100 });

/** The java processes of a runner. */
async function javaOf({ child }: Runner): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'ppid=,pid=,comm=']);
  const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/));
  return rows.flatMap(([parent, pid, name]) =>
    Number(parent) === child.pid && name === 'java' ? [Number(pid)] : [],
  );
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const subjects = async (): Promise<unknown> =>
  (await fetch(`http://127.0.0.1:${registryPort}/apis/ccompat/v7/subjects`)).json();

test('says how to use what it started, and at SIGTERM removes all of it and exits 0', async () => {
  const runner = run();
  await ready(runner);
  expect(runner.output()).toContain(`KAFKA_BROKERS=127.0.0.1:${port} `);
  expect(runner.output()).toContain(`SCHEMA_REGISTRY_URL=http://127.0.0.1:${registryPort}/apis/ccompat/v7 `);
  runner.child.kill('SIGTERM');
  expect(await runner.exit).toBe(0);
  expect([await isFree(port), await isFree(registryPort)]).toEqual([true, true]);
  expect((await readdir(folder)).filter((name) => name.startsWith('secure-chat'))).toEqual([]);
});

test('leaves no process behind when it is killed, not even a paused broker', async () => {
  const runner = run();
  await ready(runner);
  const pids = await javaOf(runner);
  expect(pids).toHaveLength(2);
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  runner.child.kill('SIGKILL');
  await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), { timeout: 10_000 });
});

test('says that a broker has ended by itself, ends the rest, and exits 1', async () => {
  const runner = run();
  await ready(runner);
  const pids = await javaOf(runner);
  const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'pid=,args=']);
  const broker = stdout
    .split('\n')
    .find((line) => /kafka\.Kafka/.test(line) && pids.includes(parseInt(line, 10)));
  process.kill(parseInt(broker ?? '', 10), 'SIGKILL');
  expect(await runner.exit).toBe(1);
  expect(runner.output()).toMatch(/kafka: broker 1 has ended by itself\n$/);
  expect(pids.filter(isAlive)).toEqual([]);
});

test('keeps the data that --data names, and refuses to run it with another number of brokers', async () => {
  const data = join(folder, 'kept');
  const first = run('--data', data);
  await ready(first);
  const url = `http://127.0.0.1:${registryPort}/apis/ccompat/v7/subjects/kept-value/versions`;
  const headers = { 'content-type': 'application/vnd.schemaregistry.v1+json' };
  await fetch(url, { method: 'POST', headers, body: JSON.stringify({ schema: '"string"' }) });
  first.child.kill('SIGINT');
  expect(await first.exit).toBe(0);

  const other = run('--data', data, '--brokers', '3');
  expect(await other.exit).toBe(1);
  expect(other.output()).toContain('holds the data of 1 broker(s): start it with --brokers 1');

  const second = run('--data', data);
  await ready(second);
  expect(await subjects()).toEqual(['kept-value']);
  expect(existsSync(join(data, 'broker-1', 'log', 'meta.properties'))).toBe(true);
  second.child.kill('SIGTERM');
  expect(await second.exit).toBe(0);
});

test('says which port is taken, and exits 1', async () => {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  const runner = run();
  expect(await runner.exit).toBe(1);
  expect(runner.output()).toBe(`kafka: port ${port} is taken: choose another one with --port\n`);
  server.close();
});

test('says what is wrong with an argument, and exits 1', async () => {
  const runner = run('--brokers', '2');
  expect(await runner.exit).toBe(1);
  expect(runner.output()).toBe('kafka: --brokers must be 1 or 3, not "2"\n');
});
