import { closeSync, openSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type PasswordRequest, type PasswordSources, readPassword } from '../src/password.ts';

const request = (part: Partial<PasswordRequest> = {}): PasswordRequest => ({
  username: 'alice',
  profile: '/p/alice',
  isNew: false,
  options: { fd: null, keyring: false },
  ...part,
});

const sources = (answers: (string | null)[], kept: string | null = null): PasswordSources => ({
  keyring: { lookUp: async () => kept, store: async () => undefined },
  openPrompt: () => ({ ask: async () => answers.shift() ?? null }),
});

async function opened(content: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'password-'));
  writeFileSync(join(folder, 'file'), content);
  const fd = openSync(join(folder, 'file'), 'r');
  onTestFinished(() => rm(folder, { recursive: true }));
  return fd;
}
const fromFd = (fd: number): Promise<string> =>
  readPassword(request({ options: { fd, keyring: false } }), sources([]));

describe('a password', () => {
  it('is asked for', async () => {
    expect(await readPassword(request(), sources(['correct horse']))).toBe('correct horse');
  });

  it('is asked for twice when it is new', async () => {
    const asNew = (...answers: (string | null)[]) => readPassword(request({ isNew: true }), sources(answers));
    expect(await asNew('correct horse', 'correct horse')).toBe('correct horse');
    await expect(asNew('correct horse', 'correct house')).rejects.toThrow('The two passwords differ.');
    await expect(asNew('short')).rejects.toThrow('8 characters or more');
    await expect(asNew(null)).rejects.toMatchObject({ exitCode: 3 });
  });

  it('comes from the first line of a descriptor', async () => {
    expect(await fromFd(await opened('correct horse\nanother line\n'))).toBe('correct horse');
    expect(await fromFd(await opened('correct horse'))).toBe('correct horse');
    expect(await fromFd(await opened('correct horse\r\n'))).toBe('correct horse');
  });

  it.each(['', '\nsecond', 'x'.repeat(5_000)])('is not in a descriptor that holds %#', async (content) => {
    await expect(fromFd(await opened(content))).rejects.toMatchObject({ exitCode: 2 });
  });

  it('is not in a descriptor that is not open', async () => {
    const fd = await opened('x');
    closeSync(fd);
    await expect(fromFd(fd)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(`--password-fd ${fd} cannot be read`),
    });
  });

  it('comes from the keyring, or the sentence says how it gets there', async () => {
    const fromKeyring = (kept: string | null) =>
      readPassword(request({ options: { fd: null, keyring: true } }), sources([], kept));
    expect(await fromKeyring('correct horse')).toBe('correct horse');
    await expect(fromKeyring(null)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('register --keyring'),
    });
  });

  it('cannot be asked for where there is no terminal', async () => {
    await expect(readPassword(request(), { ...sources([]), openPrompt: () => null })).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('--password-fd'),
    });
  });
});
