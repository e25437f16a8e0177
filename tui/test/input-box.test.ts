import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGrid, gridLines } from '../src/terminal/cells.ts';
import { cursorIn, drawInput, INPUT_ROWS_MAX, inputHeight } from '../src/ui/input-box.ts';
import { type Line, lineOf } from '../src/ui/line-editor.ts';
import { drawing, drawn } from './screen.ts';
import { onChat } from './stage.ts';

const box = (line: Line, width = 12, height = 3) =>
  drawn(width + 1, height, (grid) => drawInput(grid, { x: 1, y: 0, width, height }, line));

describe('the input', () => {
  it('breaks behind blanks, at line breaks, and within words that are longer than a row', () => {
    expect(box(lineOf('one two three\n日本語日本語日本語'), 12, 4).lines).toEqual(
      drawing(`
 one two
 three
 日本語日本
 語日本語
`),
    );
  });

  it('begins no row with the blank that it was broken at', () => {
    expect(box(lineOf('eleven cell s')).lines).toEqual([' eleven cell', ' s', '']);
  });

  it('grows to six rows where eight of the conversation are left, to a quarter of a low window, then scrolls and says so', () => {
    const lines = (count: number) =>
      lineOf(Array.from({ length: count }, (_, row) => `${row + 1}`).join('\n'));
    expect([1, 2, 6, 9].map((count) => inputHeight(lines(count), 20, 40))).toEqual([1, 2, 6, 6]);
    expect([20, 18, 17, 14, 10].map((height) => inputHeight(lines(9), 20, height))).toEqual([6, 6, 5, 3, 2]);
    expect(box(lines(9), 8, INPUT_ROWS_MAX).lines).toEqual(['↑4', ' 5', ' 6', ' 7', ' 8', ' 9']);
    expect(box({ ...lines(9), cursor: 0 }, 8, INPUT_ROWS_MAX).lines).toEqual([
      ' 1',
      ' 2',
      ' 3',
      ' 4',
      ' 5',
      '↓6',
    ]);
    expect(box({ ...lines(9), cursor: 8 }, 8, 3)).toMatchObject({
      lines: ['↑4', ' 5', '↓6'],
      cursor: { x: 1, y: 1 },
    });
  });

  it('has the cursor where one clicks: at a cluster, behind a row, and below in the last', () => {
    const area = { x: 2, y: 5, width: 12, height: 3 };
    const line = lineOf('one two three\n日本');
    const at = (x: number, y: number) => line.text.slice(cursorIn(area, line, { x, y }));
    expect(at(2, 5)).toBe(line.text);
    expect(at(4, 5)).toBe('e two three\n日本');
    expect(at(40, 5)).toBe(' three\n日本');
    expect(at(3, 6)).toBe('hree\n日本');
    expect(at(40, 6)).toBe('\n日本');
    expect(at(4, 7)).toBe('本');
    expect(at(4, 9)).toBe('本');
    expect(at(40, 7)).toBe('');
  });

  it('has its cursor within the area, wherever it stands in whatever text', () => {
    const text = fc.stringMatching(/^[ab \n日🎉é]{0,80}$/u);
    fc.assert(
      fc.property(
        text,
        fc.integer({ min: 0, max: 80 }),
        fc.integer({ min: 4, max: 20 }),
        (typed, at, width) => {
          const whole = lineOf(typed);
          const before = lineOf(typed.slice(0, at)).text;
          const height = inputHeight(whole, width, 40);
          const grid = createGrid(width + 1, height);
          const line = { text: whole.text, cursor: whole.text.startsWith(before) ? before.length : 0 };
          const { x, y } = drawInput(grid, { x: 1, y: 0, width, height }, line);
          expect(x).toBeGreaterThanOrEqual(1);
          expect(x).toBeLessThanOrEqual(width);
          expect(y).toBeGreaterThanOrEqual(0);
          expect(y).toBeLessThan(height);
          expect(gridLines(grid)).toHaveLength(height);
        },
      ),
    );
  });

  it('moves the conversation up, and back when the message is sent', async () => {
    const { tty, screen } = onChat();
    const last = async () => (await screen()).findLastIndex((line) => line.includes('not sent: bob'));
    expect(await last()).toBe(20);
    tty.type('one\x0atwo\x0athree');
    expect((await screen()).slice(21)).toEqual(['> one', '  two', '  three']);
    expect(await last()).toBe(18);
    tty.type('\r');
    expect(await last()).toBe(20);
  });
});
