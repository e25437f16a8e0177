import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chosenTheme } from '../src/app/chosen-theme.ts';
import { THEMES } from '../src/theme/built-in.ts';
import { PROBLEMS_MAX, themeOf } from '../src/theme/theme-file.ts';

describe('a theme out of a file', () => {
  it('is based on another, and sets colours and styles of roles', () => {
    const { theme, problems } = themeOf({
      'based-on': 'light',
      own: '#0550ae',
      time: 244,
      error: 'bright-red',
      selection: { reverse: true, background: 'blue', bold: false },
    });
    expect(problems).toEqual([]);
    expect(theme).toEqual({
      ...THEMES.light,
      own: { colour: '#0550ae' },
      time: { colour: 244 },
      error: { colour: 'bright-red' },
      selection: { reverse: true, background: 'blue', bold: false },
    });
  });

  it('says all that is wrong at once, and the rest of it counts', () => {
    const { theme, problems } = themeOf({
      'based-on': 'drak',
      own: 'purpel',
      time: 256,
      oter: 'red',
      picture: 'red',
      code: { colour: '#12345', weight: 'bold', bold: 'yes' },
      read: 'cyan',
    });
    expect(problems).toEqual([
      expect.stringContaining('based-on is "drak": there are dark, light, high-contrast.'),
      expect.stringContaining('own is "purpel": a colour is #rrggbb'),
      expect.stringContaining('time is 256: a colour is #rrggbb'),
      'there is no role "oter": did you mean "other"?',
      'there is no role "picture".',
      expect.stringContaining('code.colour is "#12345": a colour is #rrggbb'),
      expect.stringContaining('code has no part "weight": there are colour, background, bold'),
      expect.stringContaining('code.bold is "yes": it must be true or false.'),
    ]);
    expect(theme).toEqual({ ...THEMES.dark, read: { colour: 'cyan' } });
  });

  it('asks for the name that is near, in a sentence that fits a row', () => {
    const { problems } = themeOf({ tmie: 'red', own: 'gren', code: { colour: 'blu' } });
    expect(problems).toEqual([
      'there is no role "tmie": did you mean "time"?',
      'own is "gren": did you mean "green"?',
      'code.colour is "blu": did you mean "blue"?',
    ]);
  });

  it('names a few of very many mistakes', () => {
    const { problems } = themeOf(
      Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`x${index}`, 1])),
    );
    expect(problems).toHaveLength(PROBLEMS_MAX + 1);
    expect(problems.at(-1)).toBe(`${1000 - PROBLEMS_MAX} more mistakes.`);
  });

  it.each([null, 3, 'dark', []])('is the usual one where it is no object: %j', (value) => {
    expect(themeOf(value)).toEqual({
      theme: THEMES.dark,
      problems: ['a theme is an object of roles, in braces.'],
    });
  });
});

describe('the chosen theme', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'theme-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const chosen = (name: string | null) => chosenTheme(name, (path) => join(folder, path));

  it('is the dark one unless another is named', () => {
    expect(chosen(null)).toEqual({ theme: THEMES.dark, name: 'dark', problems: [] });
    expect(chosen('high-contrast')).toEqual({
      theme: THEMES['high-contrast'],
      name: 'high-contrast',
      problems: [],
    });
  });

  it('may be in a file', () => {
    writeFileSync(join(folder, 'mine.json'), '{ "own": "red" }');
    expect(chosen('mine.json')).toEqual({
      theme: { ...THEMES.dark, own: { colour: 'red' } },
      name: 'mine.json',
      problems: [],
    });
  });

  it.each([
    ['nosuch', 'Theme nosuch: there is no such file, and the themes are dark, light, high-contrast.'],
    ['.', 'Theme .: it cannot be read: EISDIR'],
    ['broken.json', 'Theme broken.json: it is no JSON: '],
    ['wrong.json', 'Theme wrong.json: there is no role "x"'],
  ])('is the usual one where %s is none, and the reason is said', (name, problem) => {
    writeFileSync(join(folder, 'broken.json'), '{ "own": ');
    writeFileSync(join(folder, 'wrong.json'), '{ "x": 1 }');
    const { theme, name: inForce, problems } = chosen(name);
    expect(theme).toEqual(THEMES.dark);
    expect(inForce).toBe(name === 'wrong.json' ? name : 'dark');
    expect(problems).toEqual([expect.stringContaining(problem)]);
  });
});
