import { describe, expect, it } from 'vitest';
import { type Style, styleSequence } from '../src/terminal/style.ts';
import { cellsOf } from '../src/terminal/width.ts';
import { THEME_NAMES, THEMES } from '../src/theme/built-in.ts';
import { colourDepthOf, reduceColour, reduceStyle } from '../src/theme/colour-depth.ts';
import { charactersOf, GLYPHS, writtenFor } from '../src/theme/glyphs.ts';
import { createSkin } from '../src/theme/skin.ts';
import { escapes } from './screen.ts';

describe('the colours of a terminal', () => {
  it.each([
    [{ TERM: 'xterm-256color', COLORTERM: 'truecolor' }, 'true'],
    [{ TERM: 'xterm-direct' }, 'true'],
    [{ WT_SESSION: 'b5', TERM: 'xterm-256color' }, 'true'],
    [{ TERM: 'screen-256color', TMUX: '/tmp/tmux', COLORTERM: '24bit' }, 'true'],
    [{ TERM: 'screen-256color', COLORTERM: 'truecolor' }, '256'],
    [{ TERM: 'tmux-256color' }, '256'],
    [{ TERM: 'xterm-kitty' }, '256'],
    [{ TERM: 'xterm' }, '16'],
    [{ TERM: 'linux' }, '16'],
    [{}, '16'],
    [{ TERM: 'dumb' }, 'none'],
    [{ TERM: 'vt100' }, 'none'],
    [{ TERM: 'xterm-256color', COLORTERM: 'truecolor', NO_COLOR: '1' }, 'none'],
    [{ TERM: 'xterm-256color', NO_COLOR: '' }, '256'],
  ])('are told by the environment: %j, %s', (env, depth) => {
    expect(colourDepthOf(env)).toBe(depth);
  });

  it.each([
    ['#ff7b72', 209, 'bright-red'],
    ['#6bc48f', 78, 'green'],
    ['#8b949e', 246, 'grey'],
    ['#ffffff', 231, 'bright-white'],
    ['#000000', 16, 'black'],
    ['#d2a8ff', 183, 'bright-blue'],
    [196, 196, 'bright-red'],
    [244, 244, 'grey'],
    [9, 'bright-red', 'bright-red'],
    ['cyan', 'cyan', 'cyan'],
  ] as const)('are used as far as they go: %s', (colour, of256, of16) => {
    expect(reduceColour(colour, 'true')).toBe(colour);
    expect(reduceColour(colour, '256')).toBe(of256);
    expect(reduceColour(colour, '16')).toBe(of16);
  });

  it('are left out where there are none, and what has a ground of its own is reversed', () => {
    const style: Style = { colour: '#ff7b72', background: '#22272e', bold: true };
    expect(reduceStyle(style, 'true')).toEqual(style);
    expect(reduceStyle(style, '256')).toEqual({ colour: 209, background: 235, bold: true });
    expect(reduceStyle(style, '16')).toEqual({ bold: true, reverse: true });
    expect(reduceStyle(style, 'none')).toEqual({ bold: true, reverse: true });
    expect(reduceStyle({ colour: 'black', background: 'bright-yellow' }, '16')).toEqual({
      colour: 'black',
      background: 'bright-yellow',
    });
  });
});

describe('a style', () => {
  it('is one control sequence, whatever was set before', () => {
    expect(styleSequence({})).toBe('\x1b[0m');
    expect(styleSequence({ colour: 'red', bold: true, underline: true })).toBe('\x1b[0;1;4;31m');
    expect(styleSequence({ colour: 'bright-blue', background: 'grey' })).toBe('\x1b[0;94;100m');
    expect(styleSequence({ colour: 208, background: '#0102ff', italic: true })).toBe(
      '\x1b[0;3;38;5;208;48;2;1;2;255m',
    );
  });
});

describe('a skin', () => {
  const skin = (depth: 'none' | '16', theme = THEMES.dark) => createSkin({ theme, depth, characters: 'all' });

  it('lays the second role of a look over the first, and both over the ground', () => {
    const theme = { ...THEMES.dark, text: { background: 'blue', dim: true } } as const;
    const both = { ...theme, selection: { background: 'white' }, own: { colour: 'red' } } as const;
    expect(skin('16', both).sequence('selection own')).toBe('\x1b[0;2;31;47m');
    expect(skin('16', both).sequence('text')).toBe('\x1b[0;2;44m');
  });

  it('writes no colour where there is none, in any theme, but for a picture', () => {
    for (const name of THEME_NAMES) {
      const { sequence } = skin('none', THEMES[name]);
      for (const look of ['text', 'error', 'selection own', 'read'] as const)
        expect(sequence(look)).toMatch(escapes(String.raw`^ESC\[0(;[1-7])*m$`));
      expect(sequence('picture')).toBe('\x1b[0;30;107m');
    }
  });
});

describe('glyphs', () => {
  it('have one cell each, and so has what stands for them', () => {
    for (const [glyph, plain] of GLYPHS) {
      expect(cellsOf(glyph)).toBe(1);
      expect(plain).toMatch(/^[\x21-\x7e]$/);
    }
  });

  it.each([
    [{ LANG: 'en_GB.UTF-8' }, 'all'],
    [{ LANG: 'C.utf8' }, 'all'],
    [{}, 'all'],
    [{ LANG: '' }, 'all'],
    [{ LANG: 'C' }, 'ascii'],
    [{ LANG: 'en_GB.UTF-8', LC_ALL: 'de_DE.ISO-8859-1' }, 'ascii'],
    [{ LANG: 'C', LC_CTYPE: 'en_GB.UTF-8' }, 'all'],
    [{ LANG: 'en_GB.UTF-8', TERM: 'linux' }, 'plain-glyphs'],
  ])('are used as locale and terminal allow: %j, %s', (env, characters) => {
    expect(charactersOf(env, false)).toBe(characters);
    expect(charactersOf(env, true)).toBe(characters === 'all' ? 'plain-glyphs' : characters);
  });

  it('leave the texts of people alone unless there is nothing but ASCII', () => {
    const written = (characters: 'all' | 'plain-glyphs' | 'ascii') =>
      writtenFor('é', 1, characters) + writtenFor('日', 2, characters) + writtenFor('✓', 1, characters);
    expect(written('all')).toBe('é日✓');
    expect(written('plain-glyphs')).toBe('é日+');
    expect(written('ascii')).toBe('???+');
  });
});
