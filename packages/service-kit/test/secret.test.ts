import { execFileSync } from 'node:child_process';
import { chmodSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';
import { line, readSecret, secret } from '../src/secret.ts';
import { temporaryFolder } from './temporary-folder.ts';

function fileWith(text: string): string {
  const file = join(temporaryFolder(), 'secret');
  writeFileSync(file, text);
  chmodSync(file, 0o444);
  return file;
}

describe('a secret', () => {
  it('is what its variable holds, or the file that another one names, or nothing', () => {
    expect(readSecret('X', { X: ' pass word ' }, line)).toEqual({ value: ' pass word ' });
    for (const text of ['canary', 'canary\n', 'canary\r\n'])
      expect(readSecret('X', { X_FILE: fileWith(text) }, line)).toEqual({ value: 'canary' });
    expect(readSecret('X', {}, line)).toEqual({ value: null });
    expect(readSecret('X', { X: '', X_FILE: '' }, line)).toEqual({ value: null });
  });

  it('is in a file relative to where npm was called, which is left as it is', () => {
    const file = fileWith('canary\n');
    const env = { INIT_CWD: dirname(file), X_FILE: basename(file) };
    expect(readSecret('X', env, line)).toEqual({ value: 'canary' });
    expect(statSync(file).mode & 0o777).toBe(0o444);
  });

  it('is refused when it is given twice', () => {
    expect(readSecret('X', { X: 'canary', X_FILE: '/missing' }, line)).toEqual({
      error: 'and X_FILE are both given: give one of them',
    });
  });

  it.each([
    ['', 'must hold 1 to 4096 characters'],
    ['\n', 'must hold 1 to 4096 characters'],
    ['canary\0', 'must hold 1 to 4096 characters'],
    ['canary'.repeat(1_000), 'must hold 1 to 4096 characters'],
    ['canary\ncanary', 'must hold one line'],
    ['canary\n\n', 'must hold one line'],
  ])('is refused without being repeated when its file holds %j', (text, error) => {
    const file = fileWith(text);
    expect(readSecret('X', { X_FILE: file }, line)).toEqual({ error: `of X_FILE ${file}: ${error}` });
  });

  it('is refused alike in its variable', () => {
    expect(readSecret('X', { X: 'x'.repeat(4_096) }, line)).toEqual({ value: 'x'.repeat(4_096) });
    for (const text of ['x'.repeat(4_097), 'a\0', 'a\nb'])
      expect(readSecret('X', { X: text }, line)).toHaveProperty('error');
  });

  it('in a file that cannot be read is refused with the reason', () => {
    expect(readSecret('X', { X_FILE: '/missing' }, line)).toEqual({
      error: 'of X_FILE /missing: cannot be read (ENOENT)',
    });
  });

  it('in what is no regular file is refused, and nothing of that is read', () => {
    const pipe = join(temporaryFolder(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const path of [temporaryFolder(), '/dev/zero', pipe])
      expect(readSecret('X', { X_FILE: path }, line)).toEqual({
        error: `of X_FILE ${path}: is no regular file`,
      });
  });

  it('of its greatest length is taken whole from its file, and a longer one never shortened', () => {
    const most = '\u20ac'.repeat(4_096);
    expect(readSecret('X', { X_FILE: fileWith(`${most}\r\n`) }, line)).toEqual({ value: most });
    for (const text of [`${most}a`, `${most}\n\n`, `${most}\r\nmore`, 'a'.repeat(20_000)])
      expect(readSecret('X', { X_FILE: fileWith(text) }, line)).toHaveProperty('error');
  });

  it('in a file of a terabyte is refused by its first bytes', () => {
    const file = fileWith('');
    chmodSync(file, 0o600);
    truncateSync(file, 2 ** 40);
    expect(readSecret('X', { X_FILE: file }, line)).toEqual({
      error: `of X_FILE ${file}: must hold 1 to 4096 characters`,
    });
  });

  it('is a setting whose problem is said with the others', () => {
    const settings = { PASSWORD: secret('PASSWORD', line) };
    expect(readConfig(settings, { PASSWORD_FILE: fileWith('canary\n') })).toEqual({ PASSWORD: 'canary' });
    expect(() => readConfig(settings, { PASSWORD_FILE: '/missing' })).toThrow(
      'PASSWORD of PASSWORD_FILE /missing: cannot be read (ENOENT)',
    );
  });
});
