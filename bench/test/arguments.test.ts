import { describe, expect, it } from 'vitest';
import { parseArguments, USAGE } from '../src/arguments.ts';

describe('the arguments', () => {
  it('are all off by default', () => {
    expect(parseArguments([])).toEqual({
      backend: 'embedded',
      only: null,
      json: false,
      quick: false,
      help: false,
      profileDir: null,
    });
  });

  it('come in any order', () => {
    const wanted = {
      backend: 'kafka',
      only: null,
      json: true,
      quick: true,
      help: false,
      profileDir: 'out',
    };
    expect(parseArguments(['--json', '--backend', 'kafka', '--profile', 'out', '--quick'])).toEqual(wanted);
    expect(parseArguments(['--profile', 'out', '--quick', '--json', '--backend', 'kafka'])).toEqual(wanted);
  });

  it.each([['--fast'], ['json'], ['--json', '--json'], ['--profile', 'a', 'b']])(
    'refuse what is not known: %s',
    (...argv) => {
      expect(() => parseArguments(argv)).toThrow(/unknown argument/);
    },
  );

  it.each([[['--profile']], [['--profile', '--json']]])('refuse a profile without a folder: %s', (argv) => {
    expect(() => parseArguments(argv)).toThrow('--profile needs a folder');
  });

  it.each([
    [['--backend'], '--backend needs embedded or kafka'],
    [['--backend', 'redis'], '--backend must be embedded or kafka, not "redis"'],
  ])('refuse a backend that is none: %s', (argv, message) => {
    expect(() => parseArguments(argv)).toThrow(message);
  });

  it('name the one part to be measured', () => {
    for (const only of ['e2ee', 'delivery', 'tui']) {
      expect(parseArguments(['--only', only, '--quick'])).toMatchObject({ only, quick: true });
      expect(parseArguments(['--quick', only])).toEqual(parseArguments(['--only', only, '--quick']));
    }
    const delivery = { only: 'delivery', backend: 'kafka' };
    expect(parseArguments(['--only', 'delivery', '--backend', 'kafka'])).toMatchObject(delivery);
  });

  it.each([
    [['--only'], '--only needs e2ee, delivery or tui'],
    [['--only', 'sends'], '--only must be e2ee, delivery or tui, not "sends"'],
    [['--only', 'e2ee', '--backend', 'kafka'], 'e2ee does not go with --backend kafka'],
    [['tui', '--backend', 'kafka'], 'tui does not go with --backend kafka'],
    [['tui', 'e2ee'], 'unknown argument "e2ee"'],
    [['--only', 'tui', 'e2ee'], 'unknown argument "e2ee"'],
  ])('refuse a part that is none, or not there: %s', (argv, message) => {
    expect(() => parseArguments(argv)).toThrow(message);
  });

  it('all stand in the usage text', () => {
    for (const flag of ['--backend', '--only', '--json', '--quick', '--profile', '--help'])
      expect(USAGE).toContain(flag);
  });
});
