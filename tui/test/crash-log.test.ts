import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CRASH_LOG_MAX, crashLogFile, logCrash } from '../src/app/crash-log.ts';

const NOW = Date.UTC(2025, 2, 4);

describe('crash log', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'crash-'));
    file = join(folder, 'secure-chat', 'crash.log');
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const log = (): string => readFileSync(file, 'utf8');

  it('says when, which version, what kind of error and where, and nothing of its message', () => {
    const cause = new SyntaxError('Unexpected token, "meet me at" is not JSON');
    expect(logCrash(file, new TypeError('of a\n    at the secret'), NOW)).toBe(file);
    expect(logCrash(file, new Error('hidden', { cause }), NOW)).toBe(file);
    expect(logCrash(file, 'a secret', NOW)).toBe(file);
    expect(log()).toMatch(
      /^2025-03-04T00:00:00.000Z secure-chat \d+\.\d+\.\d+, Node v\d+.*\nTypeError\n {4}at .*crash-log\.test\.ts/,
    );
    expect(log()).toMatch(/\ncaused by\nSyntaxError\n {4}at /);
    expect(log()).toContain('\nthrew a string\n');
    expect(log()).not.toMatch(/secret|meet me|hidden/);
  });

  it('is for its owner alone, also where it was there before', () => {
    logCrash(file, new Error('one'), NOW);
    chmodSync(file, 0o644);
    logCrash(file, new Error('two'), NOW);
    expect([statSync(file).mode & 0o777, statSync(join(folder, 'secure-chat')).mode & 0o777]).toEqual([
      0o600, 0o700,
    ]);
  });

  it(`never has more than ${CRASH_LOG_MAX} bytes, and always the last crash`, () => {
    const huge = new Error('x');
    huge.stack = `Error: x\n${'    at place (file.ts:1:1)\n'.repeat(5_000)}`;
    for (let crash = 0; crash < 20; crash += 1) {
      logCrash(file, huge, NOW + crash);
      expect(statSync(file).size).toBeLessThanOrEqual(CRASH_LOG_MAX);
    }
    expect(log()).toContain('.019Z');
  });

  it('is not written where it cannot be, and follows no link', () => {
    mkdirSync(join(folder, 'secure-chat'));
    writeFileSync(join(folder, 'other'), 'kept');
    symlinkSync(join(folder, 'other'), file);
    expect(logCrash(file, new Error('x'), NOW)).toBeNull();
    expect(readFileSync(join(folder, 'other'), 'utf8')).toBe('kept');
    expect(logCrash(join(folder, 'other', 'crash.log'), new Error('x'), NOW)).toBeNull();
  });

  it('lies in the folder for state', () => {
    expect(crashLogFile({ XDG_STATE_HOME: '/state' })).toBe('/state/secure-chat/crash.log');
    for (const env of [{}, { XDG_STATE_HOME: 'relative' }])
      expect(crashLogFile(env)).toMatch(/\/\.local\/state\/secure-chat\/crash\.log$/);
  });
});
