import { describe, expect, it } from 'vitest';
import { onChat } from './stage.ts';

const BEGAN = ['bob', true] as const;
const ENDED = ['bob', false] as const;

describe('typing', () => {
  it('is told at each key that changes a message, and at none that moves the cursor', () => {
    const { tty, typing } = onChat();
    tty.type('hi');
    expect(typing).toEqual([BEGAN, BEGAN]);
    tty.type('\x1b[D\x1b[C\x01\x1b[5~');
    expect(typing).toHaveLength(2);
    tty.type('\x04\x1b[3~');
    expect(typing).toEqual([BEGAN, BEGAN, BEGAN]);
  });

  it('is told of a paste, and of a line that is taken from the history', () => {
    const { tty, typing } = onChat();
    tty.type('\x1b[200~one\rtwo\x1b[201~');
    expect(typing).toEqual([BEGAN]);
    tty.type('\r\x1b[A');
    expect(typing).toEqual([BEGAN, ENDED, BEGAN]);
  });

  it.each([
    ['the line is emptied', '\x7f'],
    ['nothing but blanks is left', '\x7f '],
    ['it is sent', '\r'],
    ['it becomes a command', '\x01/'],
  ])('ends once when %s', (_when, bytes) => {
    const { tty, typing } = onChat();
    tty.type('h');
    tty.type(bytes);
    tty.type('\x1b[C\x1bOP\x1bOP');
    expect(typing).toEqual([BEGAN, ENDED]);
  });

  it('ends when another contact is picked, and is not told of the draft that waits there', () => {
    const { tty, ui, typing } = onChat();
    tty.type('h');
    ui.updateChat({ selected: 'dave' });
    expect(typing).toEqual([BEGAN, ENDED]);
    ui.updateChat({ selected: 'bob' });
    expect(typing).toHaveLength(2);
    tty.type('i');
    expect(typing.slice(2)).toEqual([BEGAN]);
  });

  it('is not told of commands, but of messages that begin with a slash', () => {
    const { tty, typing } = onChat();
    tty.type('/timer 1h\r');
    tty.type('  /help');
    expect(typing).toEqual([]);
    tty.type('\x15//e');
    expect(typing).toEqual([BEGAN, BEGAN]);
  });

  it('is told of nothing where nobody is picked, or where a password is typed', () => {
    const { tty, typing } = onChat({ selected: null, messages: [] });
    tty.type('hello');
    expect(typing).toEqual([]);
    const form = onChat();
    form.tty.type('/password\r');
    form.tty.type('secret');
    expect(form.typing).toEqual([]);
  });
});
