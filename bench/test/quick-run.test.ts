import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { REPOSITORY } from '../src/child-process.ts';
import { quickDelivery } from './quick-delivery.ts';

const bench = (...args: string[]) =>
  promisify(execFile)(process.execPath, ['--import', 'tsx', 'bench/src/main.ts', ...args], {
    cwd: REPOSITORY,
  });

const timing = { mean: expect.any(Number), p50: expect.any(Number), p99: expect.any(Number) };
const message = { write: timing, read: timing };
const spread = { p50: expect.any(Number), p95: expect.any(Number), max: expect.any(Number) };
const TUI = {
  setting: { quick: true },
  messages: 2_000,
  contacts: 20,
  start: { starts: 1, firstScreen: spread, bareNode: spread, toBareNode: expect.any(Number) },
  openedMs: expect.any(Number),
  scrolling: { pages: 25, pageMs: spread },
  typing: { keys: 20, glyphMs: spread, bareMs: spread },
  searching: { searches: 2, firstMs: expect.any(Number), searchMs: spread, plainScanMs: spread },
  idle: { seconds: 1, cpuPercent: expect.any(Number) },
  memory: { signedIn: expect.any(Number), searched: expect.any(Number) },
};
const E2EE = {
  setting: { quick: true },
  messages: {
    messages: 50,
    textBytes: 200,
    paddedBytes: 1_024,
    bare: message,
    v1: message,
    oneWay: message,
    inTurns: message,
  },
  exchange: { exchanges: 5, restToRsa: expect.any(Number) },
  signIn: { signIns: 1, whole: expect.any(Number), rest: expect.any(Number) },
  firstScreen: { messages: 5_000, contacts: 20, screen: timing, whole: timing },
  receiving: { messages: 500, perSecond: expect.any(Number) },
};

it('prints one JSON object with every figure above zero', { timeout: 180_000 }, async () => {
  const { stdout } = await bench('--json', '--quick');
  const result: unknown = JSON.parse(stdout);
  const rate = { perSecond: expect.any(Number), latencyMs: { max: expect.any(Number) } };
  expect(result).toMatchObject({
    setting: { quick: true, fewSessions: 4, manySessions: 12, concurrentSends: 4 },
    ready: { readySeconds: expect.any(Number) },
    logins: { perSecond: expect.any(Number) },
    sends: { bare: rate, namedFew: rate, namedMany: rate, v1Few: rate, v1Many: rate, v1Scanned: rate },
    polls: { everySecond: { messages: 1 }, continuously: { messages: 5 } },
    idle: { clients: 4, requests: 16, cpuPercent: expect.any(Number) },
    sqliteAppends: { appends: 640, perSecond: expect.any(Number) },
    e2ee: E2EE,
    delivery: quickDelivery('embedded'),
    tui: TUI,
  });
  const targets = typeof result === 'object' && result !== null && Reflect.get(result, 'targets');
  expect(targets).toHaveLength(24);
  for (const perSecond of stdout.matchAll(/"perSecond":([^,}]+)/g)) {
    expect(Number(perSecond[1])).toBeGreaterThan(0);
  }
});

it('measures the end-to-end encryption alone', { timeout: 60_000 }, async () => {
  const result: unknown = JSON.parse((await bench('--only', 'e2ee', '--json', '--quick')).stdout);
  expect(result).toMatchObject({ e2ee: E2EE, targets: expect.any(Array) });
  expect(result).not.toHaveProperty('sends');
});

it('measures the delivery alone', { timeout: 60_000 }, async () => {
  const result: unknown = JSON.parse((await bench('--only', 'delivery', '--json', '--quick')).stdout);
  expect(result).toMatchObject({ delivery: quickDelivery('embedded'), targets: expect.any(Array) });
  expect(result).not.toHaveProperty('sends');
});

it('measures the TUI alone', { timeout: 120_000 }, async () => {
  const result: unknown = JSON.parse((await bench('tui', '--json', '--quick')).stdout);
  expect(result).toMatchObject({ tui: TUI, targets: expect.any(Array) });
  expect(result).not.toHaveProperty('sends');
});

it('refuses an argument that it does not know in one line', async () => {
  await expect(bench('--fast')).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: 'bench: unknown argument "--fast"\n',
  });
});
