import { describe, expect, test } from 'vitest';
import { parseArguments, USAGE } from './arguments.ts';

describe('the arguments of npm run kafka', () => {
  test('are one broker on the usual ports, with data that does not stay, when none is given', () => {
    expect(parseArguments([])).toEqual({
      help: false,
      brokers: 1,
      port: 9092,
      registryPort: 8081,
      data: null,
    });
  });

  test('are taken as USAGE names them', () => {
    const argv = [
      '--brokers',
      '3',
      '--port',
      '19092',
      '--registry-port=18081',
      '--data',
      'somewhere',
      '--help',
    ];
    expect(parseArguments(argv)).toEqual({
      help: true,
      brokers: 3,
      port: 19092,
      registryPort: 18081,
      data: 'somewhere',
    });
    for (const flag of argv.filter((word) => word.startsWith('--')))
      expect(USAGE).toContain(flag.split('=')[0]);
  });

  test.each([
    [['--brokers', '2'], '--brokers must be 1 or 3, not "2"'],
    [['--brokers'], "Option '--brokers <value>' argument missing"],
    [['--port', '0'], '--port must be a port from 1 to 65535, not "0"'],
    [['--port', '65534', '--brokers', '3'], '--port must be a port from 1 to 65533, not "65534"'],
    [['--registry-port', '1e3'], '--registry-port must be a port from 1 to 65535, not "1e3"'],
    [['--registry-port', '9094', '--brokers', '3'], 'cannot both have port 9094'],
    [['--data', ''], '--data needs a folder'],
    [['--dta', 'x'], "Unknown option '--dta'"],
    [['x'], "Unexpected argument 'x'"],
  ])('are refused as %j', (argv, reason) => {
    expect(() => parseArguments(argv)).toThrow(reason);
  });
});
