import { describe, expect, it, vi } from 'vitest';
import { createGrid, drawText } from '../src/terminal/cells.ts';
import { createFakeTty, escapes, RESTORED } from './screen.ts';

describe('terminal', () => {
  it('takes the alternate screen, raw mode and bracketed paste', () => {
    const tty = createFakeTty();
    expect(tty.written()).toMatch(escapes(String.raw`ESC\[\?1049h.*ESC\[\?25l.*ESC\[\?2004h`));
    expect(tty.raw).toEqual([true]);
    tty.terminal.close();
  });

  it('gives everything back once, however often it is asked', () => {
    const tty = createFakeTty();
    const before = tty.written().length;
    tty.terminal.restore();
    tty.terminal.close();
    tty.terminal.close();
    tty.terminal.restore();
    const after = tty.written().slice(before);
    expect(after).toMatch(RESTORED);
    expect(after.split('\x1b[?2004l')).toHaveLength(2);
    expect(tty.raw).toEqual([true, false]);
  });

  it('draws nothing after it was given back, and paints all again when taken again', () => {
    const tty = createFakeTty({ width: 10, height: 2 });
    const grid = createGrid(10, 2);
    drawText(grid, 0, 0, 'hello');
    tty.terminal.draw(grid, { x: 1, y: 0 });
    expect(tty.written()).toContain('hello');
    tty.terminal.restore();
    let before = tty.written().length;
    tty.terminal.draw(grid, null);
    expect(tty.written().slice(before)).toBe('');
    const resized = vi.fn();
    tty.terminal.onResize(resized);
    tty.terminal.resume();
    expect(resized).toHaveBeenCalledOnce();
    before = tty.written().length;
    tty.terminal.draw(grid, null);
    expect(tty.written().slice(before)).toContain('hello');
    tty.terminal.close();
  });

  it('clears the screen of a terminal that has no other one', () => {
    const tty = createFakeTty({ env: { TERM: 'linux' } });
    const before = tty.written().length;
    tty.terminal.close();
    expect(tty.written().slice(before)).toMatch(escapes(String.raw`ESC\[\?25h.*ESC\[2JESC\[H`));
    expect(tty.written()).not.toContain('1049');
  });

  it('decodes keys once, without echo, and no more after it was closed', () => {
    const tty = createFakeTty();
    const seen = vi.fn();
    tty.terminal.onKey(seen);
    const before = tty.written().length;
    tty.type('a\x1b[A');
    expect(seen.mock.calls).toEqual([
      [{ kind: 'text', text: 'a' }],
      [{ kind: 'key', name: 'up', ctrl: false, alt: false, shift: false }],
    ]);
    expect(tty.written().slice(before)).toBe('');
    tty.terminal.close();
    tty.type('b');
    expect(seen).toHaveBeenCalledTimes(2);
  });

  it('follows the size of the window, and takes 80x24 where it says none', () => {
    const tty = createFakeTty({ width: 100, height: 30 });
    const resized = vi.fn();
    tty.terminal.onResize(resized);
    expect(tty.terminal.size()).toEqual({ width: 100, height: 30 });
    tty.resize(45, 12);
    expect(resized).toHaveBeenCalledOnce();
    expect(tty.terminal.size()).toEqual({ width: 45, height: 12 });
    tty.resize(0, 0);
    expect(tty.terminal.size()).toEqual({ width: 80, height: 24 });
    tty.resize(65535, 65535);
    expect(tty.terminal.size()).toEqual({ width: 1000, height: 1000 });
    tty.terminal.close();
  });

  it('says once that the other end has hung up, and survives every error of it', () => {
    const tty = createFakeTty();
    const gone = vi.fn();
    tty.terminal.onHangUp(gone);
    const eio = Object.assign(new Error('write EIO'), { code: 'EIO' });
    tty.output.emit('error', eio);
    tty.input.emit('error', eio);
    tty.input.emit('end');
    tty.terminal.draw(createGrid(80, 24), { x: 0, y: 0 });
    expect(gone).toHaveBeenCalledOnce();
    tty.terminal.close();
    tty.output.emit('error', eio);
    tty.input.emit('error', eio);
    expect(tty.raw).toEqual([true, false]);
  });

  it.each(['xterm-256color', 'tmux-256color', 'screen-256color', 'linux', 'vt100', 'nonsense', ''])(
    'prints no complaint for TERM=%s',
    (term) => {
      const complaint = vi.spyOn(console, 'error').mockImplementation(() => {});
      createFakeTty({ env: { TERM: term } }).terminal.close();
      expect(complaint).not.toHaveBeenCalled();
      complaint.mockRestore();
    },
  );

  it('paints colours unless NO_COLOR is set', () => {
    for (const [value, painted] of [
      ['1', false],
      ['', true],
    ] as const) {
      const tty = createFakeTty({ width: 5, height: 1, env: { TERM: 'xterm', NO_COLOR: value } });
      const grid = createGrid(5, 1);
      drawText(grid, 0, 0, 'x', 'error');
      tty.terminal.draw(grid, null);
      expect(tty.written().includes('\x1b[0;1;91m')).toBe(painted);
      tty.terminal.close();
    }
  });
});
