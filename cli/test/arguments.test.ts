import { describe, expect, it } from 'vitest';
import { parseArguments } from '../src/arguments.ts';
import { SEND } from '../src/commands/send.ts';
import { COMMANDS } from '../src/commands.ts';
import { commandHelp, generalHelp } from '../src/help.ts';

const parse = (...args: string[]) =>
  parseArguments(SEND, args, { env: { XDG_DATA_HOME: '/data' }, cwd: '/here' });

describe('the command line', () => {
  it('gives operands, options, and where the profile is', () => {
    const { account, password, input } = parse('bob', '--timeout', '5', '--username', 'Alice', '--keyring');
    expect(account.server).toBeNull();
    expect(account.profileOf('Alice')).toBe('/data/secure-chat/alice');
    expect(password).toEqual({ fd: null, keyring: true });
    expect(input.operands).toEqual(['bob']);
    expect(input.number('timeout', 1, 9)).toBe(5);
  });

  it('takes a text that looks like an option behind --', () => {
    expect(parse('bob', '--', '--lines').input.operands).toEqual(['bob', '--lines']);
  });

  it.each([
    [[], 'Usage: chat send NAME [TEXT]'],
    [
      ['bob', 'two', 'words'],
      'Usage: chat send NAME [TEXT]. A TEXT with blanks goes in quotes, or by stdin.',
    ],
    [['bob', '--colour'], "Unknown option '--colour'"],
    [['bob', '--server', 'nonsense'], '--server must be an http(s) address'],
    [['bob', '--username', '../x'], '--username must be'],
    [['bob', '--password-fd', 'x'], '--password-fd must be a whole number'],
    [['bob', '--password-fd', '-1'], '--password-fd'],
  ])('refuses %j', (args, sentence) => expect(() => parse(...args)).toThrow(sentence));

  it.each([['--password', 'hunter22'], ['--password=hunter22'], ['--pass=hunter22']])(
    'takes no password from it, nor repeats it: %j',
    (...args) => {
      const refusal = (): unknown => parse('bob', ...args);
      expect(refusal).toThrow('A password is never taken from the command line');
      expect(refusal).not.toThrow('hunter22');
    },
  );
});

describe('the help', () => {
  it('names every command, and each names its options and the exit codes', () => {
    const general = generalHelp(COMMANDS);
    for (const command of COMMANDS) {
      expect(general).toContain(`  ${command.name}`);
      const own = commandHelp(command);
      for (const { name } of command.options) expect(own).toContain(`--${name}`);
      expect(own).toMatch(/Exit codes:\n {2}0 /);
    }
    for (const line of general.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  });
});
