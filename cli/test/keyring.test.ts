import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeyring, keychainPassword } from '../src/keyring.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyring-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A program in a PATH of its own that keeps its arguments and its input, and does what the script says. */
async function plant(program: string, script: string): Promise<Record<string, string>> {
  const file = join(folder, program);
  await writeFile(file, `#!/bin/sh\ncd ${folder}\nprintf '%s\\n' "$@" > args\ncat > input\n${script}\n`);
  await chmod(file, 0o755);
  return { PATH: `${folder}:/usr/bin:/bin` };
}
const kept = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');

describe('on Linux', () => {
  it('stores through stdin, under the folder of the profile, and never on a command line', async () => {
    await createKeyring('linux', await plant('secret-tool', '')).store('/p/alice', 'correct horse');
    expect(await kept('input')).toBe('correct horse');
    expect(await kept('args')).toBe(
      'store\n--label=secure-chat: /p/alice\nservice\nsecure-chat\nprofile\n/p/alice\n',
    );
  });

  it('looks up what is there', async () => {
    const env = await plant('secret-tool', "printf 'correct horse'");
    expect(await createKeyring('linux', env).lookUp('/p/alice')).toBe('correct horse');
    expect(await kept('args')).toBe('lookup\nservice\nsecure-chat\nprofile\n/p/alice\n');
  });

  it('has nothing where the program finds nothing', async () => {
    expect(await createKeyring('linux', await plant('secret-tool', 'exit 1')).lookUp('/p')).toBeNull();
  });

  it('says why a password was not taken', async () => {
    const keyring = createKeyring('linux', await plant('secret-tool', 'echo locked >&2; exit 1'));
    await expect(keyring.store('/p', 'secret')).rejects.toThrow(
      'The keyring did not take the password: locked.',
    );
  });

  it('says what to do where there is none', async () => {
    await expect(createKeyring('linux', { PATH: folder }).lookUp('/p')).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('secret-tool cannot be run. Install it'),
    });
  });
});

describe('on macOS', () => {
  it('stores through stdin, as hex', async () => {
    await createKeyring('darwin', await plant('security', '')).store('/p/"alice"', 'horse é');
    expect(await kept('args')).toBe('-i\n');
    expect(await kept('input')).toBe(
      'add-generic-password -U -s secure-chat -a "/p/\\"alice\\"" -X 686f72736520c3a9\n',
    );
  });

  it('reads both forms in which the program tells', async () => {
    const env = await plant('security', `echo 'password: "correct horse"' >&2`);
    expect(await createKeyring('darwin', env).lookUp('/p')).toBe('correct horse');
    expect(keychainPassword('keychain: x\npassword: 0x686F72736520C3A9  "horse \\303\\251"\n')).toBe(
      'horse é',
    );
    expect(keychainPassword('password: "0xAB"')).toBe('0xAB');
    expect(keychainPassword('nothing')).toBeNull();
  });
});
