import { describe, expect, it } from 'vitest';
import { conflictsIn } from '../src/keys/conflicts.ts';
import { keyNameOf, parseKeys } from '../src/keys/key-names.ts';
import { bindingsWith, KEY_TABLE } from '../src/keys/key-table.ts';
import { createKeymap } from '../src/keys/keymap.ts';
import { type KeyEvent, key } from '../src/terminal/key-events.ts';

const text = (character: string): KeyEvent => ({ kind: 'text', text: character });
const ctrl = (name: string): KeyEvent => key(name, { ctrl: true });

describe('the name of a key', () => {
  it.each<[string, KeyEvent]>([
    ['ctrl-k', ctrl('k')],
    ['alt-enter', key('enter', { alt: true })],
    ['f1', key('f1')],
    ['shift-up', key('up', { shift: true })],
    ['ctrl-alt-shift-left', key('left', { ctrl: true, alt: true, shift: true })],
    ['ctrl-_', ctrl('_')],
    ['ctrl--', ctrl('-')],
    ['-', text('-')],
    ['g', text('g')],
    ['G', text('G')],
    ['+', text('+')],
    ['space', text(' ')],
    ['ctrl-space', ctrl('space')],
    ['日', text('日')],
  ])('%s is read as it is said', (name, event) => {
    expect(parseKeys(name)).toEqual({ keys: name });
    expect(keyNameOf(event)).toBe(name);
  });

  it.each([
    ['CTRL-K', 'ctrl-k'],
    ['alt-ctrl-Up', 'ctrl-alt-up'],
    ['shift-g', 'G'],
    ['  ctrl-x   ctrl-e ', 'ctrl-x ctrl-e'],
  ])('%s is %s', (typed, keys) => {
    expect(parseKeys(typed)).toEqual({ keys });
  });

  it.each([
    ['ctrl-pagup', 'there is no key "ctrl-pagup". Did you mean page-up?'],
    ['hyper-k', 'there is no key "hyper-k". Keys are named ctrl-k, alt-enter, shift-up, f1 or g.'],
    ['', 'there is no key "". Keys are named ctrl-k, alt-enter, shift-up, f1 or g.'],
    ['ctrl-i', 'terminals send tab for ctrl-i. Use tab, or another key.'],
    ['a b c d', 'at most 3 keys may come after each other.'],
  ])('%j is none: a sentence says what would be', (typed, problem) => {
    expect(parseKeys(typed)).toEqual({ problem });
  });

  it('is there for none of a paste', () => {
    expect(keyNameOf({ kind: 'paste', text: 'x', dropped: 0 })).toBeNull();
  });
});

describe('the table of keys', () => {
  it('names each action once, and each key as it is said', () => {
    const names = KEY_TABLE.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { keys } of KEY_TABLE)
      for (const each of keys) expect(parseKeys(each)).toEqual({ keys: each });
  });

  it('has no two actions on one key', () => {
    expect(conflictsIn(bindingsWith({}))).toEqual([]);
  });
});

describe('a conflict', () => {
  it.each([
    ['the same key', { switch: ['ctrl-n'] }, { action: 'next-contact', keys: 'ctrl-n', other: 'switch' }],
    [
      'a key that counts everywhere',
      { switch: ['ctrl-c'] },
      { action: 'switch', keys: 'ctrl-c', other: 'quit' },
    ],
    [
      'a key that begins others',
      { switch: ['ctrl-o'], help: ['ctrl-o h'] },
      { action: 'help', keys: 'ctrl-o h', other: 'switch' },
    ],
    ['a key that is typed', { switch: ['s'] }, { action: 'switch', keys: 's', other: null }],
  ])('is %s', (_what, keys, conflict) => {
    expect(conflictsIn(bindingsWith(keys))).toEqual([conflict]);
  });

  it('is none between modes of which one is before the other', () => {
    expect(conflictsIn(bindingsWith({ 'vim-delete': ['ctrl-k'], reply: ['f1'] }))).toEqual([]);
  });
});

describe('a keymap', () => {
  it('asks the modes in their order', () => {
    const keymap = createKeymap(bindingsWith({}));
    expect(keymap.press(['chat'], key('up'))).toBe('line-up');
    expect(keymap.press(['picked', 'chat'], key('up'))).toBe('picked-older');
    expect(keymap.press(['chat'], text('r'))).toBeNull();
  });

  it('waits for the rest of keys after each other, and forgets them when something else comes', () => {
    const keymap = createKeymap(bindingsWith({ help: ['ctrl-o ctrl-e h'] }));
    expect(keymap.press(['chat'], ctrl('o'))).toBe('pending');
    expect(keymap.press(['chat'], ctrl('e'))).toBe('pending');
    expect(keymap.press(['chat'], text('h'))).toBe('help');
    expect(keymap.press(['chat'], ctrl('o'))).toBe('pending');
    expect(keymap.press(['chat'], ctrl('k'))).toBe('switch');
    expect(keymap.press(['chat'], ctrl('e'))).toBe('end');
    expect(keymap.press(['normal', 'chat'], text('g'))).toBe('pending');
    expect(keymap.press(['chat'], text('g'))).toBeNull();
  });

  it('has no key for an action that has none', () => {
    expect(createKeymap(bindingsWith({ switch: [] })).press(['chat'], ctrl('k'))).toBeNull();
  });
});
