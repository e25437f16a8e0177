import { checkPassword, checkUsername, USERNAME_RULE } from '@secure-chat/client/account-rules';
import { describe, expect, it } from 'vitest';
import { parseOptions } from '../src/app/options.ts';

const parse = (...args: string[]) => parseOptions(args, { env: { XDG_DATA_HOME: '/data' }, cwd: '/here' });

describe('command line', () => {
  it('gives the user name, and a profile named after it', () => {
    const parsed = parse('--username', 'Alice_2');
    if (!('options' in parsed)) throw new Error(JSON.stringify(parsed));
    expect(parsed.options.username).toBe('Alice_2');
    expect(parsed.options.profileOf('Alice_2')).toBe('/data/secure-chat/alice_2');
  });

  it('refuses a bad user name along with the other mistakes', () => {
    expect(parse('--server', 'nonsense', '--username', '../bob')).toEqual({
      errors: [
        expect.stringContaining('--server must be'),
        `--username must be ${USERNAME_RULE}, not "../bob"`,
      ],
    });
  });
});

describe('rules of a new account', () => {
  it.each(['a', '0', 'Bob_-9', 'x'.repeat(32)])('takes the name %s', (name) => {
    expect(checkUsername(name)).toBeNull();
  });

  it.each(['', '_bob', '-bob', 'bob smith', 'böb', 'bob\n', 'x'.repeat(33)])(
    'refuses the name %j',
    (name) => {
      expect(checkUsername(name)).toContain('1 to 32 letters');
    },
  );

  it('counts the characters of a password as the client does', () => {
    expect(checkPassword('1234567')).toContain('8 characters or more');
    expect(checkPassword('🔑'.repeat(7))).not.toBeNull();
    expect(checkPassword('🔑'.repeat(8))).toBeNull();
  });
});
