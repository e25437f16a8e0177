import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createOutput, LOOK_MS } from '../src/output.ts';
import { hasReader } from '../src/reader.ts';

it.runIf(process.platform === 'linux')('a pipe has a reader until the last one closes it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'reader-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const reading = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  const writing = openSync(pipe, constants.O_WRONLY);
  onTestFinished(() => closeSync(writing));
  expect(await hasReader(writing)).toBe(true);
  closeSync(reading);
  expect(await hasReader(writing)).toBe(false);
});

it('what is no pipe is taken to have one', async () => {
  const fd = openSync('/dev/null', 'w');
  onTestFinished(() => closeSync(fd));
  expect(await hasReader(fd)).toBe(true);
});

it('output is closed when its reader has gone, with nothing written', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let reads = true;
  const out = createOutput(new PassThrough(), async () => reads);
  await vi.advanceTimersByTimeAsync(LOOK_MS);
  expect(out.closed.aborted).toBe(false);
  reads = false;
  await vi.advanceTimersByTimeAsync(LOOK_MS);
  expect(out.closed.aborted).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

it('output that was let go of asks no more', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  createOutput(new PassThrough(), async () => true).release();
  expect(vi.getTimerCount()).toBe(0);
});
