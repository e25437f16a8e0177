import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { REPOSITORY } from '../src/child-process.ts';

const bench = (...args: string[]) =>
  promisify(execFile)(process.execPath, ['--import', 'tsx', 'bench/src/main.ts', ...args], {
    cwd: REPOSITORY,
  });

it('prints one JSON object with every figure above zero', { timeout: 60_000 }, async () => {
  const { stdout } = await bench('--json', '--quick');
  const result: unknown = JSON.parse(stdout);
  const rate = { perSecond: expect.any(Number), latencyMs: { max: expect.any(Number) } };
  expect(result).toMatchObject({
    setting: { quick: true, fewSessions: 4, manySessions: 12, concurrentSends: 4 },
    ready: { readySeconds: expect.any(Number) },
    logins: { perSecond: expect.any(Number) },
    sends: { bare: rate, namedFew: rate, namedMany: rate, v1Few: rate, v1Many: rate, v1Scanned: rate },
    delivery: { everySecond: { messages: 1 }, continuously: { messages: 5 } },
    idle: { clients: 4, requests: 16, cpuPercent: expect.any(Number) },
    sqliteAppends: { appends: 640, perSecond: expect.any(Number) },
  });
  const targets = typeof result === 'object' && result !== null && Reflect.get(result, 'targets');
  expect(targets).toHaveLength(7);
  for (const perSecond of stdout.matchAll(/"perSecond":([^,}]+)/g)) {
    expect(Number(perSecond[1])).toBeGreaterThan(0);
  }
});

it('refuses an argument that it does not know in one line', async () => {
  await expect(bench('--fast')).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: 'bench: unknown argument "--fast"\n',
  });
});
