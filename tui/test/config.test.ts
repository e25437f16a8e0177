import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configRows, problemLines } from '../src/app/config-rows.ts';
import { parseOptions } from '../src/app/options.ts';
import { configFile, loadConfig } from '../src/config/config-file.ts';
import { linesOfKeys } from '../src/config/places.ts';
import { PROBLEMS_MAX, readConfig } from '../src/config/read-config.ts';
import { DEFAULTS } from '../src/config/settings.ts';
import { listedRows } from '../src/ui/listed.ts';

const problemsOf = (value: unknown): readonly string[] => readConfig(JSON.stringify(value)).problems;

describe('a configuration', () => {
  it('sets all that can be set', () => {
    const settings = {
      server: 'https://chat.example',
      ca: './authority.pem',
      username: 'alice',
      theme: 'light',
      ascii: true,
      vim: true,
      mouse: false,
      notify: 'osc9',
      requests: 'accept',
      title: false,
      editor: 'vim',
      lockAfter: 5,
      keys: { switch: 'ctrl-t', undo: [], 'page-up': ['page-up', 'ctrl-y'] },
    };
    expect(readConfig(JSON.stringify(settings))).toEqual({
      settings: { ...settings, keys: { switch: ['ctrl-t'], undo: [], 'page-up': ['page-up', 'ctrl-y'] } },
      problems: [],
    });
  });

  it('is as usual where it says nothing', () => {
    expect(readConfig('{}')).toEqual({ settings: DEFAULTS, problems: [] });
  });

  it('has all its mistakes told at once, with their places, and all else counts', () => {
    const text = `{
  "them": "light",
  "vim": "yes",
  "username": "../bob",
  "notify": "email",
  "lockAfter": 2000,
  "server": "nonsense",
  "colour": 1,
  "editor": "vim",
  "keys": {
    "swich": "ctrl-t",
    "help": "ctrl-pagup",
    "quit": 7,
    "redraw": "ctrl-n",
    "unread": "u",
    "switch": "ctrl-t"
  }
}`;
    const { settings, problems } = readConfig(text);
    expect(problems).toEqual([
      'line 2, them is no setting: did you mean "theme"?',
      'line 3, vim is "yes": it must be true or false.',
      expect.stringMatching(/^line 4, username is "\.\.\/bob": it must be /),
      'line 5, notify is "email": it must be "osc9", "osc777", "bell" or "none".',
      'line 6, lockAfter is 2000: it must be whole minutes from 1 to 1440, or 0 for never.',
      'line 7, server is "nonsense": it must be an http(s) address such as http://127.0.0.1:8000.',
      'line 8, colour is no setting: there are server, ca, username, theme, ascii, vim, mouse, notify, requests, title, editor, lockAfter, keys.',
      'line 11, keys.swich: there is no such action: did you mean "switch"?',
      'line 12, keys.help: there is no key "ctrl-pagup". Did you mean page-up?',
      'line 13, keys.quit is 7: it must be a key such as "ctrl-k", or a list of up to 8.',
      'line 14, keys.redraw: ctrl-n clashes with next-contact: give that one another key.',
      'line 15, keys.unread: u types a character there: hold ctrl or alt, or use a function key.',
    ]);
    expect(settings).toEqual({ ...DEFAULTS, editor: 'vim', keys: { switch: ['ctrl-t'] } });
  });

  it('lets two actions change their keys', () => {
    expect(readConfig('{"keys": {"line-up": "down", "line-down": "up"}}').problems).toEqual([]);
  });

  it('gives one of two actions its key back that a person gave the same one', () => {
    const { settings, problems } = readConfig('{"keys": {"help": "ctrl-t", "switch": "ctrl-t"}}');
    expect(problems).toEqual(['line 1, keys.help: ctrl-t clashes with switch: give that one another key.']);
    expect(settings.keys).toEqual({ switch: ['ctrl-t'] });
  });

  it.each([
    ['{\n"vim": true,\n}', 'line 3'],
    ['{\n"vim": true', 'its end'],
    ['', 'its end'],
    ['{\n// a remark\n"vim": true}', 'line 2'],
  ])('that is no JSON counts for nothing, and says where: %j', (text, place) => {
    const { settings, problems } = readConfig(text);
    expect(settings).toEqual(DEFAULTS);
    expect(problems).toEqual([
      `it stops being JSON at ${place}: nothing in it counts. JSON has no comments.`,
    ]);
  });

  it.each(['[]', '7', 'null', '"x"'])('is an object, not %s', (text) => {
    expect(readConfig(text).problems).toEqual(['it must be an object, such as { "theme": "light" }.']);
  });

  it('is not taken in by names that every object has', () => {
    expect(problemsOf({ constructor: 1, toString: true })).toHaveLength(2);
    expect(readConfig('{"__proto__": {"vim": true}, "keys": {"__proto__": "x"}}').problems).toHaveLength(2);
    expect(problemsOf({ keys: 'ctrl-k' })[0]).toContain('it must be an object of actions');
  });

  it(`tells of ${PROBLEMS_MAX} mistakes, and how many more there are`, () => {
    const many = Object.fromEntries(Array.from({ length: PROBLEMS_MAX + 3 }, (_, index) => [`x${index}`, 1]));
    const problems = problemsOf(many);
    expect(problems).toHaveLength(PROBLEMS_MAX + 1);
    expect(problems.at(-1)).toBe('And 3 more mistakes.');
  });
});

describe('the lines of keys', () => {
  it('are known by their paths, whatever stands in the values', () => {
    const text = '{\n"a": "{\\"b\\": [",\n"keys": {\n\n"x": ["{", {"y":\n1}]},\n"z": 1}';
    expect(Object.fromEntries(linesOfKeys(text))).toMatchObject({ a: 2, keys: 3, 'keys.x': 5, z: 7 });
  });
});

describe('the file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'config-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('lies where the environment says, else in the home folder', () => {
    expect(configFile({ XDG_CONFIG_HOME: '/c' })).toBe('/c/secure-chat/config.json');
    expect(configFile({ XDG_CONFIG_HOME: 'relative' })).toMatch(/\/\.config\/secure-chat\/config\.json$/);
  });

  it('need not be there, unless a person names it', () => {
    const file = join(folder, 'config.json');
    expect(loadConfig(file, false)).toEqual({ settings: DEFAULTS, problems: [] });
    expect(loadConfig(file, true).problems).toEqual([`${file}: there is no such file.`]);
    expect(loadConfig(folder, false).problems[0]).toContain(`${folder}: it cannot be read`);
  });

  it('names itself in what is wrong with it, and is read up to 64 KiB', () => {
    const file = join(folder, 'config.json');
    writeFileSync(file, '{"vim": 1}');
    expect(loadConfig(file, false).problems).toEqual([
      `${file}: line 1, vim is 1: it must be true or false.`,
    ]);
    writeFileSync(file, ' '.repeat(64 * 1024 + 1));
    expect(loadConfig(file, false).problems).toEqual([
      `${file}: it is too long: settings take up to 64 KiB.`,
    ]);
  });

  it('gives way to the command line', () => {
    const settings = {
      ...DEFAULTS,
      username: 'carol',
      theme: './mine.json',
      ca: 'none.pem',
      lockAfter: 3,
      server: 'http://a:1',
    };
    const asked: (readonly [string, boolean])[] = [];
    const parse = (...args: string[]) => {
      const surroundings = { env: { XDG_CONFIG_HOME: '/c', XDG_DATA_HOME: '/d' }, cwd: '/here' };
      const parsed = parseOptions(args, surroundings, (file, wanted) => {
        asked.push([file, wanted]);
        return { settings, problems: ['a mistake'] };
      });
      if (!('options' in parsed)) throw new Error(JSON.stringify(parsed));
      return parsed.options;
    };
    expect(parse()).toMatchObject({
      username: 'carol',
      theme: '/c/secure-chat/mine.json',
      lockAfterMs: 180_000,
      server: null,
      newServer: 'http://a:1',
      problems: ['a mistake', 'ca cannot be read (ENOENT): /c/secure-chat/none.pem.'],
    });
    expect(parse('--insecure-http').trust).toEqual({ ca: null, insecureHttp: true, pin: null });
    expect(
      parse(
        '--username',
        'dave',
        '--theme',
        'dark',
        '--lock-after',
        '0',
        '--server',
        'http://b:2',
        '--config',
        'my.json',
      ),
    ).toMatchObject({ username: 'dave', theme: 'dark', lockAfterMs: 0, server: 'http://b:2' });
    expect(asked).toEqual([
      ['/c/secure-chat/config.json', false],
      ['/c/secure-chat/config.json', false],
      ['/here/my.json', true],
    ]);
  });
});

const IN_FORCE = { theme: 'dark', editor: 'vi', lockAfter: 15 };

describe('what is told of mistakes', () => {
  it('has the file of several once, over them', () => {
    expect(problemLines(['/c: a.', '/c: b: c?', 'ca d.', 'Theme x: e.'])).toEqual([
      '/c:',
      'a.',
      'b: c?',
      'ca d.',
      'Theme x: e.',
    ]);
    expect(problemLines(['/c: a.', 'Theme x: b.', 'Theme x: c.'])).toEqual([
      '/c: a.',
      'Theme x:',
      'b.',
      'c.',
    ]);
  });

  it('fills the rows that there are, with how many more there are', () => {
    const rows = (height: number) =>
      listedRows('/c:\none two three\nfour\nfive', { width: 8, height }, 'see');
    expect(rows(5)).toEqual(['/c:', 'one two', 'three', 'four', 'five']);
    expect(rows(4)).toEqual(['/c:', 'one two…', 'four', 'five']);
    expect(rows(3)).toEqual(['/c:', 'one two…', 'And 2 m…']);
    expect(listedRows('one two three', { width: 8, height: 5 }, 'see')).toEqual(['one two', 'three']);
  });

  it('is all of them where a person asks, with what counts', () => {
    const rows = configRows(
      '/c.json',
      ['a', 'b', 'c'],
      { ...DEFAULTS, theme: 'nosuch', keys: { help: ['f5'] } },
      IN_FORCE,
    );
    expect(rows.slice(1, 4)).toEqual([
      ['', 'a'],
      ['', 'b'],
      ['', 'c'],
    ]);
    expect(rows).toContainEqual(['notify', 'bell']);
    for (const [name, value] of Object.entries(IN_FORCE)) expect(rows).toContainEqual([name, String(value)]);
    expect(rows.flat()).not.toContain('nosuch');
    expect(rows.at(-1)).toEqual(['keys', 'help']);
    expect(configRows('/c.json', [], DEFAULTS, IN_FORCE)[0]).toEqual(['', '/c.json: no mistakes.']);
  });
});
