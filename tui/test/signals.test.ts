import { describe, expect, it, vi } from 'vitest';
import { newsSequence, titleSequence } from '../src/terminal/signals.ts';
import { createFakeTty, escapes } from './screen.ts';

const HOSTILE = 'a\x07b\x1b]0;x\x1b\\c\n\u202e;d';

/** What is written by the act alone. */
const written = (tty: ReturnType<typeof createFakeTty>, act: () => void): string => {
  const before = tty.written().length;
  act();
  return tty.written().slice(before);
};

describe('what is told outside of the screen', () => {
  it.each([
    ['osc9', '\x1b]9;alice: A new message\x07'],
    ['osc777', '\x1b]777;notify;alice;A new message\x07'],
    ['bell', '\x07'],
  ] as const)('news by %s', (how, sequence) => {
    expect(newsSequence(how, 'alice', 'A new message', false)).toBe(sequence);
  });

  it('goes through tmux in the wrapping that it passes on', () => {
    expect(newsSequence('osc9', 'alice', 'news', true)).toBe('\x1bPtmux;\x1b\x1b]9;alice: news\x07\x1b\\');
    expect(newsSequence('bell', 'alice', 'news', true)).toBe('\x07');
  });

  it('holds no control that a text brought along, no second field, and no more than fits', () => {
    for (const sequence of [
      titleSequence(HOSTILE),
      newsSequence('osc9', HOSTILE, HOSTILE, false),
      newsSequence('osc777', HOSTILE, HOSTILE, false),
    ]) {
      expect(sequence.slice(1, -1)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(sequence).toMatch(escapes(String.raw`^ESC\].*\x07$`));
    }
    expect(newsSequence('osc777', 'a;b', 'c;d', false)).toBe('\x1b]777;notify;a,b;c,d\x07');
    expect(titleSequence('x'.repeat(1000)).length).toBeLessThan(110);
  });
});

describe('a terminal', () => {
  it('reports the mouse and the focus where it is asked to, again when it is taken again, and ends it', () => {
    const tty = createFakeTty();
    expect(tty.written()).not.toMatch(/100[246]h/);
    expect(written(tty, () => tty.terminal.report({ mouse: true, focus: true }))).toBe(
      '\x1b[?1002h\x1b[?1006h\x1b[?1004h',
    );
    const off = '\x1b[?1006l\x1b[?1002l\x1b[?1004l';
    expect(written(tty, tty.terminal.restore)).toContain(off);
    expect(written(tty, tty.terminal.resume)).toContain('\x1b[?1002h\x1b[?1006h\x1b[?1004h');
    expect(written(tty, () => tty.terminal.report({ mouse: false, focus: false }))).toBe(off);
    expect(written(tty, tty.terminal.close)).toContain(off);
  });

  it('tells of the mouse and of the focus, and takes neither for a key', () => {
    const tty = createFakeTty();
    const told = { key: vi.fn(), mouse: vi.fn(), focus: vi.fn() };
    tty.terminal.onKey(told.key);
    tty.terminal.onMouse(told.mouse);
    tty.terminal.onFocus(told.focus);
    tty.type('\x1b[<0;1;1M\x1b[O');
    expect(told.mouse).toHaveBeenCalledOnce();
    expect(told.focus.mock.calls).toEqual([[false]]);
    expect(told.key).not.toHaveBeenCalled();
    tty.terminal.close();
  });

  it('sets the title of the window once for each change, and gives back the one from before', () => {
    const tty = createFakeTty();
    expect(written(tty, () => tty.terminal.setTitle('one'))).toBe('\x1b[22;2t\x1b]2;one\x07');
    expect(written(tty, () => tty.terminal.setTitle('one'))).toBe('');
    expect(written(tty, () => tty.terminal.setTitle('two'))).toBe('\x1b]2;two\x07');
    expect(written(tty, tty.terminal.restore)).toContain('\x1b[23;2t');
    expect(written(tty, tty.terminal.resume)).toContain('\x1b[22;2t\x1b]2;two\x07');
    expect(written(tty, tty.terminal.close)).toContain('\x1b[23;2t');
  });

  it('has no window on a console: there is the bell, and nothing else', () => {
    const tty = createFakeTty({ env: { TERM: 'linux' } });
    const { setTitle, signal } = tty.terminal;
    expect(written(tty, () => setTitle('one'))).toBe('');
    expect(written(tty, () => signal('osc9', 'a', 'b'))).toBe('');
    expect(written(tty, () => signal('bell', 'a', 'b'))).toBe('\x07');
    expect(written(tty, tty.terminal.close)).not.toContain('23;2t');
  });

  it("is another program's while it is lent: nothing is read, written or taken, until it is given back", () => {
    const tty = createFakeTty();
    const takeBack = tty.terminal.lend();
    expect(tty.input.isPaused()).toBe(true);
    expect(tty.terminal.isLent()).toBe(true);
    expect(tty.raw).toEqual([true, false]);
    expect(
      written(tty, () => {
        tty.terminal.resume();
        tty.terminal.signal('bell', 'a', 'b');
        tty.terminal.setTitle('later');
      }),
    ).toBe('');
    expect(written(tty, takeBack)).toContain('\x1b]2;later\x07');
    expect(tty.input.isPaused()).toBe(false);
    expect(tty.raw).toEqual([true, false, true]);
    tty.terminal.close();
  });
});
