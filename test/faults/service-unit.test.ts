import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../contract/service-process.ts';
import { misbehaved } from './misbehaved.ts';
import { createServiceUnit } from './service-unit.ts';
import type { Unit } from './unit.ts';

/** Ends itself by SIGKILL at the `DIES_AFTER`-th request that is no look whether it is ready, and with code 1 at `/crash`. */
const PROGRAM = `
  import { createServer } from 'node:http';
  let left = Number(process.env.DIES_AFTER);
  if (left === 0) process.kill(process.pid, 'SIGKILL');
  if (process.env.BROKEN) process.exit(2);
  if (process.env.STUBBORN) process.on('SIGTERM', () => {});
  const who = process.env.DIES_AFTER ? 'armed' : 'plain';
  createServer(({ url }, response) => {
    if (url === '/crash') process.exit(1);
    if (url !== '/ready' && --left === 0) process.kill(process.pid, 'SIGKILL');
    response.end(who);
  }).listen(process.env.PORT, '127.0.0.1');`;

const SOON = { timeout: 20_000, interval: 20 };

describe('a service that faults are done to', () => {
  let folder: string;
  let url: string;
  let unit: Unit;
  let said: string[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'secure-chat-service-unit-'));
    for (const name of ['plain', 'dying']) await writeFile(join(folder, `${name}.mjs`), PROGRAM);
  });
  afterAll(() => rm(folder, { recursive: true }));
  afterEach(() => unit.end());

  async function make(more: Record<string, string> = {}): Promise<void> {
    const PORT = String(await freePort());
    url = `http://127.0.0.1:${PORT}`;
    said = [];
    const options = {
      name: 'it',
      program: join(folder, 'plain.mjs'),
      environment: { PORT, ...more },
      dying: { program: join(folder, 'dying.mjs'), environment: {}, steps: ['a request'] },
      tell: (what: string) => said.push(what),
    };
    unit = createServiceUnit(options, { readyMs: 20_000, drainedMs: 200 });
  }
  async function started(more: Record<string, string> = {}): Promise<void> {
    await make(more);
    await unit.restore();
  }

  /** What answers: a plain one, one that is armed, or null. */
  const ask = (path = '/'): Promise<string | null> =>
    fetch(`${url}${path}`, { signal: AbortSignal.timeout(500) }).then(
      (answer) => answer.text(),
      () => null,
    );
  const untilIt = (answers: 'plain' | 'armed'): Promise<void> =>
    vi.waitFor(async () => expect(await ask('/ready')).toBe(answers), SOON);

  /** Its start is over. */
  const untilPaused = (): Promise<void> => vi.waitFor(() => expect(unit.suffer('pause')).toBe(true), SOON);

  it('tells of one that ended by itself, and starts it again', async () => {
    await started();
    expect(await ask('/crash')).toBe(null);
    await untilIt('plain');
    expect(said).toEqual(['it ended by itself: exit code 1, signal null']);
    expect(misbehaved(said)).toEqual([{ kind: 'ended by itself', what: said[0] }]);
  });

  it('tells of one that cannot start', async () => {
    await make({ BROKEN: 'yes' });
    await expect(unit.restore()).rejects.toThrow('it does not come back');
    expect(new Set(said)).toEqual(new Set(['it did not start: ended: exit code 2, signal null']));
    expect(misbehaved(said)).toContainEqual({ kind: 'ended by itself', what: said[0] });
  });

  it('tells of one that does not end on SIGTERM', async () => {
    await started({ STUBBORN: 'yes' });
    expect(unit.suffer('drain')).toBe(true);
    unit.start();
    await vi.waitFor(() => expect(said).not.toEqual([]), SOON);
    await untilIt('plain');
    expect(misbehaved(said)).toEqual([{ kind: 'did not end', what: expect.any(String) }]);
  });

  it('does not blame one that was only late', () => {
    expect(misbehaved(['it did not start: not ready in 120000 ms', 'it says that it ended'])).toEqual([]);
  });

  it('stays down when it was killed, until it is started, and tells of nothing', async () => {
    await started();
    expect(unit.suffer('kill')).toBe(true);
    expect(unit.suffer('pause')).toBe(false);
    expect(await ask()).toBe(null);
    unit.start();
    await untilIt('plain');
    expect(said).toEqual([]);
  });

  it('ends itself at its step and comes back as it was, though it was paused in between', async () => {
    await started();
    expect(unit.arm('a request', 2)).toBe(true);
    await untilIt('armed');
    expect(await ask()).toBe('armed');
    await untilPaused();
    // It finds this request when it is awake again.
    expect(await ask()).toBe(null);
    unit.start();
    await untilIt('plain');
    expect(said).toEqual([]);
  });

  it('comes back as it was when it gets to its step before it is ready', async () => {
    await started();
    expect(unit.arm('a request', 0)).toBe(true);
    await untilIt('plain');
    expect(said).toEqual([]);
  });

  it('is neither armed nor paused when it was restored', async () => {
    await started();
    unit.arm('a request', 5);
    await untilPaused();
    await unit.restore();
    expect(await ask()).toBe('plain');
    expect(said).toEqual([]);
  });
});
