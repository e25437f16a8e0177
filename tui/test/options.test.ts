import { homedir } from 'node:os';
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

describe('the command line of looks', () => {
  it('names a theme, and does without glyphs', () => {
    const looks = (...args: string[]) => {
      const parsed = parse(...args);
      return 'options' in parsed ? [parsed.options.theme, parsed.options.ascii] : parsed;
    };
    expect(looks()).toEqual([null, false]);
    expect(looks('--theme', 'light', '--ascii')).toEqual(['light', true]);
    expect(looks('--theme', '~/mine.json')).toEqual(['~/mine.json', false]);
  });
});

describe('the command line of a lock', () => {
  const minutes = (...args: string[]) => {
    const parsed = parse(...args);
    return 'options' in parsed ? parsed.options.lockAfterMs / 60_000 : parsed;
  };

  it.each([
    [[], 15],
    [['--lock-after', '0'], 0],
    [['--lock-after', '1'], 1],
    [['--lock-after', '1440'], 1440],
  ])('%j', (args, expected) => expect(minutes(...args)).toBe(expected));

  it.each(['1441', '-1', '1.5', 'never', '', '00001'])('refuses %j', (value) => {
    expect(minutes(`--lock-after=${value}`)).toEqual({
      errors: [
        `--lock-after must be whole minutes from 1 to 1440, or 0 for never, not ${JSON.stringify(value)}`,
      ],
    });
  });
});

describe('the command line of an import', () => {
  it('finds the file from the folder of the shell, and the place by the name or the profile', () => {
    for (const [args, folder] of [
      [['--username', 'alice'], '/data/secure-chat/alice'],
      [['--profile', 'work'], '/data/secure-chat/work'],
      [['--profile', './here'], '/here/here'],
    ] as const) {
      const parsed = parse('--import', 'copies/a', ...args);
      if (!('options' in parsed)) throw new Error(JSON.stringify(parsed));
      expect(parsed.options.importFile).toBe('/here/copies/a');
      expect(parsed.options.profileOf(parsed.options.username)).toBe(folder);
    }
  });

  it('asks for one of them', () => {
    expect(parse('--import', 'a')).toEqual({
      errors: ['--import needs --username or --profile: they say where the profile goes'],
    });
    expect(parse('--import', '', '--username', 'alice')).toEqual({ errors: ['--import must be a file'] });
  });

  it('finds what is typed inside from the same folder, or from home', () => {
    const parsed = parse();
    if (!('options' in parsed)) throw new Error(JSON.stringify(parsed));
    const { resolvePath } = parsed.options;
    expect(parsed.options.importFile).toBeNull();
    expect(['a', '../a', '/a', '~/a', 'a/~/b'].map(resolvePath)).toEqual([
      '/here/a',
      '/a',
      '/a',
      `${homedir()}/a`,
      '/here/a/~/b',
    ]);
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
